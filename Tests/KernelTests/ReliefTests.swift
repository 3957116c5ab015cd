import CKernels
import Foundation
import Testing

/// The arithmetic of defect detection against plain formulas.
extension KernelSuites {
    @Suite struct ReliefTests {
        @Test(arguments: [0, 1, 3, 7, 16, 31, 257])
        func medianOfFiveIsTheMiddleOne(_ count: Int) {
            var generator = SeededGenerator(stream: 305)
            let five = (0..<5).map { _ in
                GuardedBuffer((0..<count).map { _ in Float(Int.random(in: 0...9, using: &generator)) }, zero: 0)
            }
            let own = GuardedBuffer((0..<count).map { Float($0 % 11) }, zero: 0)
            let expected = (0..<count).map { index in five.map { $0.values[index] }.sorted()[2] }
            Level.walk { level in
                let found = GuardedBuffer<Float>(count: count, filledWith: -1)
                fpx_relief_median5_f32(found.pointer, five.map { UnsafePointer($0.pointer) }, count)
                #expect(found.values == expected && found.isIntact, "\(describe(level, "\(count)"))")
                fpx_relief_above_median5_f32(found.pointer, own.pointer, five.map { UnsafePointer($0.pointer) }, count)
                #expect(
                    found.values == zip(own.values, expected).map { $0 - $1 } && found.isIntact,
                    "\(describe(level, "\(count)"))")
            }
        }

        @Test func logarithmIsCloseEverywhereAndTheSameAtEveryLevel() {
            var values: [Float] = []
            var value: Float = 1
            while value < 1e9 {
                values.append(value - 1)
                value *= 1.0137
            }
            var expected: [Float]?
            Level.walk { level in
                let found = GuardedBuffer(values, zero: 0)
                fpx_relief_log_f32(found.pointer, 1, values.count)
                for (value, logarithm) in zip(values, found.values) {
                    // The sum is rounded, so the logarithm is taken of what was summed.
                    #expect(abs(Double(logarithm) - log(Double(value + 1))) < 2e-5, "\(level): \(value)")
                }
                #expect(found.values == expected ?? found.values && found.isIntact, "\(level)")
                expected = found.values
            }
        }

        /// Against a sort of the samples that the header describes.
        @Test(arguments: [1, 4, 16, 17, 40, 255, 256, 300, 1000], [1, 5, 24, 48])
        func percentileIsThatOfTheSamples(_ width: Int, _ rows: Int) {
            var generator = SeededGenerator(stream: 307)
            let relief = (0..<width * rows).map { _ in Float(Int.random(in: -20...20, using: &generator)) }
            let expected = stride(from: 0, to: width, by: 16).map { first -> Float in
                var samples: [Float] = []
                for (number, row) in stride(from: 0, to: rows, by: 4).enumerated() {
                    for column in stride(from: first + number % 4, to: min(width, first + 16), by: 4) {
                        samples.append(abs(relief[row * width + column]))
                    }
                }
                return samples.isEmpty ? 0 : samples.sorted()[samples.count * 4 / 5]
            }
            let source = GuardedBuffer(relief, zero: 0)
            Level.walk { level in
                let found = GuardedBuffer<Float>(count: expected.count, filledWith: -1)
                fpx_relief_percentile80_f32(found.pointer, source.pointer, width, rows)
                #expect(found.values == expected && found.isIntact, "\(describe(level, "\(width) x \(rows)"))")
            }
        }

