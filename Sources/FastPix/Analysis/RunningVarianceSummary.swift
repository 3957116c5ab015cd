import Synchronization

/// Summarises the variance of a frame whose accumulators come strip by strip: gives what `VarianceSummary` gives for
/// the whole. Exact moments only. Strips may come in any order and from any thread.
final class RunningVarianceSummary: Sendable {
    private let shape: FrameShape
    private let frameCount: Int
    private let top: Int
    private let ranking: Mutex<Ranking>

    /// `top`: how many of the lowest are wanted. `frameCount`: of the finished accumulators.
    init(shape: FrameShape, frameCount: Int, top: Int) {
        self.shape = shape
        self.frameCount = frameCount
        self.top = top
        ranking = Mutex(Ranking(top: top))
    }

    /// Takes in `rows` of the frame, whose samples follow each other in memory.
    func add(_ accumulators: Accumulators, rows: Range<Int>) {
        let source = ExactRanking(accumulators: accumulators)
        let reader = MomentsReader(accumulators: accumulators)
        let first = rows.lowerBound * shape.samplesPerRow
        // Looked at where they lie, so that a place need not be worked out for each.
        let place = accumulators.place(of: first)
        let samples = place..<place + rows.count * shape.samplesPerRow
        func entry(_ sample: Int, _ key: UInt64) -> Ranking.Entry {
            Ranking.Entry(key: key, sample: sample - place + first, moments: reader.moments(sample - place + first))
        }

        var ofStrip = ranking.withLock { Ranking(after: $0) }
        for start in stride(from: samples.lowerBound, to: samples.upperBound, by: VarianceSummary.tileSampleCount) {
            let tile = start..<min(samples.upperBound, start + VarianceSummary.tileSampleCount)
            let summary = source.summarize(tile)
            ofStrip.total += summary.total
            if ofStrip.mayBeHighest(summary.maximum, start - place + first) {
                let highest = tile.first { source.key($0) == summary.maximum }!
                ofStrip.maximum = entry(highest, summary.maximum)
            }
            guard ofStrip.mayTake(summary.minimum, start - place + first) else { continue }
            for sample in tile {
                let key = source.key(sample)
                if ofStrip.mayTake(key, sample - place + first) { ofStrip.insert(entry(sample, key)) }
            }
        }
        ranking.withLock { $0.merge(ofStrip) }
    }

    /// Once all rows are taken in.
    var summary: VarianceSummary {
        let ranking = ranking.withLock { $0 }
        let lowest = ranking.lowest
        return VarianceSummary(
            minimum: lowest[0].moments, maximum: ranking.maximum!.moments,
            meanVariance: ExactRanking.meanVariance(
                ofTotal: ranking.total, frameCount: frameCount, sampleCount: shape.sampleCount),
            lowest: lowest.prefix(top).map(\.moments))
    }
}

/// The lowest and the highest of the samples seen so far.
private struct Ranking {
    struct Entry {
        /// Orders like the variance.
        let key: UInt64
        /// In the frame; the first comes first among equals.
        let sample: Int
        let moments: SubpixelMoments
    }

    /// The minimum is wanted even where none is listed.
    private let wanted: Int
    private var entries: [Entry] = []
    typealias Limit = (key: UInt64, sample: Int)
    /// No sample behind this one is among the lowest.
    private(set) var limit: Limit
    var maximum: Entry?
    var total = UInt128(0)

    init(top: Int) {
        wanted = max(1, top)
        limit = (.max, .max)
    }

    /// Of other samples, without those that cannot be among the lowest or the highest of all.
    init(after other: Ranking) {
        wanted = other.wanted
        limit = other.limit
        maximum = other.maximum
    }

    func mayBeHighest(_ key: UInt64, _ sample: Int) -> Bool {
        maximum.map { ($0.key, sample) < (key, $0.sample) } ?? true
    }

    func mayTake(_ key: UInt64, _ sample: Int) -> Bool { (key, sample) < limit }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        cutIfLong()
    }

    /// Now and then: sorting once for many is quicker than keeping an order.
    private mutating func cutIfLong() {
        if entries.count >= 2 * wanted + Self.slack { cut() }
    }

    private static let slack = 16

    private mutating func cut() {
        entries.sort { ($0.key, $0.sample) < ($1.key, $1.sample) }
        guard entries.count >= wanted else { return }
        entries.removeLast(entries.count - wanted)
        let last: Limit = (entries[wanted - 1].key, entries[wanted - 1].sample)
        if last < limit { limit = last }
    }

    mutating func merge(_ other: Ranking) {
        entries += other.entries
        total += other.total
        cutIfLong()
        guard let highest = other.maximum else { return }
        if mayBeHighest(highest.key, highest.sample) { maximum = highest }
    }

    /// In order.
    var lowest: [Entry] {
        var ranking = self
        ranking.cut()
        return ranking.entries
    }
}
