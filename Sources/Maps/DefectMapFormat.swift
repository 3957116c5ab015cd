/// The forms in which a list of defects is written for, and read from, other programs.
public enum DefectMapFormat: String, Sendable, CaseIterable {
    /// fastpix's own: all cameras, all that is known of each defect.
    case json
    /// The same as a table.
    case csv
    /// A grey picture as large as the photos, white where a pixel has to be replaced: PNG, or TIFF or FITS of 8 bits when
    /// the name says so.
    case mask
    /// `.badpixels` of dcraw and LibRaw.
    case dcraw
    /// A folder with a `.badpixels` file of RawTherapee for each camera.
    case rawtherapee
    /// The list of Siril's `cosme`.
    case siril
    /// The defect list of PixInsight's CosmeticCorrection.
    case pixinsight
    /// The blocks file of jpegpixi.
    case jpegpixi

    /// The format that a file's name tells; nil when it does not. Text, because a slash at its end says that it is a folder,
    /// which a `FilePath` does not keep.
    public init?(path: String) {
        guard !path.hasSuffix("/") else {
            self = .rawtherapee
            return
        }
        let name = path.split(separator: "/").last ?? ""
        // ".badpixels" alone is dcraw's own name for it, and an extension to nobody else.
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...].lowercased() {
        case "json": self = .json
        case "csv": self = .csv
        case "png", "tif", "tiff", "fits", "fit": self = .mask
        case "badpixels": self = .dcraw
        case "lst": self = .siril
        case "txt": self = .pixinsight
        case "jpegpixi", "blocks": self = .jpegpixi
        default: return nil
        }
    }

    /// Whether its positions count in the frame of the raw file, which has borders that the photo lacks.
    public var countsInRawFrame: Bool {
        switch self {
        case .dcraw, .rawtherapee, .siril, .pixinsight: true
        case .json, .csv, .mask, .jpegpixi: false
        }
    }

    /// Whether a list of this form can say what was not judged: in fields, or in comments.
    package var tellsWhatWasNotJudged: Bool {
        switch self {
        case .json, .dcraw, .rawtherapee, .siril, .jpegpixi: true
        case .csv, .mask, .pixinsight: false
        }
    }

    /// Whether one file holds the defects of several cameras.
    public var holdsSeveralCameras: Bool { self == .json || self == .csv }
}
