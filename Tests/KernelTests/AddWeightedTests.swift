import CKernels
import Foundation
import Testing

struct Scalars: CustomStringConvertible {
    var alpha: Double
    var beta: Double
    var gamma: Double
    var description: String { "alpha \(alpha), beta \(beta), gamma \(gamma)" }
}

/// What the tests need to treat the three sample types alike.
protocol WeightedSample: BitwiseCopyable, Equatable {
    static func random(_ count: Int, _ generator: inout SeededGenerator) -> [Self]
    /// The reference for one sample.
    static func weighted(_ first: Self, _ second: Self, _ scalars: Scalars) -> Self
    func isSame(as other: Self) -> Bool
    static func addWeighted(
        _ destination: UnsafeMutablePointer<Self>, _ first: UnsafePointer<Self>, _ second: UnsafePointer<Self>,
        _ count: Int, _ scalars: Scalars
    ) -> fpx_status
    static func addWeightedRows(
        _ destination: UnsafeMutablePointer<Self>, _ destinationStride: Int, _ first: UnsafePointer<Self>,
        _ firstStride: Int, _ second: UnsafePointer<Self>, _ secondStride: Int, _ rowCount: Int, _ rows: Int,
        _ scalars: Scalars, threads: Int
    ) -> fpx_status
}

private func fused(_ first: Float, _ second: Float, _ scalars: Scalars) -> Float {
    Float(scalars.gamma).addingProduct(second, Float(scalars.beta)).addingProduct(first, Float(scalars.alpha))
}

private func saturated<Sample: FixedWidthInteger>(_ value: Float) -> Sample {
    if value.isNaN { return 0 }
    return Sample(min(max(value.rounded(.toNearestOrEven), 0), Float(Sample.max)))
}

extension UInt8: WeightedSample {
    static func weighted(_ first: UInt8, _ second: UInt8, _ scalars: Scalars) -> UInt8 {
        saturated(fused(Float(first), Float(second), scalars))
    }
    func isSame(as other: UInt8) -> Bool { self == other }
    static func addWeighted(
        _ destination: UnsafeMutablePointer<UInt8>, _ first: UnsafePointer<UInt8>, _ second: UnsafePointer<UInt8>,
        _ count: Int, _ scalars: Scalars
    ) -> fpx_status {
        fpx_addweighted_u8(destination, first, second, count, scalars.alpha, scalars.beta, scalars.gamma)
    }
    static func addWeightedRows(
        _ destination: UnsafeMutablePointer<UInt8>, _ destinationStride: Int, _ first: UnsafePointer<UInt8>,
        _ firstStride: Int, _ second: UnsafePointer<UInt8>, _ secondStride: Int, _ rowCount: Int, _ rows: Int,
        _ scalars: Scalars, threads: Int
    ) -> fpx_status {
        fpx_addweighted_u8_rows(
            destination, destinationStride, first, firstStride, second, secondStride, rowCount, rows, scalars.alpha,
            scalars.beta, scalars.gamma, threads)
    }
}

extension UInt16: WeightedSample {
    static func weighted(_ first: UInt16, _ second: UInt16, _ scalars: Scalars) -> UInt16 {
        saturated(fused(Float(first), Float(second), scalars))
    }
    func isSame(as other: UInt16) -> Bool { self == other }
    static func addWeighted(
        _ destination: UnsafeMutablePointer<UInt16>, _ first: UnsafePointer<UInt16>, _ second: UnsafePointer<UInt16>,
        _ count: Int, _ scalars: Scalars
    ) -> fpx_status {
        fpx_addweighted_u16(destination, first, second, count, scalars.alpha, scalars.beta, scalars.gamma)
    }
    static func addWeightedRows(
        _ destination: UnsafeMutablePointer<UInt16>, _ destinationStride: Int, _ first: UnsafePointer<UInt16>,
        _ firstStride: Int, _ second: UnsafePointer<UInt16>, _ secondStride: Int, _ rowCount: Int, _ rows: Int,
        _ scalars: Scalars, threads: Int
    ) -> fpx_status {
        fpx_addweighted_u16_rows(
            destination, destinationStride, first, firstStride, second, secondStride, rowCount, rows, scalars.alpha,
            scalars.beta, scalars.gamma, threads)
    }
}

