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
