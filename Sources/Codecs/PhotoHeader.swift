import CCodecs
import FastPixFrames
import FastPixPlumbing

/// A camera as its photos name it (EXIF). Fields are nil when the photo does not say.
public struct Camera: Sendable, Hashable, Codable {
    /// The maker.
    public let make: String?
    /// The model.
    public let model: String?
    /// The body's serial number (EXIF 2.3, tag 0xA431).
    public let serial: String?

    /// A camera; nil: not known.
    public init(make: String? = nil, model: String? = nil, serial: String? = nil) {
        self.make = make
        self.model = model
        self.serial = serial
    }

    /// Whether a camera is this one as far as this one is known.
    package func holds(_ camera: Camera) -> Bool {
        (make == nil || make == camera.make) && (model == nil || model == camera.model)
            && (serial == nil || serial == camera.serial)
    }

    enum CodingKeys: String, CodingKey { case make, model, serial }

    /// Absent fields are written as null, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(make, forKey: .make)
        try container.encode(model, forKey: .model)
        try container.encode(serial, forKey: .serial)
    }
}

/// What a photo was taken for, as its header says.
package enum CaptureKind: String, Sendable, Hashable, Codable {
    case unknown
    /// Of a scene.
    case light
    /// Without light.
    case dark
    /// Of an even ground.
    case flat
    /// Without light and as short as can be.
    case bias
}

/// How many sensor pixels are summed up in one pixel, across and down.
package struct Binning: Sendable, Hashable, Codable {
    package let columns: Int
    package let rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = max(1, columns)
        self.rows = max(1, rows)
    }

    package static let none = Binning(columns: 1, rows: 1)
}

/// Which way the rows of a file go.
package enum RowOrder: String, Sendable, Hashable, Codable {
    case topDown = "top-down"
    case bottomUp = "bottom-up"
}

/// The whole area of a sensor, masked border included, and where a frame lies in it.
package struct SensorFrame: Sendable, Hashable, Codable {
    package let width: Int
    package let height: Int
    /// Columns and rows of the sensor left of and above the frame.
    package let left: Int
    package let top: Int
    /// Columns and rows of the masked border left of and above the visible part, which raw converters count positions in;
    /// and the size of that part. All 0 when not known.
    package let visibleLeft: Int
    package let visibleTop: Int
    package let visibleWidth: Int
    package let visibleHeight: Int
}

/// A part of a frame.
package struct FramePart: Sendable, Hashable {
    package let left: Int
    package let top: Int
    package let width: Int
    package let height: Int
}

/// Which samples of each pixel are decoded.
public enum ChannelSelection: String, Sendable, Codable, CaseIterable {
    /// Grey, or red, green and blue.
    case all
    /// One sample per pixel, 0.299 red + 0.587 green + 0.114 blue: the Y that JPEG files store. Takes a third of the
    /// memory and, for JPEG, neither upsampling nor colour conversion.
    case luma

    package var requested: fpx_photo_channels { self == .luma ? .luma : .all }
}

/// What a photo's headers say before any sample is decoded.
package struct PhotoHeader: Sendable {
    package let format: PhotoFormat
    /// The stored frame; EXIF orientation is not applied, because a sensor does not turn.
    package let shape: FrameShape
    package let camera: Camera
    package let capture: CaptureSettings
    package let processing: ProcessingMarks
    package let kind: CaptureKind
    /// What tells the sensors of one camera apart, as a drone's band name in XMP; nil when the photo does not say.
    package let band: String?
    package let binning: Binning
    /// What a FITS file says of its colours that is no pattern fastpix knows, so that the samples count as grey.
    package let unknownPattern: String?
    /// The sample of no light, and that of saturation, in the units of the samples; nil when the photo does not say.
    package let blackLevel: Double?
    package let whiteLevel: Double?
    /// Of FITS files that say it (ROWORDER); rows are counted as they are stored, whatever it is.
    package let rowOrder: RowOrder?
    /// Of raw files.
    package let sensorFrame: SensorFrame?
    /// Of raw files that say which part of the visible frame the camera's own pictures show.
    package let cameraCrop: FramePart?
    /// Pixels that share compressed blocks: JPEG's minimum coded unit; 1 x 1 without loss.
    package let codedUnit: CodedUnit
    /// Bytes a decoder of this photo holds besides the rows it hands out (estimate).
    package let decoderBytes: Int
    /// Bytes of the whole picture as it is unpacked at once: JPEG's coefficients, PNG's rows.
    package let wholePictureBytes: Int
    /// Whether a decoder needs the whole file before it has a row: progressive JPEG, interlaced PNG, a TIFF of one tile.
    package let isDecodedWhole: Bool

    package init(_ header: fpx_photo_header) {
        format = PhotoFormat(header.format)
        shape = FrameShape(
            width: Int(header.width), height: Int(header.height), channels: Int(header.channels),
            bitsPerSample: Int(header.bits_per_sample),
            pattern: text(header.pattern).flatMap {
                ColourPattern(rows: Int(header.pattern_rows), columns: Int(header.pattern_columns), letters: $0)
            })
        camera = Camera(
            make: text(header.make), model: text(header.model), serial: text(header.serial))
        capture = CaptureSettings(header)
        processing = ProcessingMarks(header)
        kind = CaptureKind(header.kind)
        band = text(header.band)
        binning = Binning(columns: Int(header.binning_columns), rows: Int(header.binning_rows))
        unknownPattern = text(header.unknown_pattern)
        blackLevel = known(header.black_level)
        whiteLevel = known(header.white_level)
        rowOrder =
            switch header.row_order {
            case .unknown: nil
            case .topDown: .topDown
            case .bottomUp: .bottomUp
            }
        sensorFrame =
            header.sensor_width == 0
            ? nil
            : SensorFrame(
                width: Int(header.sensor_width), height: Int(header.sensor_height), left: Int(header.sensor_left),
                top: Int(header.sensor_top), visibleLeft: Int(header.visible_left),
                visibleTop: Int(header.visible_top), visibleWidth: Int(header.visible_width),
                visibleHeight: Int(header.visible_height))
        cameraCrop =
            header.crop_width == 0
            ? nil
            : FramePart(
                left: Int(header.crop_left), top: Int(header.crop_top), width: Int(header.crop_width),
                height: Int(header.crop_height))
        codedUnit = CodedUnit(width: Int(header.coded_unit_width), height: Int(header.coded_unit_height))
        decoderBytes = Int(header.decoder_bytes)
        wholePictureBytes = Int(header.whole_picture_bytes)
        isDecodedWhole = header.is_decoded_whole
    }
}

extension CaptureKind {
    fileprivate init(_ kind: fpx_photo_kind) {
        self =
            switch kind {
            case .unknown: .unknown
            case .light: .light
            case .dark: .dark
            case .flat: .flat
            case .bias: .bias
            }
    }
}

/// A number of a header; nil when the photo does not say.
func known(_ number: Double) -> Double? { number.isFinite ? number : nil }

/// The text of a zero-terminated C array, printable; nil when empty. Bytes that are not UTF-8 are taken for Latin-1, so
/// that different bytes stay different texts.
func text<CharacterArray>(_ characters: CharacterArray) -> String? {
    let string = withUnsafeBytes(of: characters) { bytes in
        let content = bytes.prefix { $0 != 0 }
        return String(validating: content, as: UTF8.self)
            ?? String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
    }
    return string.isEmpty ? nil : string.printable
}