extension Float: WeightedSample {
    static func weighted(_ first: Float, _ second: Float, _ scalars: Scalars) -> Float {
        fused(first, second, scalars)
    }
    func isSame(as other: Float) -> Bool { bitPattern == other.bitPattern || (isNaN && other.isNaN) }
    static func addWeighted(
        _ destination: UnsafeMutablePointer<Float>, _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>,
        _ count: Int, _ scalars: Scalars
    ) -> fpx_status {
        fpx_addweighted_f32(destination, first, second, count, scalars.alpha, scalars.beta, scalars.gamma)
    }
    static func addWeightedRows(
        _ destination: UnsafeMutablePointer<Float>, _ destinationStride: Int, _ first: UnsafePointer<Float>,
        _ firstStride: Int, _ second: UnsafePointer<Float>, _ secondStride: Int, _ rowCount: Int, _ rows: Int,
        _ scalars: Scalars, threads: Int
    ) -> fpx_status {
        fpx_addweighted_f32_rows(
            destination, destinationStride, first, firstStride, second, secondStride, rowCount, rows, scalars.alpha,
            scalars.beta, scalars.gamma, threads)
    }
}

extension KernelSuites {
    @Suite struct AddWeightedTests {
        private func randomScalars(_ generator: inout SeededGenerator) -> Scalars {
            Scalars(
                alpha: .random(in: -2...2, using: &generator), beta: .random(in: -2...2, using: &generator),
                gamma: .random(in: -300...300, using: &generator))
        }

        private func checkEveryLevel<Sample: WeightedSample>(
            _ count: Int, slack: Int, _ scalars: Scalars, _ generator: inout SeededGenerator, of _: Sample.Type
        ) {
            let slackBytes = slack * MemoryLayout<Sample>.stride
            let a = Sample.random(count, &generator)
            let b = Sample.random(count, &generator)
            let zero = Sample.random(1, &generator)[0]
            let expected = zip(a, b).map { Sample.weighted($0, $1, scalars) }
            let expectedFromOne = a.map { Sample.weighted($0, $0, scalars) }
            func same(_ buffer: GuardedBuffer<Sample>, _ expected: [Sample]) -> Bool {
                buffer.isIntact && zip(buffer.values, expected).allSatisfy { $0.isSame(as: $1) }
            }
            Level.walk { level in
                let note = "\(describe(level, "\(Sample.self), \(count) samples, slack \(slack), \(scalars)"))"
                let first = GuardedBuffer(a, slackBytes: slackBytes, zero: zero)
                let second = GuardedBuffer(b, slackBytes: slackBytes, zero: zero)
                let destination = GuardedBuffer(count: count, slackBytes: slackBytes, filledWith: zero)
                #expect(
                    Sample.addWeighted(destination.pointer, first.pointer, second.pointer, count, scalars) == .ok)
                #expect(same(destination, expected), "\(note)")

                destination.copy(from: a)
                _ = Sample.addWeighted(destination.pointer, destination.pointer, second.pointer, count, scalars)
                #expect(same(destination, expected), "destination is the first source, \(note)")
                destination.copy(from: b)
                _ = Sample.addWeighted(destination.pointer, first.pointer, destination.pointer, count, scalars)
                #expect(same(destination, expected), "destination is the second source, \(note)")
                destination.copy(from: a)
                _ = Sample.addWeighted(destination.pointer, destination.pointer, destination.pointer, count, scalars)
                #expect(same(destination, expectedFromOne), "destination is both sources, \(note)")
            }
        }

        @Test func everyLength() {
            var generator = SeededGenerator(stream: 21)
            for count in Shapes.lengths {
                let scalars = randomScalars(&generator)
                checkEveryLevel(count, slack: 0, scalars, &generator, of: UInt8.self)
                checkEveryLevel(count, slack: 0, scalars, &generator, of: UInt16.self)
                checkEveryLevel(count, slack: 0, scalars, &generator, of: Float.self)
            }
        }

        @Test func everyAlignment() {
            var generator = SeededGenerator(stream: 22)
            for slack in Shapes.alignments {
                let scalars = randomScalars(&generator)
                checkEveryLevel(150, slack: slack, scalars, &generator, of: UInt8.self)
                checkEveryLevel(406, slack: slack, scalars, &generator, of: UInt8.self)
                checkEveryLevel(150, slack: slack, scalars, &generator, of: UInt16.self)
                checkEveryLevel(150, slack: slack, scalars, &generator, of: Float.self)
            }
        }

        @Test func unusualScalars() {
            var generator = SeededGenerator(stream: 23)
            let unusual = [
                Double.nan, .infinity, -.infinity, 1e9, -1e9, 1e30, -1e30, 1e300, -1e300, 1e-40, -1e-300, 0, -0.0, 0.5,
            ]
            for alpha in unusual {
                for gamma in unusual {
                    let scalars = Scalars(alpha: alpha, beta: 0.5, gamma: gamma)
                    checkEveryLevel(417, slack: 0, scalars, &generator, of: UInt8.self)
                    checkEveryLevel(97, slack: 0, scalars, &generator, of: UInt16.self)
                    checkEveryLevel(97, slack: 0, scalars, &generator, of: Float.self)
                }
            }
        }

