import CKernels
import FastPixAccumulation
import FastPixFrames

/// How far the pixels of a band lie from their neighbours, and how their counts scatter.
extension BandScan {
    struct Spreads {
        var rows: [(line: Int, values: [Float], variances: [Float], means: [Float], dispersions: [Float])] = []
        var phases: [fpx_spread_sums]
    }

    /// How far the pixels of some rows lie from their neighbours.
    func sampledSpreads() -> Spreads {
        let channels = shape.channels
        let period = geometry.period
        let tileRow = rows.lowerBound / geometry.tileSize
        var spreads = Spreads(phases: Array(repeating: fpx_spread_sums(), count: period * period * channels))
        let fewest = max(1, min(geometry.tileSize / 2, shape.width - 2 * distance))
        for sample in 0..<ScanStatistics.samplesPerTile {
            let row = geometry.sampledRow(sample, ofTileRow: tileRow)
            guard rows.contains(row), row >= distance, row + distance < shape.height, shape.width > 2 * distance else {
                continue
            }
            let lines = [row - distance, row, row + distance].map { floats($0, channel: nil) }
            var offsets = [Float](repeating: 0, count: shape.samplesPerRow)
            let first = distance * channels
            check(
                fpx_ring_offsets_f32(
                    &offsets, lines[0], lines[1], lines[2], first, shape.samplesPerRow - first, first))
            var values = [Float](repeating: -1, count: geometry.tileColumns * channels)
            spreads.phases.withUnsafeMutableBufferPointer { phases in
                check(
                    fpx_tile_spreads_f32(
                        &values, phases.baseAddress! + row % period * period * channels, offsets, shape.width, channels,
                        distance, period, geometry.tileSize, fewest))
            }
            for index in values.indices where values[index] >= 0 { values[index] /= 2 * sumScale }
            var variances = [Float](repeating: -1, count: geometry.tileColumns)
            var means = variances
            var dispersions = variances
            for tile in 0..<geometry.tileColumns where values[tile * channels] >= 0 {
                let columns = geometry.countedColumns(ofTile: tile)
                let middle = (columns.lowerBound + columns.count / 2) * channels + geometry.mainChannel
                variances[tile] = Float(moments.variance(row, middle))
                means[tile] = Float(moments.mean(row, middle))
                dispersions[tile] = dispersion(row, columns)
            }
            spreads.rows.append(
                (tileRow * ScanStatistics.samplesPerTile + sample, values, variances, means, dispersions))
        }
        return spreads
    }

    /// Of the counts of a tile's row: see `ScanStatistics.dispersions`.
    func dispersion(_ row: Int, _ columns: Range<Int>) -> Float {
        let period = geometry.period
        let first = row * shape.samplesPerRow + geometry.mainChannel
        var (squares, expected, free) = (0.0, 0.0, 0)
        for counts in [accumulators.above(at: first), accumulators.below(at: first)] {
            var total = 0
            for place in 0..<min(period, columns.count) {
                var (sum, square, count) = (0, 0, 0)
                for column in stride(from: columns.lowerBound + place, to: columns.upperBound, by: period) {
                    let value = Int(counts[column * shape.channels])
                    (sum, square, count) = (sum + value, square + value * value, count + 1)
                }
                squares += Double(square) - Double(sum * sum) / Double(count)
                (total, free) = (total + sum, free + count - 1)
            }
            let mean = Double(total) / Double(columns.count)
            expected += mean * max(0, 1 - mean / Double(frameCount))
        }
        guard free > 0 else { return -1 }
        return expected > 0 ? Float(squares / (expected * Double(free) / 2)) : 1
    }

    /// Frames that the values of `floats` are sums of; of floating-point frames, steps of a sample.
    var sumScale: Float { accumulators.kind == .exact ? Float(frameCount) : Float(DefectScan.floatScale) }

    /// A row's sums, of one channel or of all.
    func floats(_ row: Int, channel: Int?) -> [Float] {
        moments.floats(
            row, first: channel ?? 0, count: channel == nil ? shape.samplesPerRow : shape.width,
            step: channel == nil ? 1 : shape.channels, steps: Float(DefectScan.floatScale))
    }
}
