import FastPixFrames
import FastPixPlatform

/// How far a pixel tinges those around it, by what demosaicing, sharpening and compression in the camera make of it: what
/// a repair has to replace. Measured in finished accumulators: the rectangle grows while the row or column of pixels
/// beside it differs from the surroundings in its mean or its variance over the photos.
struct TingeSearch {
    private let shape: FrameShape
    private let channels: [Surroundings]

    /// Pixels in each direction at most: half a block of JPEG's and one more. The surroundings lie beyond, within the rows
    /// around a band that can be read.
    static let farthest = 5
    private static let ring = (farthest + 2)...DefectScan.farthestLook

    init(_ moments: BandMoments, row: Int, column: Int) {
        shape = moments.shape
        channels = (0..<min(3, moments.shape.channels)).map {
            Surroundings(moments, row: row, column: column, channel: $0)
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
            if down < Self.farthest, isTinged(row + down + 1...row + down + 1, columns) {
                (down, grows) = (down + 1, true)
            }
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
        private let moments: BandMoments
        private let channel: Int
        private let meanMedian: Double
        /// What the mean of a sample of the surroundings stays within.
        private let meanTolerance: Double
        /// Of the variance, with what rounding alone makes, so that still parts of a frame do not differ by nothing.
        private let varianceMedian: Double
        /// How many times more or less a sample of the surroundings has.
        private let varianceTolerance: Double
        private let rounding: Double

        init(_ moments: BandMoments, row: Int, column: Int, channel: Int) {
            self.moments = moments
            self.channel = channel
            let shape = moments.shape
            let rounding = shape.bitsPerSample == 16 ? 257.0 * 257 : 1
            self.rounding = rounding
            let own = column * shape.channels + channel
            let (peakMean, peakVariance) = (moments.mean(row, own), max(0, moments.variance(row, own)) + rounding)
            let far = TingeSearch.ring.upperBound
            (meanMedian, meanTolerance, varianceMedian, varianceTolerance) = withUnsafeTemporaryAllocation(
                of: Double.self, capacity: 2 * (far + 1) * (far + 1)
            ) { numbers in
                let means = UnsafeMutableBufferPointer(rebasing: numbers[..<(numbers.count / 2)])
                let variances = UnsafeMutableBufferPointer(rebasing: numbers[(numbers.count / 2)...])
                var count = 0
                // Every second pixel of the ring.
                for rowStep in stride(from: -far, through: far, by: 2) {
                    for columnStep in stride(from: -far, through: far, by: 2)
                    where TingeSearch.ring.contains(max(abs(rowStep), abs(columnStep))) {
                        let (r, c) = (row + rowStep, column + columnStep)
                        guard (0..<shape.height).contains(r), (0..<shape.width).contains(c) else { continue }
                        means[count] = moments.mean(r, c * shape.channels + channel)
                        variances[count] = max(0, moments.variance(r, c * shape.channels + channel)) + rounding
                        count += 1
                    }
                }
                let full = shape.bitsPerSample == 16 ? 65535.0 : 255
                guard count > 0 else { return (peakMean, full / 256, peakVariance, exp(Self.leastLog)) }
                let (someMeans, someVariances) = (
                    UnsafeMutableBufferPointer(rebasing: means[..<count]),
                    UnsafeMutableBufferPointer(rebasing: variances[..<count])
                )
                let mean = Selection.value(at: count / 2, of: someMeans)
                for index in 0..<count { someMeans[index] = abs(someMeans[index] - mean) }
                let meanSpread = Self.deviations * Selection.value(at: count / 2, of: someMeans)
                // Ratios are in the order of the differences of their logarithms.
                let variance = Selection.value(at: count / 2, of: someVariances)
                for index in 0..<count { someVariances[index] = Self.ratio(someVariances[index], variance) }
                let logSpread = Self.deviations * log(Selection.value(at: count / 2, of: someVariances))
                let peakLog = log(Self.ratio(peakVariance, variance))
                return (
                    mean, max(Self.tolerated * meanSpread, Self.shareOfPeak * abs(peakMean - mean), full / 256),
                    variance,
                    exp(max(Self.tolerated * logSpread, Self.shareOfPeak * peakLog, Self.leastLog))
                )
            }
        }

        /// Of a normal distribution, in units of the middle deviation.
        private static let deviations = 1.4826
        /// Chance exceeds four of them once in twenty defects, of 700 values that are looked at.
        private static let tolerated = 4.0
        /// Beside a strong defect 3 % of its height count for nothing: a single coefficient of quality 90, whose step is 24 at
        /// most, leaves 6 of 255 levels.
        private static let shareOfPeak = 0.03
        /// A seventh more or less is what chance makes of a hundred photos, the deviation sqrt(2 / 99) of a logarithm; of more
        /// photos it is still a change that no one sees. Of the mean, a level of 8 bits: rounding.
        private static let leastLog = 0.15

        private static func ratio(_ a: Double, _ b: Double) -> Double { max(a, b) / min(a, b) }

        func differ(row: Int, column: Int) -> Bool {
            let sample = column * moments.shape.channels + channel
            return abs(moments.mean(row, sample) - meanMedian) > meanTolerance
                || Self.ratio(max(0, moments.variance(row, sample)) + rounding, varianceMedian) > varianceTolerance
        }
    }
}
