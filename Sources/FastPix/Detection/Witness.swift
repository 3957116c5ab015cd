import CKernels
import Foundation

/// What one pixel and its neighbourhood showed, photo by photo, in the photos that were recorded: integers, so that
/// the order of the photos changes nothing and a photo can be taken out again.
struct Witness: Sendable, Equatable {
    /// Photos recorded.
    private(set) var count = 0
    /// Photos in which the pixel was above, and below, the median of its neighbours.
    private(set) var above = 0
    private(set) var below = 0
    /// Sums over photos of the residual and its square, in halves of basis units (see `Basis`).
    private var residualSum = 0
    private var residualSquares = 0
    /// Sums of each sample of the neighbourhood, rows first, channels innermost; then sums of squares.
    private var moments: [UInt64]

    /// What one takes, with its place among others.
    static func byteCount(channels: Int) -> Int {
        2 * Neighbourhood.count * channels * MemoryLayout<UInt64>.size + arrayHeaderBytes
            + 2 * MemoryLayout<Witness>.stride
    }

    private static let arrayHeaderBytes = 48

    init(channels: Int) {
        moments = [UInt64](repeating: 0, count: 2 * Neighbourhood.count * channels)
    }

    /// The one number per pixel that is judged: red + 2 green + blue, or the grey sample.
    enum Basis {
        /// Basis units per sample unit.
        static func weight(channels: Int) -> Int { channels == 3 ? 4 : 1 }
    }

    /// Pixel minus median of its neighbours, in halves of basis units: their number is even, so that the median is
    /// the mean of the middle two.
    static func residual(_ samples: UnsafePointer<UInt16>, channels: Int) -> Int {
        Int(fpx_relief_residual_u16(samples, channels))
    }

    /// Takes in the neighbourhood of one photo, or with `sign` -1 takes it out again. Returns the photo's residual.
    @discardableResult
    mutating func add(_ samples: UnsafePointer<UInt16>, channels: Int, sign: Int = 1) -> Int {
        let residual = Self.residual(samples, channels: channels)
        count += sign
        above += residual > 0 ? sign : 0
        below += residual < 0 ? sign : 0
        residualSum += sign * residual
        residualSquares += sign * residual * residual
        // Taking out wraps around, and back when all is summed.
        moments.withUnsafeMutableBufferPointer { moments in
            let sums = moments.baseAddress!
            let squares = sums + moments.count / 2
            for index in 0..<moments.count / 2 {
                let sample = UInt64(samples[index])
                sums[index] &+= sign > 0 ? sample : 0 &- sample
                squares[index] &+= sign > 0 ? sample * sample : 0 &- sample * sample
            }
        }
        return residual
    }

    // MARK: In a file

    static func wordCount(channels: Int) -> Int { 5 + 2 * Neighbourhood.count * channels }

    /// All of it: the numbers of photos recorded, above and below, the sum of residuals (two's complement) and of their
    /// squares, the sums, the sums of squares.
    var words: [UInt64] {
        [count, above, below, residualSum, residualSquares].map { UInt64(bitPattern: Int64($0)) } + moments
    }

    /// What `words` gave. Nil when no `count` photos of samples up to `largest` have such a record.
    init?(words: some RandomAccessCollection<UInt64>, count: Int, channels: Int, largest: UInt64) {
        let head = words.prefix(5).map { Int(Int64(bitPattern: $0)) }
        moments = Array(words.dropFirst(5))
        (self.count, above, below, residualSum, residualSquares) = (head[0], head[1], head[2], head[3], head[4])
        let photos = UInt64(count)
        let largestResidual = UInt64(2 * Basis.weight(channels: channels)) * largest
        guard self.count == count, (0...count).contains(above), (0...count - above).contains(below),
            residualSquares >= 0,
            Self.arePossible(
                photos, sum: UInt64(residualSum.magnitude), squares: UInt64(residualSquares), largest: largestResidual),
            zip(moments, moments.dropFirst(moments.count / 2))
                .allSatisfy({ Self.arePossible(photos, sum: $0, squares: $1, largest: largest) })
        else { return nil }
    }

    /// Whether so many numbers from -`largest` to `largest` have a sum of this size and this sum of squares:
    /// n Σx² >= (Σx)² (Cauchy and Schwarz).
    private static func arePossible(_ count: UInt64, sum: UInt64, squares: UInt64, largest: UInt64) -> Bool {
        guard sum <= count * largest, squares <= count * largest * largest else { return false }
        return count.multipliedFullWidth(by: squares) >= sum.multipliedFullWidth(by: sum)
    }

    // MARK: What it says

    /// Mean residual in sample units.
    func meanResidual(channels: Int) -> Double {
        Double(residualSum) / Double(max(1, count)) / Double(2 * Basis.weight(channels: channels))
    }

    /// Mean residual over its standard error (Student's t); `least` bounds the scatter from below, in sample units.
    func studentT(channels: Int, leastScatter: Double) -> Double {
        guard count > 1 else { return 0 }
        let number = Double(count)
        let mean = Double(residualSum) / number
        let variance = max(0, (Double(residualSquares) - mean * Double(residualSum)) / (number - 1))
        let scatter = max(variance.squareRoot(), leastScatter * Double(2 * Basis.weight(channels: channels)))
        return mean / (scatter / number.squareRoot())
    }

    /// The share of photos in which the residual has the sign it has on average.
    var signShare: Double {
        guard count > 0 else { return 0 }
        return Double(residualSum >= 0 ? above : below) / Double(count)
    }

    /// Log-variance of the pixel minus the median of its neighbours', and that difference over their scatter.
    func varianceShift(channels: Int, offset: Double) -> (shift: Double, score: Double) {
        guard count > 1 else { return (0, 0) }
        let logarithms = (0..<Neighbourhood.count).map { log(variance($0, channels: channels) + offset) }
        var others = logarithms
        others.remove(at: Neighbourhood.centre)
        let middle = Self.median(others)
        let shift = logarithms[Neighbourhood.centre] - middle
        let scatter = 1.4826 * Self.median(others.map { abs($0 - middle) })
        return (shift, shift / max(0.05, scatter))
    }

    private func variance(_ index: Int, channels: Int) -> Double {
        func ofSample(_ sample: Int) -> Double {
            let sum = Double(moments[sample])
            return max(0, (Double(moments[moments.count / 2 + sample]) - sum * sum / Double(count)) / Double(count - 1))
        }
        let first = index * channels
        guard channels == 3 else { return ofSample(first) }
        return (ofSample(first) + 2 * ofSample(first + 1) + ofSample(first + 2)) / 4
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
