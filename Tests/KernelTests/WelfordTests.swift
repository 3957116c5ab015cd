import CKernels
import Testing

/// What the tests need to treat the three sample types alike.
protocol WelfordSample: BitwiseCopyable {
    var asDouble: Double { get }
    static func random(_ count: Int, _ generator: inout SeededGenerator) -> [Self]
    static func accumulate(
        _ moments: GuardedWelford, _ framesBefore: Int, _ frames: [UnsafePointer<Self>]
    ) -> fpx_status
    static func accumulate(
        _ moments: GuardedWelford, _ framesBefore: Int, _ frames: [UnsafePointer<Self>], tile: Int, threads: Int
    ) -> fpx_status
}

extension UInt8: WelfordSample {
    var asDouble: Double { Double(self) }
    static func random(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] { generator.integers(count) }
    static func accumulate(
        _ moments: GuardedWelford, _ framesBefore: Int, _ frames: [UnsafePointer<UInt8>]
    ) -> fpx_status {
        fpx_welford_u8_accumulate_tile(
            moments.mean.pointer, moments.m2.pointer, framesBefore, frames, frames.count, moments.count)
    }
    static func accumulate(
        _ moments: GuardedWelford, _ framesBefore: Int, _ frames: [UnsafePointer<UInt8>], tile: Int, threads: Int
    ) -> fpx_status {
        fpx_welford_u8_accumulate(
            moments.mean.pointer, moments.m2.pointer, framesBefore, frames, frames.count, moments.count, tile, threads)
    }
}

extension UInt16: WelfordSample {
    var asDouble: Double { Double(self) }
    static func random(_ count: Int, _ generator: inout SeededGenerator) -> [UInt16] { generator.integers(count) }
    static func accumulate(
        _ moments: GuardedWelford, _ framesBefore: Int, _ frames: [UnsafePointer<UInt16>]
    ) -> fpx_status {
        fpx_welford_u16_accumulate_tile(
            moments.mean.pointer, moments.m2.pointer, framesBefore, frames, frames.count, moments.count)
    }
    static func accumulate(
        _ moments: GuardedWelford, _ framesBefore: Int, _ frames: [UnsafePointer<UInt16>], tile: Int, threads: Int
    ) -> fpx_status {
        fpx_welford_u16_accumulate(
            moments.mean.pointer, moments.m2.pointer, framesBefore, frames, frames.count, moments.count, tile, threads)
    }
}

extension Float: WelfordSample {
    var asDouble: Double { Double(self) }
    static func random(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
        // Every 50th is not a finite number.
        let special: [Float] = [.nan, .infinity, -.infinity]
        return generator.floats(count, in: -1000...1000).map { value in
            Int.random(in: 0..<50, using: &generator) == 0 ? special.randomElement(using: &generator)! : value
        }
    }
    static func accumulate(
        _ moments: GuardedWelford, _ framesBefore: Int, _ frames: [UnsafePointer<Float>]
    ) -> fpx_status {
        fpx_welford_f32_accumulate_tile(
            moments.mean.pointer, moments.m2.pointer, framesBefore, frames, frames.count, moments.count)
    }
    static func accumulate(
        _ moments: GuardedWelford, _ framesBefore: Int, _ frames: [UnsafePointer<Float>], tile: Int, threads: Int
    ) -> fpx_status {
        fpx_welford_f32_accumulate(
            moments.mean.pointer, moments.m2.pointer, framesBefore, frames, frames.count, moments.count, tile, threads)
    }
}

struct GuardedWelford {
    let mean: GuardedBuffer<Double>
    let m2: GuardedBuffer<Double>
    var count: Int { mean.count }

    init(_ start: ExpectedWelford, slackBytes: Int = 0) {
        mean = GuardedBuffer(start.mean, slackBytes: slackBytes, zero: 0)
        m2 = GuardedBuffer(start.m2, slackBytes: slackBytes, zero: 0)
    }

    /// Bit for bit, except that one not-a-number is like another.
    func matches(_ expected: ExpectedWelford) -> Bool {
        func same(_ value: Double, _ expected: Double) -> Bool {
            value.bitPattern == expected.bitPattern || (value.isNaN && expected.isNaN)
        }
        return mean.isIntact && m2.isIntact && zip(mean.values, expected.mean).allSatisfy(same)
            && zip(m2.values, expected.m2).allSatisfy(same)
    }
}

/// The reference: the operations that the guide defines, in their order.
struct ExpectedWelford {
    var mean: [Double]
    var m2: [Double]

    init(count: Int) {
        mean = Array(repeating: 0, count: count)
        m2 = mean
    }

