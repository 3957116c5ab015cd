/// The layout of a state file, `Guides/StateFile.md`:
///
/// | bytes | |
/// |---|---|
/// | 8 | signature |
/// | 4 | version of the format, little-endian |
/// | 4 | length of the manifest in bytes, little-endian |
/// | | manifest: JSON, UTF-8 |
/// | 4 per subpixel | sums |
/// | 4 or 8 per subpixel | sums of squares |
/// | 8 per word | records of what was scouted, `Witness.words` of each position |
/// | 16 | checksum of everything before it |
enum StateFormat {
    /// Like PNG's: a byte that is no ASCII, the name, and line ends that a transfer as text would change.
    static let signature: [UInt8] = [0x89, 0x46, 0x50, 0x53, 0x0d, 0x0a, 0x1a, 0x0a]
    /// Counted up whenever states of the older kind must not be mixed with new ones: another layout, or photos that
    /// decode to other samples.
    static let version: UInt32 = 2
    static let headerByteCount = 16
    /// A manifest of the most photos, with names of the longest kind, has a tenth of this.
    static let longestManifest = 256 << 20

    /// Largest of any photo's samples.
    static func largestSample(_ shape: FrameShape) -> UInt64 { shape.bitsPerSample == 8 ? 255 : 65535 }

    static func header(manifestByteCount: Int) -> [UInt8] {
        signature + littleEndian(version) + littleEndian(UInt32(manifestByteCount))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    /// Nil when it does not fit an Int.
    static func momentsByteCount(_ shape: FrameShape) -> Int? {
        let perSample = 4 + (shape.bitsPerSample == 8 ? 4 : 8)
        let (pixels, first) = shape.width.multipliedReportingOverflow(by: shape.height)
        let (bytes, second) = pixels.multipliedReportingOverflow(by: shape.channels * perSample)
        return first || second ? nil : bytes
    }
}
