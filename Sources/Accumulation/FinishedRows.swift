import FastPixFrames
import Synchronization

/// Which rows of accumulators are finished, and which strips of them are not needed any more, while strips are completed
/// one after the other. Safe from any thread.
///
/// The extremes of a strip's last rows need rows of the next strip, and whoever reads finished rows looks at some above
/// and below them; so rows are read in bands that lie a little higher than the strips.
package final class FinishedRows: Sendable {
    /// Reads the finished accumulators of `rows`, and of up to `halo` rows above and below, while nobody changes them.
    /// Each row comes once, in any order, from any thread.
    package typealias Reader = @Sendable (_ accumulators: Accumulators, _ rows: Range<Int>) -> Void

    /// How many rows around the ones that it is given a reader may look at: those that a close look at a pixel reads, eight,
    /// and as many more as the pixels lie away that it makes a reader look at as well, two or four.
    package static let halo = 12

    struct Band: Sendable, Equatable {
        let rows: Range<Int>
        /// All that must be decoded before `rows` can be read.
        let needed: Range<Int>
    }

    private let bands: [Band]
    private let stripsOfBands: [Range<Int>]
    private let bandsOfStrips: [Range<Int>]
    private let left: Mutex<Left>

    private struct Left {
        /// By band: its strips that are not complete.
        var strips: [Int]
        /// By strip: its bands that are not read.
        var bands: [Int]
    }

    init(_ shape: FrameShape, rowsPerStrip: Int) {
        let bands = Self.bands(shape, rowsPerStrip: rowsPerStrip)
        self.bands = bands
        let stripsOfBands = bands.map {
            $0.needed.lowerBound / rowsPerStrip..<($0.needed.upperBound - 1) / rowsPerStrip + 1
        }
        self.stripsOfBands = stripsOfBands
        let stripCount = (shape.height + rowsPerStrip - 1) / rowsPerStrip
        // Bands are in order, so that those of a strip follow each other.
        let bandsOfStrips = (0..<stripCount).map { strip in
            let first = stripsOfBands.firstIndex { $0.contains(strip) } ?? 0
            let last = stripsOfBands.lastIndex { $0.contains(strip) } ?? -1
            return first..<last + 1
        }
        self.bandsOfStrips = bandsOfStrips
        left = Mutex(Left(strips: stripsOfBands.map(\.count), bands: bandsOfStrips.map(\.count)))
    }

    /// The band that can be read once a strip is complete, for every strip that completes one.
    static func bands(_ shape: FrameShape, rowsPerStrip: Int) -> [Band] {
        var bands: [Band] = []
        var first = 0
        for strip in stride(from: 0, to: shape.height, by: rowsPerStrip) {
            let end = min(shape.height, strip + rowsPerStrip)
            let last = end == shape.height ? end : max(first, end - shape.rowsLookedAround)
            guard last > first else { continue }
            bands.append(
                Band(
                    rows: first..<last,
                    needed: max(0, first - halo)..<min(shape.height, last + shape.rowsLookedAround)))
            first = last
        }
        return bands
    }

    /// All photos are in this strip. Returns the rows that can be read now.
    func stripIsComplete(_ strip: Int) -> [Int] {
        left.withLock { left in
            bandsOfStrips[strip].filter { band in
                left.strips[band] -= 1
                return left.strips[band] == 0
            }
        }
    }

    func rows(ofBand band: Int) -> Range<Int> { bands[band].rows }

    /// The band is read. Returns the strips that nobody needs any more.
    func bandIsRead(_ band: Int) -> [Int] {
        left.withLock { left in
            stripsOfBands[band].filter { strip in
                left.bands[strip] -= 1
                return left.bands[strip] == 0
            }
        }
    }
}
