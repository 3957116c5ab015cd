import CKernels
import Foundation
import Testing

/// The arithmetic of defect detection against plain formulas.
extension KernelSuites {
    @Suite struct ReliefTests {
        @Test(arguments: [0, 1, 3, 7, 16, 31, 257])
        func medianOfFiveIsTheMiddleOne(_ count: Int) {
            var generator = SeededGenerator(stream: 305)
            var five: [[Float]] = []
            for _ in 0..<5 {
                five.append((0..<count).map { _ in Float(Int.random(in: 0...9, using: &generator)) })
            }
            let expected = (0..<count).map { index in five.map { $0[index] }.sorted()[2] }
            var found = [Float](repeating: -1, count: count)
            let buffers = five.map { values -> UnsafeMutablePointer<Float> in
                let buffer = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
                buffer.initialize(from: values, count: count)
                return buffer
            }
            defer { for buffer in buffers { buffer.deallocate() } }
            fpx_relief_median5_f32(&found, buffers.map { UnsafePointer($0) }, count)
            #expect(found == expected)
        }

        @Test func logarithmIsCloseEverywhere() {
            var value: Float = 1
            while value < 1e9 {
                var found = [value - 1]
                fpx_relief_log_f32(&found, 1, 1)
                // The sum is rounded, so the logarithm is taken of what was summed.
                #expect(abs(Double(found[0]) - log(Double((value - 1) + 1))) < 2e-5, "\(value)")
                value *= 1.0137
            }
        }

        @Test(arguments: [1, 3])
        func momentsAreThoseOfTheBasis(_ channels: Int) {
            var generator = SeededGenerator(stream: 306)
            let pixels = 13
            var frames: [[Int]] = []
            for _ in 0..<9 {
                frames.append((0..<pixels * channels).map { _ in Int.random(in: 0...65535, using: &generator) })
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
            }
        }
    }
}
