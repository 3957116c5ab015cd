import FastPixFrames

/// Where columns and rows vary far less over the photos than those on both sides: at whatever level they are stuck, and
/// though compression lets what is beside them into them.
extension BandScan {
    /// Of the samples that are taken of each piece of a line, how many are quiet.
    struct QuietCounts {
        /// By column: of these rows.
        var columns: [UInt8]
        /// [row][tile column]
        var rows: [UInt8]
    }

    /// A quarter of the variance on either side, half of the deviation: with 12 photos one pixel in three hundred is by chance.
    private static let quietShare = 0.25

    func quietCounts() -> QuietCounts {
        let tileColumns = geometry.tileColumns
        var counts = QuietCounts(
            columns: Array(repeating: 0, count: shape.width), rows: Array(repeating: 0, count: rows.count * tileColumns)
        )
        guard min(shape.width, shape.height) > 2 * distance else { return counts }
        let least = shape.sampleType == .f32 ? 0 : Double(StillPixel.leastNoise(frameCount))
        func isQuiet(_ own: Double, _ before: Double, _ after: Double) -> Bool {
            let sides = min(before, after)
            return sides > least && own <= Self.quietShare * sides
        }
        for sample in 0..<ScanStatistics.samplesPerTile {
            let row = geometry.sampledRow(sample, ofTileRow: rows.lowerBound / geometry.tileSize)
            guard rows.contains(row) else { continue }
            let line = variances(row, Array(0..<shape.width))
            for column in 0..<shape.width {
                let (before, after) = sides(column, of: shape.width)
                if isQuiet(line[column], line[before], line[after]) { counts.columns[column] += 1 }
            }
        }
        let columns = geometry.sampledColumns
        let first = max(0, rows.lowerBound - distance)
        let lines = (first..<min(shape.height, rows.upperBound + distance)).map { variances($0, columns) }
        let tileSize = geometry.tileSize
        for row in rows {
            let (before, after) = sides(row, of: shape.height)
            let (own, upper, lower) = (lines[row - first], lines[before - first], lines[after - first])
            for index in columns.indices where isQuiet(own[index], upper[index], lower[index]) {
                counts.rows[(row - rows.lowerBound) * tileColumns + columns[index] / tileSize] += 1
            }
        }
        return counts
    }

    /// The lines on both sides of one; at the frame's edges the inner one twice.
    private func sides(_ line: Int, of lines: Int) -> (before: Int, after: Int) {
        let (before, after) = (line - distance, line + distance)
        return (before >= 0 ? before : after, after < lines ? after : before)
    }

    /// Of the main channel.
    private func variances(_ row: Int, _ columns: [Int]) -> [Double] {
        columns.map { moments.variance(row, $0 * shape.channels + geometry.mainChannel) }
    }
}
