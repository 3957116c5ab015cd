import CCodecs

/// A camera as its photos name it (EXIF). Fields are nil when the photo does not say.
public struct Camera: Sendable, Hashable, Codable {
    public let make: String?
    public let model: String?
    /// The body's serial number (EXIF 2.3, tag 0xA431).
    public let serial: String?

    public init(make: String? = nil, model: String? = nil, serial: String? = nil) {
        self.make = make
        self.model = model
        self.serial = serial
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

/// The shape of a decoded frame: `height` rows of `width` pixels of `channels` interleaved samples.
public struct FrameShape: Sendable, Hashable, Codable {
    public let width: Int
    public let height: Int
    /// 1 (grey or luma) or 3 (red, green, blue); 2 or 4 where alpha is the last.
    public let channels: Int
    /// 8 or 16.
    public let bitsPerSample: Int

    public init(width: Int, height: Int, channels: Int, bitsPerSample: Int) {
        self.width = width
        self.height = height
        self.channels = channels
        self.bitsPerSample = bitsPerSample
    }

    public var samplesPerRow: Int { width * channels }
    public var sampleCount: Int { samplesPerRow * height }
    public var bytesPerSample: Int { bitsPerSample / 8 }
    public var bytesPerRow: Int { samplesPerRow * bytesPerSample }
}

/// A block of pixels that compression treats as one: what one of them holds, the others are tinged with.
public struct CodedUnit: Sendable, Hashable {
    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = max(1, width)
        self.height = max(1, height)
    }
}

public enum PhotoFormat: String, Sendable, Codable {
    case jpeg, png
}

/// Which samples of each pixel are decoded.
public enum ChannelSelection: String, Sendable, Codable, CaseIterable {
    /// Grey, or red, green and blue.
    case all
    /// One sample per pixel, 0.299 red + 0.587 green + 0.114 blue: the Y that JPEG files store. Takes a third of the
    /// memory and, for JPEG, neither upsampling nor colour conversion.
    case luma

    var requested: fpx_photo_channels { self == .luma ? FPX_PHOTO_LUMA : FPX_PHOTO_ALL_CHANNELS }
}

/// What a photo's headers say before any sample is decoded.
public struct PhotoHeader: Sendable {
    public let format: PhotoFormat
    /// The stored frame; EXIF orientation is not applied, because a sensor does not turn.
    public let shape: FrameShape
    public let camera: Camera
    public let capture: CaptureSettings
    public let processing: ProcessingMarks
    /// Pixels that share compressed blocks: JPEG's minimum coded unit; 1 x 1 for PNG.
    public let codedUnit: CodedUnit
    /// Bytes a decoder of this photo holds besides the rows it hands out (estimate).
    public let decoderBytes: Int
    /// Bytes of the whole picture as it is unpacked at once: JPEG's coefficients, PNG's rows.
    let wholePictureBytes: Int
    /// Whether a decoder needs the whole file before it has a row: progressive JPEG, interlaced PNG.
    public let isDecodedWhole: Bool

    init(_ header: fpx_photo_header) {
        format = header.format == FPX_PHOTO_PNG ? .png : .jpeg
        shape = FrameShape(
            width: Int(header.width), height: Int(header.height), channels: Int(header.channels),
            bitsPerSample: Int(header.bits_per_sample))
        camera = Camera(
            make: text(header.make), model: text(header.model), serial: text(header.serial))
        capture = CaptureSettings(header)
        processing = ProcessingMarks(header)
        codedUnit = CodedUnit(width: Int(header.coded_unit_width), height: Int(header.coded_unit_height))
        decoderBytes = Int(header.decoder_bytes)
        wholePictureBytes = Int(header.whole_picture_bytes)
        isDecodedWhole = header.is_decoded_whole
    }
}

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
