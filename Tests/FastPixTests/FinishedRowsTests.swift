import FastPixFrames
import Testing

@testable import FastPixAccumulation

/// Which rows can be read when, against looking at every row.
struct FinishedRowsTests {
    private static let heights = Array(1...24) + [33, 64, 100]
    private static let stripRows = [1, 2, 3, 5, 8, 11, 12, 13, 14, 15, 16, 19, 25, 26, 27, 32, 100, 200]
    /// Rows that may be looked at above and below.
    private static let halo = 12

    private static func shape(_ height: Int) -> FrameShape {
        FrameShape(width: 3, height: height, channels: 1, bitsPerSample: 8)
    }

    /// Decoded rows that reading `rows` takes: those that are looked at, and two more around those, which their extremes
    /// are compared with; all within the frame.
    private static func needed(_ rows: Range<Int>, _ height: Int) -> Set<Int> {
        Set(rows.lowerBound - halo..<rows.upperBound + halo + 2).intersection(0..<height)
    }

    @Test func bandsAreAllRowsOnceAsEarlyAsCanBe() {
        for height in Self.heights {
            for rowsPerStrip in Self.stripRows {
                let bands = FinishedRows.bands(Self.shape(height), rowsPerStrip: rowsPerStrip)
                #expect(bands.flatMap(\.rows) == Array(0..<height))
                for band in bands {
                    #expect(Set(band.needed).isSuperset(of: Self.needed(band.rows, height)))
                    // No strip below those that are needed anyway.
                    let strip = (band.needed.upperBound - 1) / rowsPerStrip
                    let end = min(height, (strip + 1) * rowsPerStrip)
                    #expect(end == height || band.rows.upperBound == end - Self.halo - 2)
                }
            }
        }
    }

    /// Strips are completed, and bands read, in any order.
    @Test func everyRowWaitsForThoseAroundIt() {
        var generator = SplitMix64(state: 3)
        for height in Self.heights {
            for rowsPerStrip in Self.stripRows {
                let stripCount = (height + rowsPerStrip - 1) / rowsPerStrip
                let rowsOfStrips = (0..<stripCount).map { $0 * rowsPerStrip..<min(height, ($0 + 1) * rowsPerStrip) }
                let finished = FinishedRows(Self.shape(height), rowsPerStrip: rowsPerStrip)
                var decoded = Set<Int>()
                var unread: [Int] = []
                var read = Set<Int>()
                var freed = Set<Int>()
                func readOne() {
                    let band = unread.remove(at: generator.below(unread.count))
                    #expect(read.isDisjoint(with: finished.rows(ofBand: band)))
                    read.formUnion(finished.rows(ofBand: band))
                    for strip in finished.bandIsRead(band) {
                        #expect(freed.insert(strip).inserted)
                        // Nobody who has not been reading yet looks at the strip's rows any more.
                        let later = Set(0..<height).subtracting(read)
                        let looked = later.reduce(into: Set<Int>()) { $0.formUnion($1 - Self.halo...$1 + Self.halo) }
                        #expect(looked.isDisjoint(with: rowsOfStrips[strip]))
                    }
                }
                for strip in (0..<stripCount).shuffled(using: &generator) {
                    decoded.formUnion(rowsOfStrips[strip])
                    for band in finished.stripIsComplete(strip) {
                        #expect(Self.needed(finished.rows(ofBand: band), height).isSubset(of: decoded))
                        unread.append(band)
                    }
                    if !unread.isEmpty, generator.below(2) == 0 { readOne() }
                }
                while !unread.isEmpty { readOne() }
                #expect(read.count == height)
                #expect(freed.count == stripCount)
            }
        }
    }

    /// From top to bottom, as decoding goes, every strip is read and freed with as little room as a division has.
    @Test func aFewStripsAreRoomEnough() {
        for height in Self.heights {
            for rowsPerStrip in Self.stripRows {
                let room = 1 + (2 * Self.halo + 2 + rowsPerStrip - 1) / rowsPerStrip
                let finished = FinishedRows(Self.shape(height), rowsPerStrip: rowsPerStrip)
                var held = Set<Int>()
                for strip in 0..<(height + rowsPerStrip - 1) / rowsPerStrip {
                    held.insert(strip)
                    #expect(held.count <= room)
                    for band in finished.stripIsComplete(strip) { held.subtract(finished.bandIsRead(band)) }
                }
                #expect(held.isEmpty)
            }
        }
    }
}
