import FastPixFrames
import FastPixPlatform

/// What is kept of one photo's fixed pattern: how samples of some of its rows differ from those beside them of their colour,
/// in steps of what is usual in the row. Belongs to one thread at a time.
package final class PatternSample: @unchecked Sendable {
    /// Photos of a group that are looked at: every kind of an eighth of them or more is there three times.
    package static let mostPhotos = 24
    /// Of one photo, so that all take 12 MiB at most.
    private static let mostSamples = 1 << 19
    /// Of a row.
    private static let mostColumns = 1 << 16
    /// The usual difference is so many steps, and larger ones than three of it count as three: neither a scene's edges nor
    /// a text in the picture outweigh the pattern.
    private static let steps: Float = 32
    private static let largest = 3 * steps
    /// Compression and demosaicing repeat after 8, 2 or 6 columns, whatever the sensor.
    private static let period = 24
    /// Of a row, by which its usual difference is known to a tenth.
    private static let leastSorted = 256

    private let shape: FrameShape
    private let columns: Int
    /// Of the rows that `CoarseSums` looks at one in so many.
    private let rowStep: Int
    private var steps: [Int8]
    private var differences: [Float]

    init(_ shape: FrameShape) {
        self.shape = shape
        columns = min(shape.width, Self.mostColumns)
        rowStep = Self.rowStep(shape)
        steps = [Int8](repeating: 0, count: Self.rowCount(shape) * columns)
        differences = [Float](repeating: 0, count: columns)
    }

    private static func rowStep(_ shape: FrameShape) -> Int {
        let columns = min(shape.width, mostColumns)
        return max(1, (CoarseSums.rowCount(shape) * columns + mostSamples - 1) / mostSamples)
    }

    private static func rowCount(_ shape: FrameShape) -> Int {
        let step = rowStep(shape)
        return (CoarseSums.rowCount(shape) + step - 1) / step
    }

    /// What the samples of a group take.
    package static func byteCount(_ shape: FrameShape, photoCount: Int) -> Int {
        min(photoCount, mostPhotos) * rowCount(shape) * min(shape.width, mostColumns)
    }

    /// Which of so many photos are looked at, in their order.
    static func chosen(of photoCount: Int) -> [Int] {
        guard photoCount > mostPhotos else { return Array(0..<photoCount) }
        return (0..<mostPhotos).map { (2 * $0 + 1) * photoCount / (2 * mostPhotos) }
    }

    /// Takes in a row that `CoarseSums` looks at.
    func add(row: Int, of samples: UnsafeRawPointer) {
        let place = row / CoarseSums.cellSize
        guard place % rowStep == 0 else { return }
        switch shape.bitsPerSample {
        case 8: take(samples.assumingMemoryBound(to: UInt8.self)) { Float($0) }
        case 16: take(samples.assumingMemoryBound(to: UInt16.self)) { Float($0) }
        default: take(samples.assumingMemoryBound(to: Float.self)) { $0 }
        }
        removePeriods()
        keep(place / rowStep)
    }

    @inline(__always)
    private func take<Sample>(_ samples: UnsafePointer<Sample>, number: (Sample) -> Float) {
        let distance = shape.neighbourDistance
        let channels = shape.channels
        guard columns > 2 * distance else { return }
        let own = samples + CoarseSums.channel(shape)
        differences.withUnsafeMutableBufferPointer { differences in
            for column in distance..<columns - distance {
                let beside =
                    number(own[(column - distance) * channels]) + number(own[(column + distance) * channels])
                differences[column] = 2 * number(own[column * channels]) - beside
            }
        }
    }

    /// Of those that have a difference: the others stay 0, and what is kept of a row does not depend on the rows before it,
    /// which come in any order.
    private func removePeriods() {
        let inner = shape.neighbourDistance..<max(shape.neighbourDistance, columns - shape.neighbourDistance)
        differences.withUnsafeMutableBufferPointer { differences in
            for first in inner.prefix(Self.period) {
                let places = stride(from: first, to: inner.upperBound, by: Self.period)
                var (sum, count): (Float, Float) = (0, 0)
                for column in places { (sum, count) = (sum + differences[column], count + 1) }
                let mean = sum / count
                for column in places { differences[column] -= mean }
            }
        }
    }

    private func keep(_ row: Int) {
        let step = max(1, columns / Self.leastSorted)
        let sorted = stride(from: 0, to: columns, by: step).map { abs(differences[$0]) }.sorted()
        var usual = sorted[sorted.count / 2]
        // In the dark most samples may be alike.
        if usual == 0 { usual = sorted.reduce(0, +) / Float(sorted.count) }
        guard usual > 0, usual.isFinite else { return }
        let factor = Self.steps / usual
        for column in 0..<columns {
            let value = (differences[column] * factor).rounded()
            steps[row * columns + column] = value.isNaN ? 0 : Int8(max(-Self.largest, min(Self.largest, value)))
        }
    }

    /// Sum of products with another photo of the shape, over every second row from the first or the second one on.
    func product(_ other: PatternSample, half: Int) -> Double {
        var sum: Int64 = 0
        steps.withUnsafeBufferPointer { own in
            other.steps.withUnsafeBufferPointer { its in
                for row in stride(from: half, to: own.count / max(1, columns), by: 2) {
                    // A row of the longest kind cannot overflow: 2^16 times 96^2.
                    var ofRow: Int32 = 0
                    for index in row * columns..<(row + 1) * columns {
                        ofRow &+= Int32(own[index]) &* Int32(its[index])
                    }
                    sum += Int64(ofRow)
                }
            }
        }
        return Double(sum)
    }

    /// How many samples `product` adds up.
    func count(half: Int) -> Int { (steps.count / max(1, columns) + 1 - half) / 2 * columns }
}
