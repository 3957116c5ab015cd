import FastPixFrames
import FastPixPlumbing
import Synchronization
import Testing

@testable import FastPixAccumulation

/// The ranking against one made by sorting all subpixels, with rows in any order.
@Suite(.timeLimit(.minutes(10))) struct VarianceRankingTests {
    /// In bands of rows in this order; nil: all at once.
    private static func summary(
        _ accumulators: Accumulators, top: Int, bands: [Range<Int>]? = nil
    ) -> VarianceSummary {
        let ranking = VarianceRanking(shape: accumulators.shape, frameCount: accumulators.frameCount, top: top)
        for rows in bands ?? [0..<accumulators.shape.height] { ranking.add(accumulators, rows: rows) }
        return ranking.summary
    }

    private static func bands(_ height: Int, _ rows: Int) -> [Range<Int>] {
        stride(from: 0, to: height, by: rows).map { $0..<min(height, $0 + rows) }
    }

    @Test(arguments: AccumulatorKind.allCases, [1, 10, 100])
    func agreesWithSortingEverything(_ kind: AccumulatorKind, _ top: Int) throws {
        // So few values that there are many ties.
        let shape = FrameShape(width: 211, height: 97, channels: 3, bitsPerSample: 8)
        var generator = SplitMix64(state: 7)
        let frames = (0..<5).map { _ in (0..<shape.sampleCount).map { _ in UInt8(generator.next() % 4) } }
        let accumulators = try accumulate(frames, shape, kind)
        let summary = Self.summary(accumulators, top: top)

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
        let summary = Self.summary(try accumulate([Array(0..<15)], shape, kind), top: 2)
        #expect(summary.minimum.variance == nil)
        #expect(summary.maximum.variance == nil)
        #expect(summary.meanVariance == nil)
        #expect(summary.lowest.map(\.mean) == [0, 1])
        #expect(summary.lowest.allSatisfy { $0.m2 == 0 && $0.variance == nil })
    }

    @Test func topLargerThanTheFrameListsAll() throws {
        let shape = FrameShape(width: 2, height: 2, channels: 1, bitsPerSample: 8)
        let summary = Self.summary(try accumulate([[1, 2, 3, 4], [1, 4, 7, 10]], shape, .exact), top: 50)
        #expect(summary.lowest.map(\.variance) == [0, 2, 8, 18])
    }

    @Test func topZeroStillFindsTheExtremes() throws {
        let shape = FrameShape(width: 2, height: 2, channels: 1, bitsPerSample: 8)
        let summary = Self.summary(try accumulate([[1, 9, 3, 4], [4, 9, 7, 10]], shape, .exact), top: 0)
        #expect(summary.lowest.isEmpty)
        #expect(summary.minimum.column == 1)
        #expect(summary.maximum.row == 1)
    }

    /// Bands in any order, with many ties, against the whole frame at once.
    @Test(arguments: [0, 1, 10, 3000, 100_000], [1, 5, 97])
    func anyOrderOfRowsGivesTheSummaryOfTheWhole(_ top: Int, _ rowsPerBand: Int) throws {
        let shape = FrameShape(width: 31, height: 97, channels: 3, bitsPerSample: 8)
        var generator = SplitMix64(state: 5)
        let frames = (0..<4).map { _ in (0..<shape.sampleCount).map { _ in UInt8(generator.next() % 3) } }
        for kind in AccumulatorKind.allCases {
            let accumulators = try accumulate(frames, shape, kind)
            let expected = Self.summary(accumulators, top: top)
            for _ in 0..<3 {
                let bands = Self.bands(shape.height, rowsPerBand).shuffled(using: &generator)
                #expect(Self.summary(accumulators, top: top, bands: bands) == expected)
            }
        }
    }

    @Test func threadsGiveTheSummaryOfTheWhole() throws {
        let shape = FrameShape(width: 31, height: 97, channels: 3, bitsPerSample: 8)
        var generator = SplitMix64(state: 6)
        let frames = (0..<4).map { _ in (0..<shape.sampleCount).map { _ in UInt8(generator.next() % 3) } }
        for kind in AccumulatorKind.allCases {
            let accumulators = try accumulate(frames, shape, kind)
            let expected = Self.summary(accumulators, top: 20)
            for _ in 0..<20 {
                let ranking = VarianceRanking(shape: shape, frameCount: frames.count, top: 20)
                _ = WorkerTeam.map(shape.height, workers: 4) { ranking.add(accumulators, rows: $0..<$0 + 1) }
                #expect(ranking.summary == expected)
            }
        }
    }

    private func accumulate(_ frames: [[UInt8]], _ shape: FrameShape, _ kind: AccumulatorKind) throws -> Accumulators {
        let accumulators = try Accumulators(shape: shape, contents: AccumulatorContents(kind: kind, hasExtremes: false))
        let copies = frames.map { frame in
            let copy = UnsafeMutableRawPointer.allocate(byteCount: frame.count, alignment: 1)
            frame.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: frame.count) }
            return copy
        }
        defer { for copy in copies { copy.deallocate() } }
        accumulators.scanMoments(
            rows: 0..<shape.height, frames: copies.map { UnsafeRawPointer($0) }, framesBefore: 0, tileSampleCount: 1000)
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
