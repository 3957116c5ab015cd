import CKernels
import Synchronization
import SystemPackage

/// Decodes the photos of one group and accumulates their moments.
///
/// Each worker takes a batch of photos and decodes them in step, a strip of rows of each at a time, into its part
/// of the ring; while these rows are still in its cache it adds them to the accumulators that all workers share.
/// So decoded samples hardly ever reach main memory, and memory does not grow with the number of photos.
///
/// A photo that turns out damaged after some of its strips were added is taken out again: its rows are decoded a
/// second time, up to the damage, and subtracted, which exact sums allow. Rounded moments (Welford) do not allow
/// it, and halves depend on which photos there are; there the pass is made again without the photo.
///
/// With a checkpoint the work can stop after any strip of rows. A photo of which only the upper rows are in the
/// accumulators is decoded from its top again by the run that goes on, which adds the rows below.
final class PhotoAccumulation: Sendable {
    struct Outcome {
        let accumulators: Accumulators
        let failed: [FailedPhoto]
        /// What was recorded in the second half of the photos, when that was asked for.
        let scouting: Scouting?
        /// As many as the memory limit allowed.
        let workers: Int
        let timing: AccumulationTiming
    }

    let shape: FrameShape
    let settings: AccumulationSettings
    let accumulators: Accumulators
    let ring: FrameRing
    let plan: AccumulationPlan
    private let halves: [[PhotoFile]]
    private let gates: [StripGate]
    private let checkpoint: GroupCheckpoint?
    private let interruption: Interruption?
    /// Hears of photos, or parts of photos, that are done with.
    let progress: @Sendable (Double) -> Void
    let findings: AccumulationFindings

    /// Looks at the moments of the first half of the photos and says what to record in the second.
    typealias Scout = @Sendable (Accumulators) -> Scouting

    /// Accumulates `photos`, which all have `shape`. With a `scout` the photos are accumulated in two halves, and
    /// what it asks for is recorded in the second; the moments are the same, bit for bit. `otherBytes` of the memory
    /// limit are left to others. With a `checkpoint` (exact sums only) the photos it holds are not decoded again, and it
    /// is saved now and then, at the end, and when `interruption` asks to stop; then workers leave off after the strip of
    /// rows they are at. Without one, `accumulators` can be given that hold nothing yet, of this shape and kind.
    /// `progress` hears how many photos, or what part of one, are done with, from any thread. Throws when memory is
    /// short, there are too many photos for the accumulators, the checkpoint cannot be read or written, or the work was
    /// interrupted.
    static func run(
        _ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, otherBytes: Int = 0,
        scout: Scout? = nil, checkpoint: GroupCheckpoint? = nil, accumulators: Accumulators? = nil,
        interruption: Interruption? = nil, progress: @escaping @Sendable (Double) -> Void
    ) throws(FastPixError) -> Outcome {
        precondition(checkpoint == nil || settings.accumulator == .exact && accumulators == nil)
        let maximum = Accumulators.maximumFrames(shape: shape, kind: settings.accumulator)
        guard photos.count <= maximum else {
            throw FastPixError(
                .overflow,
                "\(photos.count) photos are more than the \(maximum) that exact sums of this depth can hold; "
                    + "give fewer photos or use --accumulator welford")
        }
        let saved = checkpoint?.saved ?? GroupCheckpoint.Content()
        var failed = saved.damaged.map { FailedPhoto(path: $0.key, reason: $0.value.reason) }
        failed += AccumulationPlan.tooLarge(
            photos.filter { saved.taken[$0.path] == nil && saved.damaged[$0.path] == nil }, shape: shape,
            settings: settings, otherBytes: otherBytes)
        let isOut = Set(failed.map(\.place))
        var remaining = photos.filter { !isOut.contains($0.place) }
        progress(Double(failed.count))
        while true {
            let pass = try PhotoAccumulation(
                remaining, shape: shape, settings: settings, otherBytes: otherBytes, inHalves: scout != nil,
                checkpoint: checkpoint, accumulators: accumulators, interruption: interruption, progress: progress)
            let outcome = try pass.run(scout: scout, failedBefore: failed)
            if !pass.findings.isSpoiled { return outcome }
            // One whose upper rows came with the checkpoint comes with it again, and is taken out again.
            let saved = checkpoint?.saved.taken ?? [:]
            failed = outcome.failed.filter { saved[$0.place.path] == nil }
            let damaged = Set(failed.map(\.place))
            remaining.removeAll { damaged.contains($0.place) }
            accumulators?.clear()
        }
    }

