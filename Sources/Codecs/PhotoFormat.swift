import CCodecs
import SystemPackage

/// What kind of file a photo is.
public enum PhotoFormat: String, Sendable, Codable, CaseIterable {
    /// Joint Photographic Experts Group.
    case jpeg
    /// Portable Network Graphics.
    case png
    /// Tagged Image File Format.
    case tiff
    /// Flexible Image Transport System.
    case fits
    /// Raw files of cameras, and DNG.
    case raw

    init(_ format: fpx_photo_format) {
        self =
            switch format {
            case .jpeg: .jpeg
            case .png: .png
            case .tiff: .tiff
            case .fits: .fits
            case .raw: .raw
            }
    }

    private var code: fpx_photo_format {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .tiff: .tiff
        case .fits: .fits
        case .raw: .raw
        }
    }

    /// Whether this build reads it: TIFF, FITS and raw files can be left out of a build by their traits.
    public var isBuiltIn: Bool { fpx_photo_is_built_in(code) }

    /// Why a build may not read it.
    package var missingTrait: String { "built without \(rawValue.uppercased())" }

    /// What makes a build read it, a phrase.
    package var wayToReadIt: String { "build fastpix with the trait \(rawValue.uppercased())" }

    /// The format that a name stands for; nil for other names.
    package static func called(_ path: FilePath) -> PhotoFormat? {
        guard let ending = path.extension?.lowercased() else { return nil }
        // FITS files packed as a whole: photo.fits.gz.
        if ending == "gz", let stem = path.stem {
            return FilePath(stem).extension.flatMap { byExtension[$0.lowercased()] } == .fits ? .fits : nil
        }
        return byExtension[ending]
    }

    private static let byExtension: [String: PhotoFormat] = {
        let extensions: [PhotoFormat: [String]] = [
            .jpeg: ["jpg", "jpeg", "jpe", "jfif"], .png: ["png"], .tiff: ["tif", "tiff", "btf", "tf8"],
            .fits: ["fits", "fit", "fts", "fz"],
            .raw: [
                "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "sr2", "srf", "raf", "orf", "rw2", "rwl", "pef", "srw",
                "3fr", "fff", "iiq", "mef", "mos", "mrw", "erf", "kdc", "dcr",
            ],
        ]
        return Dictionary(uniqueKeysWithValues: extensions.flatMap { format, names in names.map { ($0, format) } })
    }()

    /// The format whose files begin with these eight bytes; raw files of cameras are known by name only, and those that
    /// are built as TIFF files count as such here.
    package static func beginning(with bytes: [UInt8]) -> PhotoFormat? {
        let starts: [([UInt8], PhotoFormat)] = [
            ([0xff, 0xd8, 0xff], .jpeg), ([0x89] + Array("PNG".utf8), .png), (Array("SIMPLE  ".utf8), .fits),
            (Array("II*\0".utf8), .tiff), (Array("MM\0*".utf8), .tiff), (Array("II+\0".utf8), .tiff),
            (Array("MM\0+".utf8), .tiff),
        ]
        return starts.first { bytes.starts(with: $0.0) }?.1
    }
}
