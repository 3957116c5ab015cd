import FastPixAccumulation
import FastPixFrames
import Foundation

/// How far a pixel tinges those around it, by what demosaicing, sharpening and compression in the camera make of it: what
/// a repair has to replace. Measured in finished accumulators: the rectangle grows while the row or column of pixels
/// beside it differs from the surroundings in its mean or its variance over the photos.
struct TingeSearch {
    private let shape: FrameShape
    private let channels: [Surroundings]

    /// Pixels in each direction at most: half a block of JPEG's and one more. The surroundings lie beyond, within the rows
    /// around a band that can be read.
    static let farthest = 5
    private static let ring = (farthest + 2)...DefectScan.haloRows

    init(_ accumulators: Accumulators, row: Int, column: Int) {
        shape = accumulators.shape
        channels = (0..<min(3, accumulators.shape.channels)).map {
            Surroundings(accumulators, row: row, column: column, channel: $0)
        }
    }

    func reach(row: Int, column: Int) -> Candidate.Reach {
        var (up, down, left, right) = (0, 0, 0, 0)
        func isTinged(_ rows: ClosedRange<Int>, _ columns: ClosedRange<Int>) -> Bool {
            guard rows.lowerBound >= 0, columns.lowerBound >= 0, rows.upperBound < shape.height,
                columns.upperBound < shape.width
            else { return false }
            return rows.contains { row in
                columns.contains { column in channels.contains { $0.differ(row: row, column: column) } }
            }
        }
        var grows = true
        while grows {
            grows = false
            // The corners count as well, because the response spreads in both directions at once.
            let columns = column - left...column + right
            if up < Self.farthest, isTinged(row - up - 1...row - up - 1, columns) { (up, grows) = (up + 1, true) }
            if down < Self.farthest, isTinged(row + down + 1...row + down + 1, columns) { (down, grows) = (down + 1, true) }
            let rows = row - up...row + down
            if left < Self.farthest, isTinged(rows, column - left - 1...column - left - 1) {
                (left, grows) = (left + 1, true)
            }
            if right < Self.farthest, isTinged(rows, column + right + 1...column + right + 1) {
                (right, grows) = (right + 1, true)
            }
        }
        return Candidate.Reach(up: UInt8(up), down: UInt8(down), left: UInt8(left), right: UInt8(right))
    }

    /// What mean and variance are like around a pixel, beyond the reach of its tinge.
    private struct Surroundings {
        private let reader: MomentsReader
        private let channel: Int
        private let mean: Level
        private let logVariance: Level

        private struct Level {
            let median: Double
            /// What a sample of the surroundings stays within.
            let tolerance: Double

            init(_ values: [Double], peak: Double, least: Double) {
                let sorted = values.sorted()
                let median = sorted.isEmpty ? peak : sorted[sorted.count / 2]
                let deviations = values.map { abs($0 - median) }.sorted()
                let spread = deviations.isEmpty ? 0 : 1.4826 * deviations[deviations.count / 2]
                self.median = median
                // Four deviations: chance exceeds them once in twenty defects, of 700 values that are looked at. Beside a strong
                // defect 3 % of its height count for nothing: a single coefficient of quality 90, whose step is 24 at most, leaves
                // 6 of 255 levels.
                tolerance = max(4 * spread, 0.03 * abs(peak - median), least)
            }
        }

        init(_ accumulators: Accumulators, row: Int, column: Int, channel: Int) {
            reader = MomentsReader(accumulators: accumulators)
            self.channel = channel
            let shape = accumulators.shape
            var means: [Double] = []
            var variances: [Double] = []
            let far = TingeSearch.ring.upperBound
            // Every second pixel of the ring.
            for rowStep in stride(from: -far, through: far, by: 2) {
                for columnStep in stride(from: -far, through: far, by: 2)
                where TingeSearch.ring.contains(max(abs(rowStep), abs(columnStep))) {
                    guard (0..<shape.height).contains(row + rowStep), (0..<shape.width).contains(column + columnStep)
                    else { continue }
                    let sample = ((row + rowStep) * shape.width + column + columnStep) * shape.channels + channel
                    means.append(reader.mean(sample))
                    variances.append(Self.logarithm(reader.varianceOrNaN(sample), shape))
                }
            }
            let own = (row * shape.width + column) * shape.channels + channel
            let full = shape.bitsPerSample == 16 ? 65535.0 : 255
            mean = Level(means, peak: reader.mean(own), least: full / 256)
            // A seventh more or less is what chance makes of a hundred photos, the deviation sqrt(2 / 99) of a logarithm; of
            // more photos it is still a change that no one sees. Of the mean, a level of 8 bits: rounding.
            logVariance = Level(variances, peak: Self.logarithm(reader.varianceOrNaN(own), shape), least: 0.15)
        }

        func differ(row: Int, column: Int) -> Bool {
            let shape = reader.accumulators.shape
            let sample = (row * shape.width + column) * shape.channels + channel
            return abs(reader.mean(sample) - mean.median) > mean.tolerance
                || abs(Self.logarithm(reader.varianceOrNaN(sample), shape) - logVariance.median) > logVariance.tolerance
        }

        /// With what rounding alone makes, so that still parts of a frame do not differ by nothing.
        private static func logarithm(_ variance: Double, _ shape: FrameShape) -> Double {
            log(max(0, variance) + (shape.bitsPerSample == 16 ? 257 * 257 : 1))
        }
    }
}
