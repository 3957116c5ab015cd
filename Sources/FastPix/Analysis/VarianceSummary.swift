import CKernels

/// The extremes and the mean of the variance over a frame, and its subpixels of lowest variance.
public struct VarianceSummary: Sendable, Equatable {
    /// The first in order of row, column, channel among equals.
    public let minimum: SubpixelMoments
    public let maximum: SubpixelMoments
    /// Mean of the variance over all subpixels; nil with a single photo.
    public let meanVariance: Double?
    /// Ordered by variance, then row, column, channel.
    public let lowest: [SubpixelMoments]

    /// Reads the accumulators once, in parallel, without a map in memory. `top` is how many of the lowest are
    /// wanted. The result does not depend on the number of threads.
    init(_ accumulators: Accumulators, top: Int) {
        switch accumulators.kind {
        case .exact: self.init(ExactRanking(accumulators: accumulators), top: top)
        case .welford: self.init(WelfordRanking(accumulators: accumulators), top: top)
        }
    }

    private init<Source: VarianceRanking>(_ source: Source, top: Int) {
        let sampleCount = source.accumulators.shape.sampleCount
        let tileCount = (sampleCount + Self.tileSampleCount - 1) / Self.tileSampleCount
        @Sendable func tile(_ index: Int) -> Range<Int> {
            let start = index * Self.tileSampleCount
            return start..<min(sampleCount, start + Self.tileSampleCount)
        }
        let summaries = ParallelTiles.map(tileCount) { index in
            defer { source.accumulators.release(tile(index)) }
            return source.summarize(tile(index))
        }

        // Each of the `top` tiles with the lowest minima holds a sample that precedes every sample of every other
        // tile, so that the lowest `top` samples all lie in them.
        let tilesByMinimum = (0..<tileCount).sorted {
            (summaries[$0].minimum, $0) < (summaries[$1].minimum, $1)
        }
        let candidateTiles = tilesByMinimum.prefix(max(1, top))
        var candidates: [(key: Source.Key, sample: Int)] = []
        func cut() {
            candidates.sort { ($0.key, $0.sample) < ($1.key, $1.sample) }
            candidates.removeLast(max(0, candidates.count - max(1, top)))
        }
        for index in candidateTiles {
            candidates += tile(index).map { (source.key($0), $0) }
            source.accumulators.release(tile(index))
            // Now and then: sorting once for many tiles is quicker than keeping an order.
            if candidates.count >= 2 * max(1, top) { cut() }
        }
        cut()
        var highestTile = 0
        for index in 1..<max(1, tileCount) where summaries[index].maximum > summaries[highestTile].maximum {
            highestTile = index
        }
        let highest = tile(highestTile).first { source.key($0) == summaries[highestTile].maximum }

        let reader = MomentsReader(accumulators: source.accumulators)
        minimum = reader.moments(candidates[0].sample)
        maximum = reader.moments(highest ?? 0)
        meanVariance = source.meanVariance(of: summaries)
        lowest = candidates.prefix(top).map { reader.moments($0.sample) }
    }

    /// Of a summary made elsewhere.
    init(minimum: SubpixelMoments, maximum: SubpixelMoments, meanVariance: Double?, lowest: [SubpixelMoments]) {
        self.minimum = minimum
        self.maximum = maximum
        self.meanVariance = meanVariance
        self.lowest = lowest
    }

    /// Small enough that a tile with a candidate is looked through quickly. Fixed, because the rounded mean of
    /// Welford's variances depends on it.
    static let tileSampleCount = 16384
}

struct TileSummary<Key: Comparable & Sendable, Total: Sendable>: Sendable {
    let minimum: Key
    let maximum: Key
    let total: Total
}

/// What the summary needs to know of an accumulator: a key per sample that orders like its variance.
protocol VarianceRanking: Sendable {
    associatedtype Key: Comparable & Sendable
    associatedtype Total: Sendable
    var accumulators: Accumulators { get }
    func key(_ sample: Int) -> Key
    func summarize(_ samples: Range<Int>) -> TileSummary<Key, Total>
    func meanVariance(of summaries: [TileSummary<Key, Total>]) -> Double?
}

/// Keys are frames x M2: integers, so that the mean is exact until its one division.
struct ExactRanking: VarianceRanking {
    let accumulators: Accumulators

    func key(_ sample: Int) -> UInt64 { MomentsReader(accumulators: accumulators).scaledM2(sample) }

    func summarize(_ samples: Range<Int>) -> TileSummary<UInt64, UInt128> {
        let start = samples.lowerBound
        let summary =
            accumulators.shape.bitsPerSample == 8
            ? fpx_moments_u8_summarize_tile(
                accumulators.sum(at: start), accumulators.sumOfSquares8(at: start), accumulators.frameCount,
                samples.count)
            : fpx_moments_u16_summarize_tile(
                accumulators.sum(at: start), accumulators.sumOfSquares16(at: start), accumulators.frameCount,
                samples.count)
        return TileSummary(
            minimum: summary.minimum, maximum: summary.maximum,
            total: UInt128(summary.total_high) << 64 | UInt128(summary.total_low))
    }

    func meanVariance(of summaries: [TileSummary<UInt64, UInt128>]) -> Double? {
        Self.meanVariance(
            ofTotal: summaries.reduce(UInt128(0)) { $0 + $1.total }, frameCount: accumulators.frameCount,
            sampleCount: accumulators.shape.sampleCount)
    }

    /// `total`: the sum of all keys.
    static func meanVariance(ofTotal total: UInt128, frameCount: Int, sampleCount: Int) -> Double? {
        let frames = UInt128(frameCount)
        guard frames > 1 else { return nil }
        return Double(total) / Double(frames * (frames - 1) * UInt128(sampleCount))
    }
}

/// Keys are M2; sums go through the samples of a tile and then the tiles in order.
private struct WelfordRanking: VarianceRanking {
    let accumulators: Accumulators

    func key(_ sample: Int) -> Double { accumulators.m2(at: sample).pointee }

    func summarize(_ samples: Range<Int>) -> TileSummary<Double, Double> {
        let values = UnsafeBufferPointer(start: accumulators.m2(at: samples.lowerBound), count: samples.count)
        var minimum = Double.infinity
        var maximum = -Double.infinity
        var total = 0.0
        for value in values {
            minimum = value < minimum ? value : minimum
            maximum = value > maximum ? value : maximum
            total += value
        }
        return TileSummary(minimum: minimum, maximum: maximum, total: total)
    }

    func meanVariance(of summaries: [TileSummary<Double, Double>]) -> Double? {
        guard accumulators.frameCount > 1 else { return nil }
        let total = summaries.reduce(0.0) { $0 + $1.total }
        return total / Double(accumulators.frameCount - 1) / Double(accumulators.shape.sampleCount)
    }
}