    private init(
        _ allPhotos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, otherBytes: Int, inHalves: Bool,
        checkpoint: GroupCheckpoint?, accumulators: Accumulators?, interruption: Interruption?,
        progress: @escaping @Sendable (Double) -> Void
    ) throws(FastPixError) {
        precondition(accumulators == nil || accumulators!.shape == shape && accumulators!.kind == settings.accumulator)
        self.shape = shape
        self.settings = settings
        self.checkpoint = checkpoint
        self.interruption = interruption
        self.progress = progress
        let saved = checkpoint?.saved ?? GroupCheckpoint.Content()
        let photos = allPhotos.filter { saved.taken[$0.path]?.isWhole != true }
        findings = AccumulationFindings(
            after: saved, isInHalves: inHalves, isExact: settings.accumulator == .exact)
        let plan = try AccumulationPlan.fitting(photos, shape: shape, settings: settings, otherBytes: otherBytes)
        self.plan = plan
        if let accumulators {
            self.accumulators = accumulators
        } else {
            self.accumulators = try Accumulators(
                shape: shape, kind: settings.accumulator, inFile: plan.keepsAccumulatorsInFile)
        }
        gates = stride(from: 0, to: shape.height, by: plan.rowsPerStrip).map { first in
            StripGate(rowCount: min(plan.rowsPerStrip, shape.height - first))
        }
        ring = try FrameRing(
            workers: plan.workers, framesPerWorker: plan.framesPerWorker,
            stripBytes: plan.rowsPerStrip * shape.bytesPerRow)
        let all = inHalves ? PhotoHalves.of(allPhotos, multiple: plan.multiple) : [allPhotos]
        try checkpoint?.check(all)
        let halves = all.map { $0.filter { saved.taken[$0.path]?.isWhole != true } }
        // Exact sums allow any order: what takes longest first, so that the last photos, which decide how long
        // workers wait for each other, are quick.
        self.halves =
            settings.accumulator == .welford
            ? halves : halves.map { $0.sorted { $0.decodingCost > $1.decodingCost } }
    }

    private func run(scout: Scout?, failedBefore: [FailedPhoto]) throws(FastPixError) -> Outcome {
        var scouting = try checkpoint?.restore(into: accumulators)
        let framesBefore = accumulators.frameCount
        progress(Double(framesBefore))
        if checkpoint != nil { interruption?.beginAnswering() }
        defer { interruption?.endAnswering() }
        let limits = BatchQueue.Limits(
            workers: plan.workers, batch: plan.batch, multiple: plan.multiple,
            decoderBytes: AccumulationPlan.decoderBytesPerWorker)
        var queue: BatchQueue?
        for (index, photos) in halves.enumerated() {
            if index > 0, scouting == nil, !findings.isSpoiled { scouting = scout?(accumulators) }
            let next = BatchQueue(photos, limits: limits, after: queue)
            repeat {
                work(through: next, half: halves.count > 1 ? index : nil, index > 0 ? scouting?.recorder : nil)
                accumulators.frameCount = framesBefore + findings.soFar.doneCount
                try saveCheckpoint(scouting)
            } while !next.isEmpty
            queue = next
        }
        let found = findings.soFar
        return Outcome(
            accumulators: accumulators,
            failed: (failedBefore + found.failed).sorted { $0.place < $1.place },
            scouting: scouting, workers: plan.workers, timing: found.timing.divided(by: Double(plan.workers)))
    }

    /// Throws, too, when the work is to end here.
    private func saveCheckpoint(_ scouting: Scouting?) throws(FastPixError) {
        guard let checkpoint else { return }
        let found = findings.soFar
        if let fatal = found.fatal { throw fatal }
        if !found.isSpoiled {
            if found.content != checkpoint.saved { try checkpoint.save(accumulators, found.content, scouting) }
        } else if halves.count > 1 {
            // Without the damaged photos the halves are others: nothing is left but the knowledge of which these are.
            let content = GroupCheckpoint.Content(damaged: found.content.damaged)
            accumulators.clear()
            if content != checkpoint.saved { try checkpoint.save(accumulators, content, nil) }
        }
        // Otherwise the pass begins again at what was saved last.
        guard interruption?.isRequested == true else { return }
        let saved = checkpoint.saved
        let parts = saved.unfinishedCount == 0 ? "" : ", and parts of \(saved.unfinishedCount),"
        throw FastPixError(
            .interrupted, path: checkpoint.path,
            "interrupted; the state of \(counted(saved.wholeCount, "photo"))\(parts) is saved, run the same command "
                + "again to go on")
    }

