import FastPixPlumbing

/// How images are written.
public struct EncodingSettings: Sendable, Equatable {
    /// Quality of JPEG files on libjpeg's scale, 1 to 100. Chroma is halved in both directions (4:2:0) at any quality.
    public var quality: Int
    /// zlib's level for PNG files, 0 (stored) to 9 (smallest).
    public var pngLevel: Int

    /// OpenCV's default.
    public static let defaultQuality = 95
    /// What `pngLevel` is unless it is given.
    public static let defaultPNGLevel = 2

    /// Settings; `validate()` refuses those out of their range.
    public init(quality: Int = defaultQuality, pngLevel: Int = defaultPNGLevel) {
        self.quality = quality
        self.pngLevel = pngLevel
    }

    /// Throws when a value is out of its range.
    public func validate() throws(FastPixError) {
        guard (1...100).contains(quality) else {
            throw FastPixError(.invalidArgument, "the quality must be 1 to 100, not \(quality)")
        }
        guard (0...9).contains(pngLevel) else {
            throw FastPixError(.invalidArgument, "the PNG level must be 0 to 9, not \(pngLevel)")
        }
    }
}
