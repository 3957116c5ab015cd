import FastPixFrames

/// The layout of a state file, `Guides/StateFile.md`:
///
/// | bytes | |
/// |---|---|
/// | 8 | signature |
/// | 4 | version of the format, little-endian |
/// | 4 | length of the manifest in bytes, little-endian |
/// | | manifest: JSON, UTF-8 |
/// | | photos: one record after the other (`StatePhotoRecord`) |
/// | 8 per cell and half | coarse sums, where the extremes are counted |
/// | per row | sums, sums of squares, and where they are counted the four counters of extremes, packed (`PackedRows`) |
/// | 16 | checksum of everything before it |
package enum StateFormat {
    /// Like PNG's: a byte that is no ASCII, the name, and line ends that a transfer as text would change.
    static let signature: [UInt8] = [0x89, 0x46, 0x50, 0x53, 0x0d, 0x0a, 0x1a, 0x0a]
    /// Of the states of `stats --moments`, which have a format of their own.
    package static let channelSignature: [UInt8] = [0x89, 0x46, 0x50, 0x43, 0x0d, 0x0a, 0x1a, 0x0a]
    /// Counted up whenever states of the older kind must not be mixed with new ones: another layout, or photos that
    /// decode to other samples.
    static let version: UInt32 = 5
    static let headerByteCount = 16
    /// It names no photos, so that its length does not grow with them.
    static let longestManifest = 1 << 20

    static func header(manifestByteCount: Int) -> [UInt8] {
        signature + littleEndian(version) + littleEndian(UInt32(manifestByteCount))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    /// Of the photos, the coarse sums and all rows at least: what rows of zeros take. Nil when it does not fit an Int.
    static func leastByteCountBehindManifest(_ header: StateHeader) -> Int? {
        let shape = header.frame
        let perPixel = shape.channels * header.contents.elementBytes(shape).reduce(0, +) + 16
        let (pixels, first) = shape.width.multipliedReportingOverflow(by: shape.height)
        let (bytes, second) = pixels.multipliedReportingOverflow(by: perPixel)
        guard !first, !second, bytes < Int.max / 2, header.photoBytes < Int.max / 2 else { return nil }
        return header.photoBytes + coarseByteCount(header)
            + PackedRows(shape, header.contents).headByteCount * shape.height
    }

    static func coarseByteCount(_ header: StateHeader) -> Int {
        header.contents.hasExtremes ? CoarseSums.byteCount(header.frame) : 0
    }
}