    mutating func merge(frames earlier: Int, _ other: ExpectedWelford, frames added: Int) {
        let count = Double(earlier) + Double(added)
        let meanWeight = Double(added) / count
        let m2Weight = Double(earlier) * Double(added) / count
        for index in mean.indices {
            let difference = other.mean[index] - mean[index]
            mean[index] = mean[index].addingProduct(difference, meanWeight)
            m2[index] += other.m2[index].addingProduct(difference * difference, m2Weight)
        }
    }

    private static func mean(_ samples: [Double]) -> Double {
        switch samples.count {
        case 1: return samples[0]
        case 2: return (samples[0] + samples[1]) * (1.0 / 2)
        case 3:
            let ofTwo = mean(Array(samples[..<2]))
            return ofTwo.addingProduct(samples[2] - ofTwo, 1.0 / 3)
        default: return ((samples[0] + samples[1]) + (samples[2] + samples[3])) * (1.0 / 4)
        }
    }

    mutating func add<Sample: WelfordSample>(framesBefore: Int, _ frames: [[Sample]]) {
        for first in stride(from: 0, to: frames.count, by: FPX_WELFORD_BLOCK_FRAMES) {
            let block = frames[first..<min(first + FPX_WELFORD_BLOCK_FRAMES, frames.count)]
            var moments = ExpectedWelford(count: mean.count)
            for index in mean.indices {
                let samples = block.map { $0[index].asDouble }
                let mean = Self.mean(samples)
                let deviations = samples.map { $0 - mean }
                moments.mean[index] = mean
                moments.m2[index] = deviations.dropFirst().reduce(deviations[0] * deviations[0]) { m2, deviation in
                    m2.addingProduct(deviation, deviation)
                }
            }
            merge(frames: framesBefore + first, moments, frames: block.count)
        }
    }
}

extension KernelSuites {
    @Suite struct WelfordTests {
        private func checkEveryLevel<Sample: WelfordSample>(
            _ frameCount: Int, _ count: Int, slack: Int, _ generator: inout SeededGenerator, of _: Sample.Type
        ) {
            let earlier = (0..<3).map { _ in Sample.random(count, &generator) }
            let samples = (0..<frameCount).map { _ in Sample.random(count, &generator) }
            let guarded = samples.map {
                GuardedBuffer($0, slackBytes: slack * MemoryLayout<Sample>.stride, zero: $0[0])
            }
            let pointers = guarded.map { UnsafePointer($0.pointer) }
            var start = ExpectedWelford(count: count)
            start.add(framesBefore: 0, earlier)
            var expected = start
            expected.add(framesBefore: 3, samples)
            Level.walk { level in
                let moments = GuardedWelford(start, slackBytes: slack * 8)
                #expect(Sample.accumulate(moments, 3, pointers) == .ok)
                #expect(
                    moments.matches(expected),
                    "\(describe(level, "\(Sample.self), \(frameCount) frames, \(count) samples, slack \(slack)"))")
            }
        }

        @Test func everyLengthAndFrameCount() {
            var generator = SeededGenerator(stream: 11)
            for count in Shapes.lengths where count > 0 {
                for frameCount in count < 200 ? [0, 1, 2, 3, 4, 5, 8, 11] : [1, 6] {
                    checkEveryLevel(frameCount, count, slack: 0, &generator, of: UInt8.self)
                    checkEveryLevel(frameCount, count, slack: 0, &generator, of: UInt16.self)
                    checkEveryLevel(frameCount, count, slack: 0, &generator, of: Float.self)
                }
            }
        }

        @Test func everyAlignment() {
            var generator = SeededGenerator(stream: 12)
            for slack in Shapes.alignments {
                checkEveryLevel(5, 70, slack: slack, &generator, of: UInt8.self)
                checkEveryLevel(5, 70, slack: slack, &generator, of: UInt16.self)
                checkEveryLevel(5, 70, slack: slack, &generator, of: Float.self)
            }
        }

        @Test func moreFramesThanOnePass() {
            var generator = SeededGenerator(stream: 13)
            for frameCount in [63, 64, 65, 67, 130] {
                checkEveryLevel(frameCount, 37, slack: 0, &generator, of: UInt8.self)
                checkEveryLevel(frameCount, 37, slack: 0, &generator, of: Float.self)
            }
        }

