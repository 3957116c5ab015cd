import CKernels
import Testing

/// What the tests need to treat 8-bit and 16-bit moments alike.
protocol MomentsSample: FixedWidthInteger & UnsignedInteger & BitwiseCopyable {
    associatedtype SquareSum: FixedWidthInteger & UnsignedInteger & BitwiseCopyable
    static var maximumFrames: Int { get }
    static func accumulate(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<SquareSum>,
        _ frames: [UnsafePointer<Self>], _ count: Int
    ) -> fpx_status
    static func accumulate(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<SquareSum>,
        _ frames: [UnsafePointer<Self>], _ count: Int, tile: Int, threads: Int
    ) -> fpx_status
    static func remove(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<SquareSum>, _ frame: UnsafePointer<Self>,
        _ count: Int)
    static func merge(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<SquareSum>,
        _ otherSum: UnsafePointer<UInt32>, _ otherSquares: UnsafePointer<SquareSum>, _ count: Int)
    static func scaledM2(
        _ result: UnsafeMutablePointer<UInt64>, _ sum: UnsafePointer<UInt32>, _ squares: UnsafePointer<SquareSum>,
        _ frames: Int, _ count: Int)
    static func summarise(
        _ sum: UnsafePointer<UInt32>, _ squares: UnsafePointer<SquareSum>, _ frames: Int, _ count: Int
    ) -> fpx_scaled_m2_summary
}

extension UInt8: MomentsSample {
    static var maximumFrames: Int { FPX_MOMENTS_U8_MAXIMUM_FRAMES }
    static func accumulate(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<UInt32>,
        _ frames: [UnsafePointer<UInt8>], _ count: Int
    ) -> fpx_status { fpx_moments_u8_accumulate_tile(sum, squares, frames, frames.count, count) }
    static func accumulate(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<UInt32>,
        _ frames: [UnsafePointer<UInt8>], _ count: Int, tile: Int, threads: Int
    ) -> fpx_status { fpx_moments_u8_accumulate(sum, squares, frames, frames.count, count, tile, threads) }
    static func remove(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<UInt32>, _ frame: UnsafePointer<UInt8>,
        _ count: Int
    ) { fpx_moments_u8_remove_tile(sum, squares, frame, count) }
    static func merge(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<UInt32>,
        _ otherSum: UnsafePointer<UInt32>, _ otherSquares: UnsafePointer<UInt32>, _ count: Int
    ) { fpx_moments_u8_merge_tile(sum, squares, otherSum, otherSquares, count) }
    static func scaledM2(
        _ result: UnsafeMutablePointer<UInt64>, _ sum: UnsafePointer<UInt32>, _ squares: UnsafePointer<UInt32>,
        _ frames: Int, _ count: Int
    ) { fpx_moments_u8_scaled_m2(result, sum, squares, frames, count) }
    static func summarise(
        _ sum: UnsafePointer<UInt32>, _ squares: UnsafePointer<UInt32>, _ frames: Int, _ count: Int
    ) -> fpx_scaled_m2_summary { fpx_moments_u8_summarise_tile(sum, squares, frames, count) }
}

extension UInt16: MomentsSample {
    static var maximumFrames: Int { FPX_MOMENTS_U16_MAXIMUM_FRAMES }
    static func accumulate(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<UInt64>,
        _ frames: [UnsafePointer<UInt16>], _ count: Int
    ) -> fpx_status { fpx_moments_u16_accumulate_tile(sum, squares, frames, frames.count, count) }
    static func accumulate(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<UInt64>,
        _ frames: [UnsafePointer<UInt16>], _ count: Int, tile: Int, threads: Int
    ) -> fpx_status { fpx_moments_u16_accumulate(sum, squares, frames, frames.count, count, tile, threads) }
    static func remove(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<UInt64>, _ frame: UnsafePointer<UInt16>,
        _ count: Int
    ) { fpx_moments_u16_remove_tile(sum, squares, frame, count) }
    static func merge(
        _ sum: UnsafeMutablePointer<UInt32>, _ squares: UnsafeMutablePointer<UInt64>,
        _ otherSum: UnsafePointer<UInt32>, _ otherSquares: UnsafePointer<UInt64>, _ count: Int
    ) { fpx_moments_u16_merge_tile(sum, squares, otherSum, otherSquares, count) }
    static func scaledM2(
        _ result: UnsafeMutablePointer<UInt64>, _ sum: UnsafePointer<UInt32>, _ squares: UnsafePointer<UInt64>,
        _ frames: Int, _ count: Int
    ) { fpx_moments_u16_scaled_m2(result, sum, squares, frames, count) }
    static func summarise(
        _ sum: UnsafePointer<UInt32>, _ squares: UnsafePointer<UInt64>, _ frames: Int, _ count: Int
    ) -> fpx_scaled_m2_summary { fpx_moments_u16_summarise_tile(sum, squares, frames, count) }
}