        /// Just inside and outside of what the kernels on subnormal floats take, see addweighted_bounds.h, of as many
        /// samples as they take.
        @Test func scalarsAtTheBoundsOfSubnormalArithmetic() {
            var generator = SeededGenerator(stream: 25)
            let weights: [Double] = [Double(Float(2).nextDown), -2, 2, 0x1p-40, Double(Float(0x1p-40).nextUp), 0.25]
            for alpha in weights {
                for beta in weights {
                    for gamma in [0x1p14, -Double(Float(0x1p14).nextDown), 0x1p-40, -0x1p-39, 0.5] {
                        let scalars = Scalars(alpha: alpha, beta: -beta, gamma: gamma)
                        checkEveryLevel(417, slack: 0, scalars, &generator, of: UInt8.self)
                    }
                }
            }
        }

        #if arch(x86_64) && os(Linux)
            /// A program built with -ffast-math leaves its threads in this state.
            @Test func threadsThatTreatSubnormalNumbersAsZeroGetTheSameBits() {
                var before = fenv_t()
                fegetenv(&before)
                var zeroing = before
                zeroing.__mxcsr |= 0x8040
                fesetenv(&zeroing)
                defer { fesetenv(&before) }
                var generator = SeededGenerator(stream: 26)
                for _ in 0..<10 {
                    checkEveryLevel(456, slack: 0, randomScalars(&generator), &generator, of: UInt8.self)
                }
            }
        #endif

        @Test func notANumberBecomesZeroAndInfinitySaturates() {
            Level.walk { level in
                let source = GuardedBuffer<UInt8>(count: 400, filledWith: 1)
                let destination = GuardedBuffer<UInt8>(count: 400, filledWith: 7)
                let expectations: [(Double, UInt8)] = [(.nan, 0), (.infinity, 255), (-.infinity, 0), (1e30, 255)]
                for (gamma, result) in expectations {
                    _ = fpx_addweighted_u8(destination.pointer, source.pointer, source.pointer, 400, 1, 1, gamma)
                    #expect(destination.values.allSatisfy { $0 == result }, "\(level), gamma \(gamma)")
                }
            }
        }

        private func checkRows<Sample: WeightedSample>(
            rowCount: Int, rows: Int, _ generator: inout SeededGenerator, of _: Sample.Type
        ) {
            let stride = MemoryLayout<Sample>.stride
            let scalars = randomScalars(&generator)
            let padding = 3
            let width = rowCount + padding
            let a = Sample.random(width * rows, &generator)
            let b = Sample.random(width * rows, &generator)
            let untouched = Sample.random(width * rows, &generator)
            // The second source is read from its last row upwards.
            var expected = untouched
            for row in 0..<rows {
                for column in 0..<rowCount {
                    expected[row * width + column] = Sample.weighted(
                        a[row * width + column], b[(rows - 1 - row) * width + column], scalars)
                }
            }
            let first = GuardedBuffer(a, zero: a[0])
            let second = GuardedBuffer(b, zero: b[0])
            Level.walk { level in
                for threads in Shapes.teamSizes {
                    let destination = GuardedBuffer(untouched, zero: untouched[0])
                    let status = Sample.addWeightedRows(
                        destination.pointer, width * stride, first.pointer, width * stride,
                        second.pointer + (rows - 1) * width, -width * stride, rowCount, rows, scalars,
                        threads: threads)
                    #expect(status == .ok)
                    #expect(
                        destination.isIntact && zip(destination.values, expected).allSatisfy { $0.isSame(as: $1) },
                        "\(describe(level, "\(Sample.self), \(rows) rows of \(rowCount), team of \(threads)"))")
                }
            }
        }

        @Test func rowsWithStridesAndTeams() {
            var generator = SeededGenerator(stream: 24)
            for (rowCount, rows) in [(1, 1), (65, 7), (70_000, 3), (500, 140)] {
                checkRows(rowCount: rowCount, rows: rows, &generator, of: UInt8.self)
                if rowCount < 1000 {
                    checkRows(rowCount: rowCount, rows: rows, &generator, of: UInt16.self)
                    checkRows(rowCount: rowCount, rows: rows, &generator, of: Float.self)
                }
            }
        }
    }
}
