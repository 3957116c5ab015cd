import FastPixFrames

/// The layout of a state file, `Guides/StateFile.md`:
///
/// | bytes | |
/// |---|---|
/// | 8 | signature |
/// | 4 | version of the format, little-endian |
/// | 4 | length of the manifest in bytes, little-endian |
/// | | manifest: JSON, UTF-8 |
/// | 8 per cell and half | coarse sums, where the extremes are counted |
/// | per row | sums, sums of squares, and where they are counted the four counters of extremes |
/// | 16 | checksum of everything before it |
enum StateFormat {
    /// Like PNG's: a byte that is no ASCII, the name, and line ends that a transfer as text would change.
    static let signature: [UInt8] = [0x89, 0x46, 0x50, 0x53, 0x0d, 0x0a, 0x1a, 0x0a]
    /// Counted up whenever states of the older kind must not be mixed with new ones: another layout, or photos that
    /// decode to other samples.
    static let version: UInt32 = 3
    static let headerByteCount = 16
    /// A manifest of the most photos, with names of the longest kind, has a fifth of this.
    static let longestManifest = 256 << 20

    static func header(manifestByteCount: Int) -> [UInt8] {
        signature + littleEndian(version) + littleEndian(UInt32(manifestByteCount))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    /// Of the coarse sums and all rows; nil when it does not fit an Int.
    static func statisticsByteCount(_ manifest: StateManifest) -> Int? {
        let shape = manifest.frame
        let perPixel = shape.channels * manifest.contents.elementBytes(shape).reduce(0, +) + 16
        let (pixels, first) = shape.width.multipliedReportingOverflow(by: shape.height)
        let (_, second) = pixels.multipliedReportingOverflow(by: perPixel)
        guard !first, !second else { return nil }
        return coarseByteCount(manifest) + manifest.contents.byteCount(shape)
    }

    static func coarseByteCount(_ manifest: StateManifest) -> Int {
        manifest.contents.hasExtremes ? CoarseSums.byteCount(manifest.frame) : 0
    }
}