/// Accumulators of one test, guarded.
struct GuardedMoments<Sample: MomentsSample> {
    let sum: GuardedBuffer<UInt32>
    let squares: GuardedBuffer<Sample.SquareSum>

    init(count: Int, slackBytes: Int = 0) {
        sum = GuardedBuffer(count: count, slackBytes: slackBytes, filledWith: 0)
        squares = GuardedBuffer(count: count, slackBytes: slackBytes, filledWith: 0)
    }

    init(_ expected: ExpectedMoments<Sample>, slackBytes: Int = 0) {
        sum = GuardedBuffer(expected.sum, slackBytes: slackBytes, zero: 0)
        squares = GuardedBuffer(expected.squares, slackBytes: slackBytes, zero: 0)
    }

    func matches(_ expected: ExpectedMoments<Sample>) -> Bool {
        sum.isIntact && squares.isIntact && sum.values == expected.sum && squares.values == expected.squares
    }
}

/// The reference: one addition after the other.
struct ExpectedMoments<Sample: MomentsSample>: Equatable {
    var sum: [UInt32]
    var squares: [Sample.SquareSum]

    init(count: Int) {
        sum = Array(repeating: 0, count: count)
        squares = Array(repeating: 0, count: count)
    }

    mutating func add(_ frame: [Sample]) {
        for index in sum.indices {
            sum[index] += UInt32(frame[index])
            squares[index] += Sample.SquareSum(frame[index]) * Sample.SquareSum(frame[index])
        }
    }
}

extension KernelSuites {
    @Suite struct MomentsTests {
        private func frames<Sample: MomentsSample>(
            _ frameCount: Int, _ count: Int, _ generator: inout SeededGenerator, of _: Sample.Type
        ) -> [[Sample]] {
            (0..<frameCount).map { frame in
                // Extremes among random frames, because partial sums overflow there first.
                switch frame % 5 {
                case 3: return Array(repeating: Sample.max, count: count)
                case 4: return Array(repeating: 1 << (Sample.bitWidth - 1), count: count)
                default: return generator.integers(count)
                }
            }
        }

        private func checkEveryLevel<Sample: MomentsSample>(
            _ frameCount: Int, _ count: Int, slack: Int, _ generator: inout SeededGenerator, of _: Sample.Type
        ) {
            let samples = frames(frameCount, count, &generator, of: Sample.self)
            let frameSlackBytes = slack * MemoryLayout<Sample>.stride
            let guarded = samples.map { GuardedBuffer($0, slackBytes: frameSlackBytes, zero: 0) }
            let pointers = guarded.map { UnsafePointer($0.pointer) }
            // The accumulators are not empty at first.
            var start = ExpectedMoments<Sample>(count: count)
            start.add(generator.integers(count))
            var expected = start
            for frame in samples { expected.add(frame) }
            Level.walk { level in
                let moments = GuardedMoments(start, slackBytes: slack * 8)
                #expect(Sample.accumulate(moments.sum.pointer, moments.squares.pointer, pointers, count) == .ok)
                #expect(
                    moments.matches(expected),
                    "\(describe(level, "\(Sample.self), \(frameCount) frames, \(count) samples, slack \(slack)"))")
            }
        }

        @Test func everyLengthAndFrameCount() {
            var generator = SeededGenerator(stream: 1)
            for count in Shapes.lengths {
                for frameCount in Shapes.frameCounts {
                    checkEveryLevel(frameCount, count, slack: 0, &generator, of: UInt8.self)
                    checkEveryLevel(frameCount, count, slack: 0, &generator, of: UInt16.self)
                }
            }
        }

