import FastPixAccumulation
import FastPixFrames
import Synchronization

/// What is worked out from the finished accumulators of a group while they come in rows: the summary of the variance, and
/// where defects are looked for what the judgement needs. Rows come once each, in any order, from any thread; the results
/// do not depend on it.
package final class GroupAnalysis: Sendable {
    private let ranking: VarianceRanking
    private let scan: DefectScan?
    private let settings: DetectionSettings?

    /// `frameCount`: of the finished accumulators. `detection`: nil to leave defects out. `top`: see `VarianceRanking`.
    package init(_ geometry: FrameGeometry, frameCount: Int, top: Int, detection: DetectionSettings?) {
        ranking = VarianceRanking(shape: geometry.shape, frameCount: frameCount, top: top)
        // Of more frames the counters come as shares of so many: see `Accumulators.fill`.
        let counted = min(frameCount, Int(UInt16.max))
        // Fewer are never judged, and nearly every pixel of so few would be one to look at closely.
        let judged = frameCount >= DetectionSettings.minimumFrames ? detection : nil
        scan = judged.map {
            DefectScan(geometry: geometry, frameCount: counted, leastOffset: $0.leastOffset)
        }
        settings = detection
    }

    /// What it takes of memory besides the accumulators (estimate).
    package static func byteCount(_ shape: FrameShape, detection: DetectionSettings?) -> Int {
        detection == nil ? 0 : DefectScan.byteCount(shape: shape)
    }

    package func add(_ accumulators: Accumulators, rows: Range<Int>) {
        ranking.add(accumulators, rows: rows)
        scan?.scan(accumulators, rows: rows)
    }

    /// Once all rows have come.
    package var summary: VarianceSummary { ranking.summary }

    /// Once all rows have come; nil where defects are left out and with fewer frames than can be judged. `facts`: of all
    /// photos. `coarse`: of the same.
    package func judge(_ facts: [FrameFact], _ coarse: CoarseSums?) -> Detection? {
        guard let scan, let settings, let coarse else { return nil }
        guard facts.count >= DetectionSettings.minimumFrames else { return nil }
        return scan.judge(facts, coarse: coarse, settings: settings)
    }
}

/// The analysis of the pass that is under way: a pass that is made again begins with a new one.
package final class CurrentAnalysis: Sendable {
    private let current = Mutex<GroupAnalysis?>(nil)
    private let make: @Sendable (_ frameCount: Int) -> GroupAnalysis

    package init(_ make: @escaping @Sendable (_ frameCount: Int) -> GroupAnalysis) { self.make = make }

    /// Begins anew.
    package func begin(_ frameCount: Int) -> FinishedRows.Reader {
        let analysis = make(frameCount)
        current.withLock { $0 = analysis }
        return { analysis.add($0, rows: $1) }
    }

    /// Of the last pass; nil when no row was finished.
    package var analysis: GroupAnalysis? { current.withLock { $0 } }
}
