import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import Synchronization
import SystemPackage

/// Decodes the photos of one group and adds up their statistics, whatever their number and the memory.
///
/// A photo that turns out damaged after some of its rows were added spoils the pass: it is finished, so that all damaged
/// photos are known, and made once more without them. With a checkpoint it ends where it would have been saved next, and
/// begins again at what was saved last.
package struct Accumulation: Sendable {
    package var settings: AccumulationSettings
    package let contents: AccumulatorContents
    /// Whether all rows have to be there in the end: for maps or a page.
    package var needsAllRows = false
    /// Whether photos are looked at for fixed patterns that do not agree.
    package var comparesPatterns = false
    /// Bytes of the memory limit that are left to others.
    package var otherBytes = 0
    /// What is gone on from, and saved now and then, at the end, and at an interruption; exact sums only.
    package var checkpoint: GroupCheckpoint?
    package var interruption: Interruption?
    /// Hears of each photo that is decoded, from any thread, and the time it took; twice when a pass is made once more.
    package var decoded: @Sendable (PhotoFile, _ seconds: Double) -> Void = { _, _ in }

    /// How a pass is divided; tests have their own ways.
    package typealias Division =
        @Sendable (AccumulationPlan.Job, AccumulationSettings) throws(FastPixError) -> AccumulationPlan
    var divide: Division

    package init(
        settings: AccumulationSettings,
        contents: AccumulatorContents,
        needsAllRows: Bool = false,
        otherBytes: Int = 0,
        checkpoint: GroupCheckpoint? = nil,
        interruption: Interruption? = nil,
        divide: @escaping Division = { (job, settings) throws(FastPixError) in
            try AccumulationPlan.fitting(job, settings: settings)
        }
    ) {
        self.settings = settings
        self.contents = contents
        self.needsAllRows = needsAllRows
        self.otherBytes = otherBytes
        self.checkpoint = checkpoint
        self.interruption = interruption
        self.divide = divide
    }

    package struct Outcome: Sendable {
        /// With all rows where these were needed; otherwise with what the last strips have left.
        package let accumulators: Accumulators
        /// Where the extremes were counted.
        package let coarse: CoarseSums?
        /// In an order that depends on nothing but what they say.
        package let facts: [FrameFact]
        /// Those that are in the statistics, in the order of their paths.
        package let photos: [PhotoFile]
        /// In the order of their paths.
        package let failed: [FailedPhoto]
        /// Among the photos that were decoded, in the order of their paths.
        package let suspects: [SuspectPhoto]
        package let odd: [OddPhoto]
        /// Among some of the photos that were decoded, where that was asked for.
        package let twoPatterns: TwoPatterns?
        let workers: Int
        package let timing: AccumulationTiming
        /// Why the checkpoint could not be saved at the end.
        package let notSaved: FastPixError?
    }

    /// Accumulates `photos`, which all have `shape`, in the order of their paths. `makeReader` is called once for each
    /// pass, with the number of frames, and what it gives reads all finished rows; what a spoiled pass has read is to be
    /// forgotten. `progress` hears how many photos, or what part of one, are done with, and `again` how many of them come
    /// once more in a further pass; from any thread. Throws when memory is short, there are too many photos for the
    /// accumulators, the checkpoint cannot be read, or written before all is done, or the work was interrupted.
    package func run(
        _ photos: [PhotoFile], shape: FrameShape, progress: @escaping @Sendable (Double) -> Void,
        again: (Int) -> Void = { _ in }, reading makeReader: @escaping @Sendable (Int) -> FinishedRows.Reader
    ) throws(FastPixError) -> Outcome {
        precondition(checkpoint == nil || contents.kind == .exact)
        let most = contents.maximumFrames(shape)
        guard photos.count <= most else {
            throw FastPixError(
                .overflow,
                "\(photos.count) photos are more than the \(most) that exact sums of one run can hold; take them in shards, "
                    + "each with a checkpoint, and merge the states, which hold more; or give fewer photos, or use rounded "
                    + "moments")
        }
        var job = AccumulationPlan.Job(
            photos: photos, shape: shape, contents: contents, needsAllRows: needsAllRows || checkpoint != nil,
            comparesPatterns: comparesPatterns, otherBytes: otherBytes)
        let held = checkpoint?.saved.taken ?? [:]
        var failed = AccumulationPlan.tooLarge(job, settings: settings).filter { held[$0.place] == nil }
        progress(Double(failed.count + (checkpoint?.saved.wholeCount ?? 0)))
        var timing = AccumulationTiming()
        while true {
            let isOut = Set(failed.map(\.place))
            let sound = photos.filter { !isOut.contains($0.place) }
            let saved = checkpoint?.saved.taken ?? [:]
            job = AccumulationPlan.Job(
                photos: sound.filter { saved[$0.place]?.isWhole != true }, shape: shape, contents: contents,
                needsAllRows: job.needsAllRows, comparesPatterns: comparesPatterns, otherBytes: otherBytes)
            let plan = try divide(job, settings)
            let pass = try AccumulationPass(
                job, plan: plan, settings: settings, checkpoint: checkpoint, interruption: interruption,
                reading: makeReader, progress: progress, decoded: decoded)
            let found = try pass.run()
            timing += found.timing
            failed += found.failed
            guard found.isSpoiled else {
                let isOut = Set(failed.map(\.place))
                return Outcome(
                    accumulators: pass.accumulators, coarse: pass.coarse,
                    facts: found.facts.sorted { $0.precedes($1) }, photos: photos.filter { !isOut.contains($0.place) },
                    failed: failed.sorted { $0.place < $1.place },
                    suspects: SuspectPhoto.among(found.damageSigns, of: photos.count - failed.count, shape: shape),
                    odd: found.odd.sorted { $0.path < $1.path }, twoPatterns: TwoPatterns(found.patterns),
                    workers: plan.workers, timing: timing, notSaved: found.notSaved)
            }
            // Rows of a damaged photo that came with the checkpoint come with it again: then all is begun anew.
            if found.failed.contains(where: { saved[$0.place] != nil }) { checkpoint?.forget() }
            // Not those that it had not begun, of which nobody has heard yet, and not those that are saved.
            again(found.wholeCount - (checkpoint?.saved.wholeCount ?? 0))
        }
    }
}

extension PhotoFile {
    /// The file's name without its folder, for messages.
    package var fileName: String { path.lastComponent?.string ?? "" }

    /// Which of several pictures of its file; nil when it is the only one.
    package var pageInStack: Int? { isInStack ? page.number : nil }
}