        @Test func everyAlignment() {
            var generator = SeededGenerator(stream: 2)
            for slack in Shapes.alignments {
                checkEveryLevel(8, 150, slack: slack, &generator, of: UInt8.self)
                checkEveryLevel(5, 150, slack: slack, &generator, of: UInt16.self)
            }
        }

        @Test func manyFramesCrossEveryFlush() {
            var generator = SeededGenerator(stream: 3)
            for frameCount in [255, 256, 257, 258, 259, 511, 513, 515] {
                checkEveryLevel(frameCount, 70, slack: 0, &generator, of: UInt8.self)
                checkEveryLevel(frameCount, 70, slack: 0, &generator, of: UInt16.self)
            }
        }

        private func checkFullAccumulators<Sample: MomentsSample>(of _: Sample.Type) {
            let count = 67
            let largest = GuardedBuffer(count: count, filledWith: Sample.max)
            let maximum = UInt64(Sample.max)
            let frameCount = UInt64(Sample.maximumFrames)
            #expect(frameCount * maximum <= UInt32.max)
            #expect(frameCount * maximum * maximum <= UInt64(Sample.SquareSum.max))
            Level.walk { level in
                let moments = GuardedMoments<Sample>(count: count)
                var pointers = Array(repeating: UnsafePointer(largest.pointer), count: Sample.maximumFrames)
                #expect(Sample.accumulate(moments.sum.pointer, moments.squares.pointer, pointers, count) == .ok)
                let sums = Array(repeating: UInt32(frameCount * maximum), count: count)
                let squares = Array(repeating: Sample.SquareSum(frameCount * maximum * maximum), count: count)
                #expect(moments.sum.values == sums, "\(level)")
                #expect(moments.squares.values == squares, "\(level)")

                pointers.append(UnsafePointer(largest.pointer))
                #expect(
                    Sample.accumulate(moments.sum.pointer, moments.squares.pointer, pointers, count)
                        == .overflow)
                #expect(
                    Sample.accumulate(
                        moments.sum.pointer, moments.squares.pointer, pointers, count, tile: 64, threads: 1)
                        == .overflow)
                #expect(moments.sum.values == sums, "an error must change nothing")

