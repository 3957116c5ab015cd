import CKernels
import FastPixFrames
import Synchronization

/// Summarises the variance of a frame whose finished accumulators come in rows, each once, in any order and from any
/// thread. The result does not depend on the order.
package final class VarianceRanking: Sendable {
    private let shape: FrameShape
    private let frameCount: Int
    private let top: Int
    private let ranking: Mutex<Ranking>

    /// `top`: how many of the lowest are wanted. `frameCount`: of the finished accumulators.
    package init(shape: FrameShape, frameCount: Int, top: Int) {
        self.shape = shape
        self.frameCount = frameCount
        self.top = top
        ranking = Mutex(Ranking(top: top))
    }

    /// Takes in `rows` of the frame.
    package func add(_ accumulators: Accumulators, rows: Range<Int>) {
        let reader = MomentsReader(accumulators: accumulators)
        var ofRows = ranking.withLock { Ranking(after: $0) }
        for row in rows {
            let first = row * shape.samplesPerRow
            let summary = Self.summary(of: accumulators, row: row, into: &ofRows)
            func entry(_ index: Int, _ key: UInt64) -> Ranking.Entry {
                Ranking.Entry(key: key, sample: first + index, moments: reader.moments(first + index))
            }
            let keys = RowKeys(accumulators, row: row)
            if ofRows.mayBeHighest(summary.maximum, first) {
                let highest = (0..<shape.samplesPerRow).first { keys[$0] == summary.maximum }!
                ofRows.maximum = entry(highest, summary.maximum)
            }
            guard ofRows.mayTake(summary.minimum, first) else { continue }
            for index in 0..<shape.samplesPerRow {
                let key = keys[index]
                if ofRows.mayTake(key, first + index) { ofRows.insert(entry(index, key)) }
            }
        }
        ranking.withLock { $0.merge(ofRows) }
    }

    /// The lowest and the highest key of a row; what they add up to goes into `ranking`.
    private static func summary(
        of accumulators: Accumulators, row: Int, into ranking: inout Ranking
    ) -> (minimum: UInt64, maximum: UInt64) {
        let shape = accumulators.shape
        let first = row * shape.samplesPerRow
        guard accumulators.kind == .exact else {
            // Not negative, so that their bits are in the order of their values.
            let m2 = UnsafeBufferPointer(start: accumulators.m2(at: first), count: shape.samplesPerRow)
            ranking.rowTotals.append((row, m2.reduce(0, +)))
            return (m2.min()!.bitPattern, m2.max()!.bitPattern)
        }
        let summary =
            shape.bitsPerSample == 8
            ? fpx_moments_u8_summarise_tile(
                accumulators.sum(at: first), accumulators.sumOfSquares8(at: first), accumulators.frameCount,
                shape.samplesPerRow)
            : fpx_moments_u16_summarise_tile(
                accumulators.sum(at: first), accumulators.sumOfSquares16(at: first), accumulators.frameCount,
                shape.samplesPerRow)
        ranking.total += UInt128(summary.total_high) << 64 | UInt128(summary.total_low)
        return (summary.minimum, summary.maximum)
    }

    /// Once all rows are taken in.
    package var summary: VarianceSummary {
        let ranking = ranking.withLock { $0 }
        let lowest = ranking.lowest
        return VarianceSummary(
            minimum: lowest[0].moments, maximum: ranking.maximum!.moments, meanVariance: meanVariance(ranking),
            lowest: lowest.prefix(top).map(\.moments))
    }

    /// Exact keys are frames x M2: the mean is exact until its one division. Rounded ones are added up row by row.
    private func meanVariance(_ ranking: Ranking) -> Double? {
        guard frameCount > 1 else { return nil }
        guard ranking.rowTotals.isEmpty else {
            let total = ranking.rowTotals.sorted { $0.row < $1.row }.reduce(0.0) { $0 + $1.total }
            return total / Double(frameCount - 1) / Double(shape.sampleCount)
        }
        let frames = UInt128(frameCount)
        return Double(ranking.total) / Double(frames * (frames - 1) * UInt128(shape.sampleCount))
    }
}

/// Of each sample of a row, a key that orders like its variance: frames x M2 of exact moments, the bits of M2 of rounded
/// ones.
private struct RowKeys {
    private let frameCount: UInt64
    private let sums: UnsafePointer<UInt32>?
    private let squares8: UnsafePointer<UInt32>?
    private let squares16: UnsafePointer<UInt64>?
    private let m2: UnsafePointer<Double>?

    init(_ accumulators: Accumulators, row: Int) {
        let sample = row * accumulators.shape.samplesPerRow
        frameCount = UInt64(accumulators.frameCount)
        let isExact = accumulators.kind == .exact
        let isNarrow = accumulators.shape.bitsPerSample == 8
        sums = isExact ? UnsafePointer(accumulators.sum(at: sample)) : nil
        squares8 = isExact && isNarrow ? UnsafePointer(accumulators.sumOfSquares8(at: sample)) : nil
        squares16 = isExact && !isNarrow ? UnsafePointer(accumulators.sumOfSquares16(at: sample)) : nil
        m2 = isExact ? nil : UnsafePointer(accumulators.m2(at: sample))
    }

    subscript(index: Int) -> UInt64 {
        if let m2 { return m2[index].bitPattern }
        let sum = UInt64(sums![index])
        let squares = squares8.map { UInt64($0[index]) } ?? squares16![index]
        // The difference is below 2^62; its terms may wrap, which subtraction undoes.
        return frameCount &* squares &- sum &* sum
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
    var rowTotals: [(row: Int, total: Double)] = []

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
        rowTotals += other.rowTotals
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