        @Test func emptyCallsChangeNothing() {
            let moments = GuardedWelford(ExpectedWelford(count: 0))
            #expect(UInt8.accumulate(moments, 0, []) == .ok)
            let frame = GuardedBuffer<UInt8>(count: 0, filledWith: 0)
            #expect(UInt8.accumulate(moments, 0, [UnsafePointer(frame.pointer)]) == .ok)
            #expect(
                UInt8.accumulate(moments, 0, [UnsafePointer(frame.pointer)], tile: 0, threads: 1)
                    == .argument)
        }

        @Test func splittingAtBlocksChangesNoBit() {
            var generator = SeededGenerator(stream: 14)
            let count = 133
            let samples = (0..<22).map { _ in UInt16.random(count, &generator) }
            let guarded = samples.map { GuardedBuffer($0, zero: 0) }
            let pointers = guarded.map { UnsafePointer($0.pointer) }
            var expected = ExpectedWelford(count: count)
            expected.add(framesBefore: 0, samples)
            Level.walk { level in
                for splits in [[22], [4, 18], [8, 8, 6], [4, 4, 4, 4, 4, 2], [20, 2]] {
                    let moments = GuardedWelford(ExpectedWelford(count: count))
                    var before = 0
                    for frames in splits {
                        _ = UInt16.accumulate(moments, before, Array(pointers[before..<(before + frames)]))
                        before += frames
                    }
                    #expect(moments.matches(expected), "\(describe(level, "split \(splits)"))")
                }
            }
        }

        @Test func teamsAndTilesChangeNoBit() {
            var generator = SeededGenerator(stream: 15)
            let count = 3000
            let samples = (0..<9).map { _ in Float.random(count, &generator) }
            let guarded = samples.map { GuardedBuffer($0, zero: 0) }
            let pointers = guarded.map { UnsafePointer($0.pointer) }
            var expected = ExpectedWelford(count: count)
            expected.add(framesBefore: 0, samples)
            Level.walk { level in
                for threads in Shapes.teamSizes {
                    for tile in [63, 1000, 2999, 100_000] {
                        let moments = GuardedWelford(ExpectedWelford(count: count))
                        #expect(Float.accumulate(moments, 0, pointers, tile: tile, threads: threads) == .ok)
                        #expect(
                            moments.matches(expected), "\(describe(level, "team of \(threads), tiles of \(tile)"))")
                    }
                }
            }
        }

        @Test func agreesWithExactMoments() {
            var generator = SeededGenerator(stream: 16)
            let count = 200
            let frameCount = 60
            let samples: [[UInt16]] = (0..<frameCount).map { _ in
                (0..<count).map { _ in 60_000 + UInt16.random(in: 0..<50, using: &generator) }
            }
            let guarded = samples.map { GuardedBuffer($0, zero: 0) }
            let moments = GuardedWelford(ExpectedWelford(count: count))
            _ = UInt16.accumulate(moments, 0, guarded.map { UnsafePointer($0.pointer) })
            var exact = ExpectedMoments<UInt16>(count: count)
            for frame in samples { exact.add(frame) }
            for index in 0..<count {
                let sum = UInt64(exact.sum[index])
                let scaledM2 = UInt64(frameCount) * exact.squares[index] - sum * sum
                let mean = Double(sum) / Double(frameCount)
                let m2 = Double(scaledM2) / Double(frameCount)
                // A mean of 60,000 with a deviation of tens is where the textbook formula loses most digits.
                #expect(abs(moments.mean.pointer[index] - mean) <= 1e-15 * 8 * mean)
                #expect(abs(moments.m2.pointer[index] - m2) <= 1e-12 * m2)
            }
        }

        @Test func equalFramesDoNotVary() {
            for frameCount in 1...13 {
                let samples = (0..<40).map { Float(0.1) * Float($0 + 1) }
                let guarded = (0..<frameCount).map { _ in GuardedBuffer(samples, zero: 0) }
                Level.walk { level in
                    let moments = GuardedWelford(ExpectedWelford(count: samples.count))
                    #expect(Float.accumulate(moments, 0, guarded.map { UnsafePointer($0.pointer) }) == .ok)
                    #expect(moments.mean.values == samples.map { Double($0) }, "\(describe(level, "\(frameCount)"))")
                    #expect(moments.m2.values.allSatisfy { $0 == 0 }, "\(describe(level, "\(frameCount)"))")
                }
            }
        }

        @Test func mergesDisjointSets() {
            var generator = SeededGenerator(stream: 17)
            for count in [0, 1, 7, 8, 9, 64, 131] {
                let samples = (0..<9).map { _ in UInt8.random(count, &generator) }
                var first = ExpectedWelford(count: count)
                var second = first
                first.add(framesBefore: 0, Array(samples[..<4]))
                second.add(framesBefore: 0, Array(samples[4...]))
                let moments = GuardedWelford(first)
                let other = GuardedWelford(second)
                func merge(_ frames: Int, _ otherFrames: Int) {
                    fpx_welford_merge_tile(
                        moments.mean.pointer, moments.m2.pointer, frames, other.mean.pointer, other.m2.pointer,
                        otherFrames, count)
                }
                merge(4, 0)
                #expect(moments.matches(first), "an empty set changes nothing")
                merge(4, 5)
                first.merge(frames: 4, second, frames: 5)
                #expect(moments.matches(first))
            }
        }
    }
}
