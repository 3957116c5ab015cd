import FastPixCodecs
import SystemPackage

/// One image to make: from which, and where to.
package struct BlendJob: Sendable {
    /// What the first image is blended with.
    package enum Second: Sendable {
        case image(FilePath)
        /// The first image itself, blurred.
        case blur(GaussianBlur)
    }

    package let first: FilePath
    package let second: Second
    /// The file to write.
    package let output: FilePath
    /// Nil: the format of the first image.
    package let format: PhotoFormat?

    package init(first: FilePath, second: Second, output: FilePath, format: PhotoFormat? = nil) {
        self.first = first
        self.second = second
        self.output = output
        self.format = format
    }
}

/// An image that was made.
public struct BlendedImage: Sendable, Codable {
    /// The first image.
    public let first: FilePath
    /// Nil when the first image was blended with its own blur.
    public let second: FilePath?
    /// The file that was written.
    public let output: FilePath
    /// Its format.
    public let format: PhotoFormat
    /// In pixels.
    public let width: Int
    /// In pixels.
    public let height: Int
    /// Samples of a pixel in the output, alpha included: 1 to 4.
    public let channels: Int
    /// 8 or 16, of the output.
    public let bitsPerSample: Int
    /// Bytes of the files read.
    public let bytesIn: Int
    /// Bytes of the file written.
    public let bytesOut: Int
    /// What could not be carried over, in words.
    public let notes: [String]

    enum CodingKeys: String, CodingKey {
        case first, second, output, format, width, height, channels, bitsPerSample, bytesIn, bytesOut, notes
    }

    /// A missing second image is written as null, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(first.string, forKey: .first)
        try container.encode(second?.string, forKey: .second)
        try container.encode(output.string, forKey: .output)
        try container.encode(format, forKey: .format)
        try container.encode(width, forKey: .width)
        try container.encode(height, forKey: .height)
        try container.encode(channels, forKey: .channels)
        try container.encode(bitsPerSample, forKey: .bitsPerSample)
        try container.encode(bytesIn, forKey: .bytesIn)
        try container.encode(bytesOut, forKey: .bytesOut)
        try container.encode(notes, forKey: .notes)
    }
}

extension BlendedImage {
    /// Reads what `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        first = FilePath(try container.decode(String.self, forKey: .first))
        second = try container.decodeIfPresent(String.self, forKey: .second).map { FilePath($0) }
        output = FilePath(try container.decode(String.self, forKey: .output))
        format = try container.decode(PhotoFormat.self, forKey: .format)
        width = try container.decode(Int.self, forKey: .width)
        height = try container.decode(Int.self, forKey: .height)
        channels = try container.decode(Int.self, forKey: .channels)
        bitsPerSample = try container.decode(Int.self, forKey: .bitsPerSample)
        bytesIn = try container.decode(Int.self, forKey: .bytesIn)
        bytesOut = try container.decode(Int.self, forKey: .bytesOut)
        notes = try container.decode([String].self, forKey: .notes)
    }
}
