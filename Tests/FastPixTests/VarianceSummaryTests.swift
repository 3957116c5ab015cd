import Testing

@testable import FastPix

/// The summary against one made by sorting all subpixels.
struct VarianceSummaryTests {
    @Test(arguments: AccumulatorKind.allCases, [1, 10, 100])
    func agreesWithSortingEverything(_ kind: AccumulatorKind, _ top: Int) throws {
        // Several analysis tiles, and so few values that there are many ties.
        let shape = FrameShape(width: 211, height: 97, channels: 3, bitsPerSample: 8)
        var generator = SplitMix64(state: 7)
        let frames = (0..<5).map { _ in (0..<shape.sampleCount).map { _ in UInt8(generator.next() % 4) } }
        let accumulators = try accumulate(frames, shape, kind)
        let summary = VarianceSummary(accumulators, top: top)

        let sorted = (0..<shape.sampleCount)
            .map { sample in (scaledM2: scaledM2(frames.map { UInt64($0[sample]) }), sample: sample) }
            .sorted { ($0.scaledM2, $0.sample) < ($1.scaledM2, $1.sample) }
        #expect(summary.lowest.map { position($0, shape) } == sorted.prefix(top).map(\.sample))
        #expect(position(summary.minimum, shape) == sorted[0].sample)
        let highest = sorted.last!.scaledM2
        #expect(position(summary.maximum, shape) == sorted.first { $0.scaledM2 == highest }!.sample)
        let mean = Double(sorted.reduce(0) { $0 + $1.scaledM2 }) / (5 * 4) / Double(shape.sampleCount)
        #expect(abs(summary.meanVariance! - mean) < 1e-12 * mean)
        for (subpixel, expected) in zip(summary.lowest, sorted) {
            #expect(subpixel.variance! == Double(expected.scaledM2) / 20)
            #expect(subpixel.m2 == Double(expected.scaledM2) / 5)
        }
    }

    @Test(arguments: AccumulatorKind.allCases)
    func oneFrameHasNoVariance(_ kind: AccumulatorKind) throws {
        let shape = FrameShape(width: 5, height: 3, channels: 1, bitsPerSample: 8)
        let summary = VarianceSummary(try accumulate([Array(0..<15)], shape, kind), top: 2)
        #expect(summary.minimum.variance == nil)
        #expect(summary.maximum.variance == nil)
        #expect(summary.meanVariance == nil)
        #expect(summary.lowest.map(\.mean) == [0, 1])
        #expect(summary.lowest.allSatisfy { $0.m2 == 0 && $0.variance == nil })
    }

    @Test func topLargerThanTheFrameListsAll() throws {
        let shape = FrameShape(width: 2, height: 2, channels: 1, bitsPerSample: 8)
        let summary = VarianceSummary(try accumulate([[1, 2, 3, 4], [1, 4, 7, 10]], shape, .exact), top: 50)
        #expect(summary.lowest.map(\.variance) == [0, 2, 8, 18])
    }

    @Test func topZeroStillFindsTheExtremes() throws {
        let shape = FrameShape(width: 2, height: 2, channels: 1, bitsPerSample: 8)
        let summary = VarianceSummary(try accumulate([[1, 9, 3, 4], [4, 9, 7, 10]], shape, .exact), top: 0)
        #expect(summary.lowest.isEmpty)
        #expect(summary.minimum.column == 1)
        #expect(summary.maximum.row == 1)
    }

    /// Strips in any order, with many ties, against the whole frame at once.
    @Test(arguments: [0, 1, 10, 3000, 100_000], [1, 5, 97])
    func stripsGiveTheSummaryOfTheWhole(_ top: Int, _ rowsPerStrip: Int) throws {
        let shape = FrameShape(width: 211, height: 97, channels: 3, bitsPerSample: 8)
        var generator = SplitMix64(state: 5)
        let frames = (0..<4).map { _ in (0..<shape.sampleCount).map { _ in UInt8(generator.next() % 3) } }
        let whole = try accumulate(frames, shape, .exact)
        let running = RunningVarianceSummary(shape: shape, frameCount: frames.count, top: top)
        for first in stride(from: 0, to: shape.height, by: rowsPerStrip).shuffled(using: &generator) {
            let rows = first..<min(shape.height, first + rowsPerStrip)
            running.add(whole, rows: rows)
        }
        #expect(running.summary == VarianceSummary(whole, top: top))
    }

    private func accumulate(_ frames: [[UInt8]], _ shape: FrameShape, _ kind: AccumulatorKind) throws -> Accumulators {
        let accumulators = try Accumulators(shape: shape, kind: kind)
        let copies = frames.map { frame in
            let copy = UnsafeMutableRawPointer.allocate(byteCount: frame.count, alignment: 1)
            frame.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: frame.count) }
            return copy
        }
        defer { for copy in copies { copy.deallocate() } }
        accumulators.accumulate(
            0..<shape.sampleCount, frames: copies.map { UnsafeRawPointer($0) }, framesBefore: 0, tileSampleCount: 1000)
        accumulators.frameCount = frames.count
        return accumulators
    }

    private func scaledM2(_ values: [UInt64]) -> UInt64 {
        let sum = values.reduce(0, +)
        return UInt64(values.count) * values.reduce(0) { $0 + $1 * $1 } - sum * sum
    }

    private func position(_ subpixel: SubpixelMoments, _ shape: FrameShape) -> Int {
        (subpixel.row * shape.width + subpixel.column) * shape.channels + subpixel.channel
    }
}

/// Steele, Lea & Flood 2014: a generator whose sequence is the same everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
