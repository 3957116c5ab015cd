import CKernels
import Testing

/// The kernels of the search for defects against plain loops.
struct DetectionKernelTests {
    private static let shapes = [
        (64, 1, 2, 8), (131, 3, 2, 8), (70, 1, 6, 6), (4, 3, 2, 8), (5, 1, 2, 8), (33, 4, 2, 8),
    ]

    @Test(arguments: shapes) func persistenceRow(width: Int, channels: Int, distance: Int, period: Int) {
        var random = SeededGenerator(stream: UInt64(width * 31 + channels))
        let frames = 40
        let tile = 32 / period * period
        let count = width * channels
        func counters(_ most: Int) -> [UInt16] {
            (0..<count).map { _ in UInt16.random(in: 0...UInt16(most), using: &random) }
        }
        var above = counters(8)
        let below = counters(8)
        let blindAbove = counters(frames)
        let blindBelow = counters(frames)
        if width > 40 { above[(width / 2) * channels] = 39 }
        let tiles = (width + tile - 1) / tile
        var tileSums = [fpx_persistence_sums](repeating: fpx_persistence_sums(), count: tiles * channels)
        var phaseSums = [fpx_persistence_sums](repeating: fpx_persistence_sums(), count: period * channels)
        var marks = [fpx_row_marks](repeating: fpx_row_marks(), count: tiles)
        var flagged = [UInt32](repeating: 0, count: width)
        var flaggedCount = 0
        let status = fpx_persistence_row(
            &tileSums, &phaseSums, &marks, &flagged, &flaggedCount, above, below, blindAbove, blindBelow, width,
            channels,
            distance, period, tile, 0, frames, 4.5, 0.01)
        #expect(status == .ok)
        var expected: [UInt32] = []
        var phases = [UInt64](repeating: 0, count: period * channels)
        for first in stride(from: 0, to: width, by: tile) {
            let columns = max(first, distance)..<max(max(first, distance), min(width - distance, first + tile))
            for channel in 0..<channels {
                let sum = columns.reduce(UInt64(0)) { $0 + UInt64(above[$1 * channels + channel]) }
                #expect(tileSums[first / tile * channels + channel].above == sum)
                #expect(tileSums[first / tile * channels + channel].places == UInt64(columns.count))
            }
            for column in columns {
                var isFlagged = false
                for channel in 0..<channels {
                    let index = column * channels + channel
                    phases[column % period * channels + channel] += UInt64(blindBelow[index])
                    func exceeds(_ value: (Int) -> Int) -> Bool {
                        let sum = columns.reduce(0) { $0 + value($1 * channels + channel) }
                        let share = max(Double(sum) / Double(columns.count * frames), 0.01)
                        let most =
                            Double(frames) * share
                            + 4.5 * (Double(frames) * share * (1 - share) + 0.25).squareRoot()
                        return Double(value(index)) > min(most, 0.9 * Double(frames)).rounded(.down)
                    }
                    isFlagged =
                        isFlagged || exceeds { Int(above[$0]) } || exceeds { Int(below[$0]) }
                        || exceeds { Int(above[$0]) + Int(below[$0]) }
                }
                if isFlagged { expected.append(UInt32(column)) }
            }
            let silent = columns.count { above[$0 * channels] == 0 && below[$0 * channels] == 0 }
            #expect(Int(marks[first / tile].silent) == silent)
            #expect(Int(marks[first / tile].white) == columns.count { Int(blindAbove[$0 * channels]) >= frames / 2 })
        }
        #expect(Array(flagged[..<flaggedCount]) == expected)
        #expect(phaseSums.map(\.blind_below) == phases)
    }

    @Test(arguments: [2, 3, 6]) func ringOffsets(step: Int) {
        var random = SeededGenerator(stream: UInt64(step))
        let count = 203
        let rows = (0..<3).map { _ in (0..<count).map { _ in Float(Int.random(in: 0...30, using: &random)) } }
        var offsets = [Float](repeating: -1, count: count)
        #expect(fpx_ring_offsets_f32(&offsets, rows[0], rows[1], rows[2], step, count - step, step) == .ok)
        for index in step..<count - step {
            var ring: [Float] = []
            for row in rows { ring += [row[index - step], row[index + step]] }
            ring += [rows[0][index], rows[2][index]]
            ring.sort()
            #expect(offsets[index] == abs(2 * rows[1][index] - ring[3] - ring[4]))
        }
        #expect(offsets[0] == -1)
    }

    private func beyond(_ own: Float, _ left: Float, _ right: Float) -> Float {
        own > max(left, right) ? own - max(left, right) : own < min(left, right) ? own - min(left, right) : 0
    }

    @Test func lineOffsets() {
        var random = SeededGenerator(stream: 5)
        let values = (0..<3).map { _ in (0..<57).map { _ in Float(Int.random(in: 0...9, using: &random)) } }
        var above = [UInt8](repeating: 1, count: 57)
        var below = above
        var sums = [Int32](repeating: 7, count: 57)
        #expect(fpx_line_offsets_f32(&above, &below, &sums, values[0], values[1], values[2], 57) == .ok)
        for index in 0..<57 {
            let (own, left, right) = (values[0][index], values[1][index], values[2][index])
            #expect(above[index] == 1 + (own > max(left, right) ? 1 : 0))
            #expect(below[index] == 1 + (own < min(left, right) ? 1 : 0))
            #expect(sums[index] == 7 + Int32(beyond(own, left, right)))
        }
        var clamped: [Int32] = [0]
        #expect(fpx_line_offsets_f32(&above, &below, &clamped, [1e12], [0], [0], 1) == .ok)
        #expect(clamped == [FPX_LINE_STEP])
    }