                // Equal samples have no variance, even here.
                let summary = Sample.summarise(
                    moments.sum.pointer, moments.squares.pointer, Sample.maximumFrames, count)
                #expect(summary.minimum == 0 && summary.maximum == 0 && summary.total_low == 0)
            }
        }

        @Test func accumulatorsHoldTheirLastFrame() {
            checkFullAccumulators(of: UInt8.self)
            checkFullAccumulators(of: UInt16.self)
        }

        private func checkTeams<Sample: MomentsSample>(of _: Sample.Type) {
            var generator = SeededGenerator(stream: 4)
            let count = 5000
            let samples = frames(9, count, &generator, of: Sample.self)
            let guarded = samples.map { GuardedBuffer($0, zero: 0) }
            let pointers = guarded.map { UnsafePointer($0.pointer) }
            var expected = ExpectedMoments<Sample>(count: count)
            for frame in samples { expected.add(frame) }
            Level.walk { level in
                for threads in Shapes.teamSizes {
                    for tile in [63, 1000, 1024, 4999, 5000, 100_000] {
                        let moments = GuardedMoments<Sample>(count: count)
                        #expect(
                            Sample.accumulate(
                                moments.sum.pointer, moments.squares.pointer, pointers, count, tile: tile,
                                threads: threads) == .ok)
                        #expect(
                            moments.matches(expected), "\(describe(level, "team of \(threads), tiles of \(tile)"))")
                    }
                }
            }
        }

        @Test func teamsAndTilesChangeNoBit() {
            checkTeams(of: UInt8.self)
            checkTeams(of: UInt16.self)
        }

        @Test func zeroTileIsAnError() {
            let moments = GuardedMoments<UInt8>(count: 1)
            let frame = GuardedBuffer<UInt8>(count: 1, filledWith: 1)
            let status = UInt8.accumulate(
                moments.sum.pointer, moments.squares.pointer, [UnsafePointer(frame.pointer)], 1, tile: 0, threads: 1)
            #expect(status == .argument)
        }

        private func checkRemoveAndMerge<Sample: MomentsSample>(of _: Sample.Type) {
            var generator = SeededGenerator(stream: 5)
            for count in Shapes.lengths {
                let samples = frames(5, count, &generator, of: Sample.self)
                var firstThree = ExpectedMoments<Sample>(count: count)
                var lastTwo = firstThree
                var all = firstThree
                for frame in samples[..<3] { firstThree.add(frame) }
                for frame in samples[3...] { lastTwo.add(frame) }
                for frame in samples { all.add(frame) }

                let moments = GuardedMoments(firstThree)
                let other = GuardedMoments(lastTwo)
                Sample.merge(
                    moments.sum.pointer, moments.squares.pointer, other.sum.pointer, other.squares.pointer, count)
                #expect(moments.matches(all))
                for frame in samples[3...] {
                    let guarded = GuardedBuffer(frame, zero: 0)
                    Sample.remove(moments.sum.pointer, moments.squares.pointer, guarded.pointer, count)
                }
                #expect(moments.matches(firstThree), "removing is not the inverse of accumulating")
            }
        }

        @Test func removeAndMergeAreExact() {
            checkRemoveAndMerge(of: UInt8.self)
            checkRemoveAndMerge(of: UInt16.self)
        }

        private func checkScaledM2<Sample: MomentsSample>(
            _ moments: ExpectedMoments<Sample>, frameCount: Int, _ note: String
        ) {
            let count = moments.sum.count
            let exact = (0..<count).map { index in
                UInt128(frameCount) * UInt128(moments.squares[index])
                    - UInt128(moments.sum[index]) * UInt128(moments.sum[index])
            }
            let total = exact.reduce(0, +)
            let guarded = GuardedMoments(moments)
            let result = GuardedBuffer<UInt64>(count: count, filledWith: 0)
            Sample.scaledM2(result.pointer, guarded.sum.pointer, guarded.squares.pointer, frameCount, count)
            #expect(result.isIntact && result.values.map { UInt128($0) } == exact, "\(note)")
            Level.walk { level in
                let summary = Sample.summarise(guarded.sum.pointer, guarded.squares.pointer, frameCount, count)
                #expect(UInt128(summary.minimum) == exact.min() ?? UInt128(UInt64.max), "\(describe(level, note))")
                #expect(UInt128(summary.maximum) == exact.max() ?? 0, "\(describe(level, note))")
                #expect(
                    UInt128(summary.total_high) << 64 | UInt128(summary.total_low) == total,
                    "\(describe(level, note))")
            }
        }

        @Test func scaledM2AndItsSummaryAreExact() {
            var generator = SeededGenerator(stream: 6)
            for count in Shapes.lengths {
                var bytes = ExpectedMoments<UInt8>(count: count)
                var words = ExpectedMoments<UInt16>(count: count)
                for _ in 0..<6 {
                    bytes.add(generator.integers(count))
                    words.add(generator.integers(count))
                }
                checkScaledM2(bytes, frameCount: 6, "u8, \(count) samples")
                checkScaledM2(words, frameCount: 6, "u16, \(count) samples")
            }
        }

        @Test func largestScaledM2AndTotalAbove64Bits() {
            // Half of the frames are black and half are white: no set has a larger variance.
            let count = 100
            let whiteBytes = UInt32(UInt8.maximumFrames / 2)
            let whiteWords = UInt64(UInt16.maximumFrames / 2)
            var bytes = ExpectedMoments<UInt8>(count: count)
            bytes.sum = Array(repeating: whiteBytes * 255, count: count)
            bytes.squares = Array(repeating: whiteBytes * 255 * 255, count: count)
            checkScaledM2(bytes, frameCount: UInt8.maximumFrames, "u8")
            var words = ExpectedMoments<UInt16>(count: count)
            words.sum = Array(repeating: UInt32(whiteWords * 65535), count: count)
            words.squares = Array(repeating: whiteWords * 65535 * 65535, count: count)
            checkScaledM2(words, frameCount: UInt16.maximumFrames, "u16")
        }
    }
}
