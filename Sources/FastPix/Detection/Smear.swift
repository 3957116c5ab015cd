import Foundation

/// The rectangle of pixels that a defect tinges: itself alone in uncompressed samples; what demosaicing, sharpening and
/// compression in the camera spread it over otherwise.
public struct Smear: Sendable, Equatable {
    /// The rectangle's upper left pixel, 0-based in the stored frame.
    public let row: Int
    public let column: Int
    public let rows: Int
    public let columns: Int

    public init(row: Int, column: Int, rows: Int, columns: Int) {
        self.row = row
        self.column = column
        self.rows = rows
        self.columns = columns
    }

    /// Measured in finished accumulators around a pixel: the rectangle grows while the row or column of pixels beside
    /// it differs from the surroundings in its mean or its variance over the photos, to `farthest` pixels each way.
    init(_ accumulators: Accumulators, row: Int, column: Int) {
        let shape = accumulators.shape
        let channels = (0..<shape.channels).map {
            Surroundings(accumulators, row: row, column: column, channel: $0)
        }
        var rows = row...row
        var columns = column...column
        func isTinged(_ rows: ClosedRange<Int>, _ columns: ClosedRange<Int>) -> Bool {
            guard rows.lowerBound >= 0, columns.lowerBound >= 0, rows.upperBound < shape.height,
                columns.upperBound < shape.width
            else { return false }
            return rows.contains { row in
                columns.contains { column in channels.contains { $0.differ(row: row, column: column) } }
            }
        }
        func near(_ center: Int, _ line: Int) -> Bool { abs(center - line) <= Self.farthest }
        var grows = true
        while grows {
            grows = false
            // The corners count as well, because the response spreads in both directions at once.
            if near(row, rows.lowerBound - 1), isTinged(rows.lowerBound - 1...rows.lowerBound - 1, columns) {
                rows = rows.lowerBound - 1...rows.upperBound
                grows = true
            }
            if near(row, rows.upperBound + 1), isTinged(rows.upperBound + 1...rows.upperBound + 1, columns) {
                rows = rows.lowerBound...rows.upperBound + 1
                grows = true
            }
            if near(column, columns.lowerBound - 1), isTinged(rows, columns.lowerBound - 1...columns.lowerBound - 1) {
                columns = columns.lowerBound - 1...columns.upperBound
                grows = true
            }
            if near(column, columns.upperBound + 1), isTinged(rows, columns.upperBound + 1...columns.upperBound + 1) {
                columns = columns.lowerBound...columns.upperBound + 1
                grows = true
            }
        }
        self.init(row: rows.lowerBound, column: columns.lowerBound, rows: rows.count, columns: columns.count)
    }

    /// Half of a JPEG block more than any smear that was seen in camera pictures.
    static let farthest = 8

    /// How many rows and columns away from the pixel it looks.
    static let reach = Surroundings.reach
}

/// What mean and variance are like around a pixel, beyond the reach of any smear.
private struct Surroundings {
    private let reader: MomentsReader
    private let shape: FrameShape
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
            // Beside a strong defect, what is left at a few hundredths of its height counts for nothing.
            tolerance = max(4 * spread, 0.03 * abs(peak - median), least)
        }
    }

    init(_ accumulators: Accumulators, row: Int, column: Int, channel: Int) {
        reader = MomentsReader(accumulators: accumulators)
        shape = accumulators.shape
        self.channel = channel
        var means: [Double] = []
        var variances: [Double] = []
        for (rowStep, columnStep) in Self.ring {
            guard (0..<shape.height).contains(row + rowStep), (0..<shape.width).contains(column + columnStep)
            else { continue }
            let sample = ((row + rowStep) * shape.width + column + columnStep) * shape.channels + channel
            means.append(reader.mean(sample))
            variances.append(Self.logarithm(reader.varianceOrNaN(sample), shape))
        }
        let own = (row * shape.width + column) * shape.channels + channel
        let full = shape.bitsPerSample == 8 ? 255.0 : 65535.0
        mean = Level(means, peak: reader.mean(own), least: full / 256)
        logVariance = Level(variances, peak: Self.logarithm(reader.varianceOrNaN(own), shape), least: 0.15)
    }

    func differ(row: Int, column: Int) -> Bool {
        let sample = (row * shape.width + column) * shape.channels + channel
        return abs(reader.mean(sample) - mean.median) > mean.tolerance
            || abs(Self.logarithm(reader.varianceOrNaN(sample), shape) - logVariance.median) > logVariance.tolerance
    }

    private static func logarithm(_ variance: Double, _ shape: FrameShape) -> Double {
        log(variance + Double(ReliefBand.varianceOffset(shape)))
    }

    static let reach = 14

    /// Every second pixel from 10 pixels off to `reach`.
    private static let ring: [(Int, Int)] = {
        var steps: [(Int, Int)] = []
        for row in stride(from: -reach, through: reach, by: 2) {
            for column in stride(from: -reach, through: reach, by: 2) where max(abs(row), abs(column)) >= 10 {
                steps.append((row, column))
            }
        }
        return steps
    }()
}