    /// Whether workers shall come to rest between two batches.
    var isPausing: Bool { isStopping || checkpoint?.isDue == true }

    /// Whether workers shall come to rest at once, after the rows they have in hand.
    var isStopping: Bool {
        guard checkpoint != nil else { return false }
        return interruption?.isRequested == true || findings.fatal != nil
    }

    /// All workers, until the queue is empty or it is time for the checkpoint.
    private func work(through queue: BatchQueue, half: Int?, _ recorder: WitnessRecorder?) {
        let idleSeconds = WorkerTeam.runMeasuringIdleness(workers: plan.workers) { [self] worker in
            var photoWorker = PhotoWorker(self, number: worker, queue: queue, half: half, recorder: recorder)
            photoWorker.run()
            findings.add(photoWorker.timing)
        }
        findings.add(AccumulationTiming(idleSeconds: idleSeconds))
    }

    // MARK: What the workers share

    var stripCount: Int { gates.count }

    /// Whether photos shall be told apart by content.
    var identifiesPhotos: Bool { checkpoint != nil }

    func rows(ofStrip strip: Int) -> Range<Int> {
        strip * plan.rowsPerStrip..<min(shape.height, (strip + 1) * plan.rowsPerStrip)
    }

    /// The samples of `rows`, counted within the strip.
    private func samples(_ rows: Range<Int>, ofStrip strip: Int) -> Range<Int> {
        let first = strip * plan.rowsPerStrip
        return (first + rows.lowerBound) * shape.samplesPerRow..<(first + rows.upperBound) * shape.samplesPerRow
    }

    /// The rows of one frame that lie in a strip of the ring, and the first of them, counted within the strip, that is to
    /// be added.
    struct StripFrame {
        let pixels: UnsafeRawPointer
        let firstRow: Int
    }

    /// Adds the strip of the frames of one batch to the accumulators, when it is their turn. Returns the seconds
    /// spent waiting for it.
    func accumulate(strip: Int, of batch: PhotoBatch, frames: [StripFrame], worker: Int) -> Double {
        defer { accumulators.release(rows: rows(ofStrip: strip)) }
        switch accumulators.kind {
        case .exact:
            return gates[strip].enterEachPart(worker: worker, of: plan.workers) { rows, _ in
                add(rows, ofStrip: strip, frames: frames, framesBefore: 0)
            }
        case .welford:
            return gates[strip].enterInOrder(batch: batch.index) {
                // Once spoiled, the pass goes on only to find the other damaged photos.
                if findings.isSpoiled { return }
                add(
                    0..<rows(ofStrip: strip).count, ofStrip: strip, frames: frames, framesBefore: batch.photosBefore)
            }
        }
    }

    /// `rows` are counted within the strip.
    private func add(_ rows: Range<Int>, ofStrip strip: Int, frames: [StripFrame], framesBefore: Int) {
        // Photos that go on where another run has stopped begin at different rows.
        for (firstRow, frames) in Dictionary(grouping: frames, by: { max($0.firstRow, rows.lowerBound) })
        where firstRow < rows.upperBound {
            let samples = samples(firstRow..<rows.upperBound, ofStrip: strip)
            accumulators.accumulate(
                samples, frames: frames.map { $0.pixels + firstRow * shape.bytesPerRow }, framesBefore: framesBefore,
                tileSampleCount: settings.tileSampleCount ?? samples.count)
        }
    }

    /// Takes the first `rowCount` rows of the strip of one frame back out of exact accumulators.
    func remove(strip: Int, rowCount: Int, frame: UnsafeRawPointer, worker: Int) {
        defer { accumulators.release(rows: rows(ofStrip: strip)) }
        _ = gates[strip].enterEachPart(worker: worker, of: plan.workers) { rows, _ in
            let rows = rows.clamped(to: 0..<rowCount)
            accumulators.remove(
                samples(rows, ofStrip: strip), frame: frame + rows.lowerBound * shape.bytesPerRow)
        }
    }
}