        @Test(arguments: [0, 1, 15, 16, 17, 64, 333])
        func whatReachesALimitIsFound(_ width: Int) {
            var generator = SeededGenerator(stream: 308)
            func relief() -> GuardedBuffer<Float> {
                GuardedBuffer((0..<width).map { _ in Float(Int.random(in: -30...30, using: &generator)) }, zero: 0)
            }
            let mean = relief()
            let variance = relief()
            let cells = (width + 15) / 16
            // Some cells with nothing, some with much.
            let meanLimits = GuardedBuffer((0..<cells).map { [Float(31), 29, 10][$0 % 3] }, zero: 0)
            let varianceLimits = GuardedBuffer((0..<cells).map { [Float(31), 30, 5][$0 % 3] }, zero: 0)
            let expected = (0..<width).filter {
                abs(mean.values[$0]) >= meanLimits.values[$0 / 16]
                    || abs(variance.values[$0]) >= varianceLimits.values[$0 / 16]
            }
            Level.walk { level in
                let columns = GuardedBuffer<UInt32>(count: width, filledWith: 0)
                let count = fpx_relief_find_f32(
                    columns.pointer, mean.pointer, variance.pointer, meanLimits.pointer, varianceLimits.pointer, width)
                #expect(
                    columns.values.prefix(count).map(Int.init) == expected && columns.isIntact,
                    "\(describe(level, "\(width)"))")
            }
        }

        @Test(arguments: [1, 3])
        func residualIsThePixelMinusTheMedianOfItsNeighbours(_ channels: Int) {
            var generator = SeededGenerator(stream: 309)
            // Many equals among the smaller range, and the largest values.
            for range in [0...5, 0...255, 65_000...65_535] as [ClosedRange<UInt16>] {
                let samples = GuardedBuffer(
                    (0..<25 * channels).map { _ in UInt16.random(in: range, using: &generator) }, zero: 0)
                let basis = (0..<25).map { pixel -> Int in
                    let own = (0..<channels).map { Int(samples.values[pixel * channels + $0]) }
                    return channels == 1 ? own[0] : own[0] + 2 * own[1] + own[2]
                }
                let others = (basis[..<12] + basis[13...]).sorted()
                Level.walk { level in
                    #expect(
                        Int(fpx_relief_residual_u16(samples.pointer, channels))
                            == 2 * basis[12] - others[11] - others[12], "\(describe(level, "\(range)"))")
                }
            }
        }

        /// Every level gives the bits of the portable one, for 8 and 16 bits and for rounded moments.
        @Test(arguments: [1, 3], [1, 2, 7, 8, 33, 257])
        func levelsGiveTheSameMoments(_ channels: Int, _ pixels: Int) {
            var generator = SeededGenerator(stream: 310)
            let count = pixels * channels
            // As many frames as the sums can hold, so that they are as large as they can be.
            for frames in [1, 2, 24, 65_537] {
                let sum = GuardedBuffer<UInt32>(count: count, filledWith: 0)
                let squares8 = GuardedBuffer<UInt32>(count: count, filledWith: 0)
                let squares16 = GuardedBuffer<UInt64>(count: count, filledWith: 0)
                let sum16 = GuardedBuffer<UInt32>(count: count, filledWith: 0)
                let mean = GuardedBuffer<Double>(count: count, filledWith: 0)
                for index in 0..<count {
                    // Half of the frames show one value, half another.
                    let low = UInt64.random(in: 0...255, using: &generator)
                    let high = UInt64.random(in: 0...255, using: &generator)
                    let first = UInt64(frames / 2)
                    let second = UInt64(frames) - first
                    sum.pointer[index] = UInt32(first * low + second * high)
                    squares8.pointer[index] = UInt32(first * low * low + second * high * high)
                    sum16.pointer[index] = UInt32(min(UInt64(UInt32.max), (first * low + second * high) * 257))
                    squares16.pointer[index] = (first * low * low + second * high * high) * 257 * 257
                    mean.pointer[index] = Double(low) + 0.3
                }
                var expected: [[Float]]?
                Level.walk { level in
                    let results = (0..<6).map { _ in GuardedBuffer<Float>(count: pixels, filledWith: -1) }
                    fpx_relief_moments_u8(
                        results[0].pointer, results[1].pointer, sum.pointer, squares8.pointer, frames, channels, pixels)
                    fpx_relief_moments_u16(
                        results[2].pointer, results[3].pointer, sum16.pointer, squares16.pointer, frames, channels,
                        pixels)
                    fpx_relief_moments_welford(
                        results[4].pointer, results[5].pointer, mean.pointer, mean.pointer, frames, channels, pixels)
                    let found = results.map(\.values)
                    #expect(
                        found == expected ?? found && results.allSatisfy(\.isIntact),
                        "\(describe(level, "\(frames) frames, \(pixels) pixels"))")
                    expected = found
                }
            }
        }

        @Test(arguments: [1, 3])
        func momentsAreThoseOfTheBasis(_ channels: Int) {
            var generator = SeededGenerator(stream: 306)
            let pixels = 13
            var frames: [[Int]] = []
            for _ in 0..<9 {
                frames.append((0..<pixels * channels).map { _ in 257 * Int.random(in: 0...255, using: &generator) })
            }
            var sum = [UInt32](repeating: 0, count: pixels * channels)
            var squares = [UInt64](repeating: 0, count: pixels * channels)
            for frame in frames {
                for (index, sample) in frame.enumerated() {
                    sum[index] += UInt32(sample)
                    squares[index] += UInt64(sample * sample)
                }
            }
            var mean = [Float](repeating: 0, count: pixels)
            var variance = mean
            fpx_relief_moments_u16(&mean, &variance, sum, squares, frames.count, channels, pixels)
            // 8-bit samples are the same numbers divided by 257.
            var mean8 = mean
            var variance8 = mean
            fpx_relief_moments_u8(
                &mean8, &variance8, sum.map { $0 / 257 }, squares.map { UInt32($0 / (257 * 257)) }, frames.count,
                channels, pixels)
            let weights: [Double] = channels == 1 ? [1] : [0.25, 0.5, 0.25]
            for pixel in 0..<pixels {
                var expectedMean = 0.0
                var expectedVariance = 0.0
                for (channel, weight) in weights.enumerated() {
                    let samples: [Double] = frames.map { Double($0[pixel * channels + channel]) }
                    let own: Double = samples.reduce(0, +) / Double(samples.count)
                    let m2: Double = samples.map { ($0 - own) * ($0 - own) }.reduce(0, +)
                    expectedMean += weight * own
                    expectedVariance += weight * m2 / Double(samples.count - 1)
                }
                #expect(abs(Double(mean[pixel]) - expectedMean) <= 1e-6 * expectedMean)
                #expect(abs(Double(variance[pixel]) - expectedVariance) <= 1e-6 * expectedVariance)
                #expect(abs(257 * Double(mean8[pixel]) - expectedMean) <= 1e-6 * expectedMean)
                #expect(abs(257 * 257 * Double(variance8[pixel]) - expectedVariance) <= 1e-6 * expectedVariance)
            }
        }
    }
}