    /// Against the same of every pixel, summed up by tiles of which the last one is narrower.
    @Test(arguments: [1, 31, 63]) func lineOffsetsOfTiles(tile: Int) {
        var random = SeededGenerator(stream: 6)
        let values = (0..<3).map { _ in (0..<131).map { _ in Float(Int.random(in: 0...9, using: &random)) } }
        let tiles = (131 + tile - 1) / tile
        var above = [UInt8](repeating: 99, count: tiles)
        var below = above
        var sums = [Int32](repeating: 99, count: tiles)
        #expect(
            fpx_tile_line_offsets_f32(&above, &below, &sums, values[0], values[1], values[2], 131, tile) == .ok)
        for index in 0..<tiles {
            let columns = index * tile..<min(131, (index + 1) * tile)
            #expect(Int(above[index]) == columns.count { values[0][$0] > max(values[1][$0], values[2][$0]) })
            #expect(Int(below[index]) == columns.count { values[0][$0] < min(values[1][$0], values[2][$0]) })
            #expect(
                Float(sums[index])
                    == columns.map { beyond(values[0][$0], values[1][$0], values[2][$0]) }.reduce(0, +))
        }
        #expect(
            fpx_tile_line_offsets_f32(&above, &below, &sums, values[0], values[1], values[2], 131, 64)
                == .argument)
    }

    /// Against adding up one by one, in whatever order; what is no number, and what is out of range.
    @Test(arguments: [1, 5, 32, 200]) func lineLevels(tile: Int) {
        var random = SeededGenerator(stream: 8)
        let rows = (0..<9).map { _ in (0..<131).map { _ in Float(Int.random(in: -1 << 40...1 << 40, using: &random)) } }
        let tiles = (131 + tile - 1) / tile
        var columns = [Double](repeating: 1, count: 131)
        var sums = [Double](repeating: 2, count: tiles)
        for row in rows.shuffled(using: &random) {
            #expect(fpx_line_levels_f32(&columns, &sums, row, 131, tile) == .ok)
        }
        for index in 0..<131 { #expect(Int(columns[index]) == 1 + rows.reduce(0) { $0 + Int($1[index]) }) }
        for index in 0..<tiles {
            let inTile = index * tile..<min(131, (index + 1) * tile)
            #expect(Int(sums[index]) == 2 + rows.reduce(0) { $0 + $1[inTile].reduce(0) { $0 + Int($1) } })
        }
        var odd = [Double](repeating: 0, count: 5)
        var sum = [0.0]
        #expect(fpx_line_levels_f32(&odd, &sum, [.nan, .infinity, -1e30, 2.5, -7.6], 5, 5) == .ok)
        #expect(odd == [0, 0x1p46, -0x1p46, 2, -8])
        #expect(sum == [-6])
        #expect(fpx_line_levels_f32(&odd, &sum, [1], 1, 0) == .argument)
    }

    /// Against sorting, with tiles of all widths and places that repeat with any period.
    @Test(arguments: [(1, 2, 8, 32), (3, 2, 8, 32), (1, 6, 6, 30), (3, 2, 16, 7)]) func tileSpreads(
        channels: Int, distance: Int, period: Int, tile: Int
    ) {
        var random = SeededGenerator(stream: 7)
        let width = 107
        let offsets = (0..<width * channels).map { _ in Float(Int.random(in: 0...400, using: &random)) / 8 }
        let tiles = (width + tile - 1) / tile
        var spreads = [Float](repeating: 99, count: tiles * channels)
        var phases = [fpx_spread_sums](repeating: fpx_spread_sums(sum: 1, places: 2), count: period * channels)
        var expected = phases
        #expect(
            fpx_tile_spreads_f32(&spreads, &phases, offsets, width, channels, distance, period, tile, 4) == .ok)
        for index in 0..<tiles {
            let columns = max(distance, index * tile)..<max(distance, min(width - distance, (index + 1) * tile))
            for channel in 0..<channels {
                let values = columns.map { offsets[$0 * channels + channel] }
                guard values.count >= 4 else {
                    #expect(spreads[index * channels + channel] == -1)
                    continue
                }
                let spread = values.sorted()[values.count * 27 / 32]
                #expect(spreads[index * channels + channel] == spread)
                for column in columns where spread > 0 {
                    let share = min(4, offsets[column * channels + channel] / spread)
                    expected[column % period * channels + channel].sum += UInt64(share * 256)
                    expected[column % period * channels + channel].places += 1
                }
            }
        }
        #expect(phases.map(\.sum) == expected.map(\.sum))
        #expect(phases.map(\.places) == expected.map(\.places))
        var unknown = [Float](repeating: .nan, count: width * channels)
        unknown[channels * 50] = 3
        #expect(
            fpx_tile_spreads_f32(&spreads, &phases, unknown, width, channels, distance, period, tile, 4) == .ok)
    }
}
