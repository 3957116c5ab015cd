import CKernels
import Synchronization
import SystemPackage

/// Seconds spent by the workers, on average per worker.
public struct AccumulationTiming: Sendable {
    /// Reading and decoding.
    public var decodeSeconds = 0.0
    /// Adding decoded rows to the accumulators.
    public var accumulateSeconds = 0.0
    /// Waiting for a strip of the accumulators that another worker is adding to, or must add to first.
    public var waitSeconds = 0.0
    /// Waiting at the end for the other workers.
    public var idleSeconds = 0.0

    static func += (left: inout AccumulationTiming, right: AccumulationTiming) {
        left.decodeSeconds += right.decodeSeconds
        left.accumulateSeconds += right.accumulateSeconds
        left.waitSeconds += right.waitSeconds
        left.idleSeconds += right.idleSeconds
    }

    func divided(by count: Double) -> AccumulationTiming {
        AccumulationTiming(
            decodeSeconds: decodeSeconds / count, accumulateSeconds: accumulateSeconds / count,
            waitSeconds: waitSeconds / count, idleSeconds: idleSeconds / count)
    }
}

/// A photo that could not be decoded, and why.
struct FailedPhoto: Sendable {
    // Not a string: names that are no valid UTF-8 would look alike.
    let path: FilePath
    let reason: String

    var skipped: SkippedPhoto { SkippedPhoto(path: path.string, reason: reason) }
}

/// Decodes the photos of one group and accumulates their moments.
///
/// Each worker takes a batch of photos and decodes them in step, a strip of rows of each at a time, into its part
/// of the ring; while these rows are still in its cache it adds them to the accumulators that all workers share.
/// So decoded samples hardly ever reach main memory, and memory does not grow with the number of photos.
///
/// A photo that turns out damaged after some of its strips were added is taken out again: its rows are decoded a
/// second time, up to the damage, and subtracted, which exact sums allow. Rounded moments (Welford) do not allow
/// it, and halves depend on which photos there are; there the pass is made again without the photo.
final class PhotoAccumulation: Sendable {
    struct Outcome {
        let accumulators: Accumulators
        let failed: [FailedPhoto]
        /// What was recorded in the second half of the photos, when that was asked for.
        let witnesses: WitnessRecorder?
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
    private let progress: @Sendable (Int) -> Void
    private let findings = Mutex(Findings())

    private struct Findings {
        var failed: [FailedPhoto] = []
        /// What is in the accumulators; filled with a checkpoint only.
        var taken: [FilePath: StatePhoto] = [:]
        var timing = AccumulationTiming()
        /// A damaged photo has left samples, or a gap, in the accumulators: the pass must be made again.
        var isSpoiled = false
    }

    /// Looks at the moments of the first half of the photos and says what to record in the second.
    typealias Scout = @Sendable (Accumulators) -> WitnessRecorder?

    /// Accumulates `photos`, which all have `shape`. With a `scout` the photos are accumulated in two halves, and
    /// what it asks for is recorded in the second; the moments are the same, bit for bit. `otherBytes` of the memory limit
    /// are left to others. With a `checkpoint` (exact
    /// sums and no scout) the photos it holds are not decoded again, and it is saved now and then, at the end, and
    /// when `interruption` asks to stop. `progress` hears of every photo that is done with, from any thread. Throws
    /// when memory is short, there are too many photos for the accumulators, the checkpoint cannot be read or
    /// written, or the work was interrupted.
    static func run(
        _ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, otherBytes: Int = 0,
        scout: Scout? = nil, checkpoint: GroupCheckpoint? = nil,
        interruption: Interruption? = nil, progress: @escaping @Sendable (Int) -> Void
    ) throws(FastPixError) -> Outcome {
        precondition(checkpoint == nil || settings.accumulator == .exact && scout == nil)
        let maximum = Accumulators.maximumFrames(shape: shape, kind: settings.accumulator)
        guard photos.count <= maximum else {
            throw FastPixError(
                .overflow,
                "\(photos.count) photos are more than the \(maximum) that exact sums of this depth can hold; "
                    + "give fewer photos or use --accumulator welford")
        }
        var failed = AccumulationPlan.tooLarge(photos, shape: shape, settings: settings, otherBytes: otherBytes)
        let tooLarge = Set(failed.map(\.path))
        var remaining = photos.filter { !tooLarge.contains($0.path) }
        progress(failed.count)
        while true {
            let pass = try PhotoAccumulation(
                remaining, shape: shape, settings: settings, otherBytes: otherBytes, inHalves: scout != nil,
                checkpoint: checkpoint, interruption: interruption, progress: progress)
            let outcome = try pass.run(scout: scout, failedBefore: failed)
            if !pass.isSpoiled { return outcome }
            failed = outcome.failed
            let damaged = Set(failed.map(\.path))
            remaining.removeAll { damaged.contains($0.path) }
        }
    }

    private init(
        _ allPhotos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, otherBytes: Int, inHalves: Bool,
        checkpoint: GroupCheckpoint?, interruption: Interruption?, progress: @escaping @Sendable (Int) -> Void
    ) throws(FastPixError) {
        self.shape = shape
        self.settings = settings
        self.checkpoint = checkpoint
        self.interruption = interruption
        self.progress = progress
        let saved = checkpoint?.saved ?? [:]
        let photos = saved.isEmpty ? allPhotos : allPhotos.filter { saved[$0.path] == nil }
        findings.withLock { $0.taken = saved }
        let plan = try AccumulationPlan.fitting(photos, shape: shape, settings: settings, otherBytes: otherBytes)
        self.plan = plan
        accumulators = try Accumulators(
            shape: shape, kind: settings.accumulator, inFile: plan.keepsAccumulatorsInFile)
        gates = stride(from: 0, to: shape.height, by: plan.rowsPerStrip).map { first in
            StripGate(rowCount: min(plan.rowsPerStrip, shape.height - first))
        }
        ring = try FrameRing(
            workers: plan.workers, framesPerWorker: plan.framesPerWorker,
            stripBytes: plan.rowsPerStrip * shape.bytesPerRow)
        let halves = inHalves ? Self.halves(of: photos, multiple: plan.multiple) : [photos]
        // Exact sums allow any order: what takes longest first, so that the last photos, which decide how long
        // workers wait for each other, are quick.
        self.halves =
            settings.accumulator == .welford
            ? halves : halves.map { $0.sorted { $0.decodingCost > $1.decodingCost } }
    }

    /// Every other photo in the order of their paths, so that both halves span the whole time. Rounded moments are
    /// bound to the order of paths: there the first half comes first, cut where a block of frames ends.
    private static func halves(of photos: [PhotoFile], multiple: Int) -> [[PhotoFile]] {
        if multiple > 1 {
            let first = min(photos.count, (photos.count / 2 + multiple - 1) / multiple * multiple)
            return [Array(photos[..<first]), Array(photos[first...])]
        }
        return [0, 1].map { half in photos.indices.filter { $0 % 2 == half }.map { photos[$0] } }
    }

    private func run(scout: Scout?, failedBefore: [FailedPhoto]) throws(FastPixError) -> Outcome {
        try checkpoint?.restore(into: accumulators)
        let framesBefore = accumulators.frameCount
        progress(framesBefore)
        if checkpoint != nil { interruption?.beginAnswering() }
        defer { interruption?.endAnswering() }
        let limits = BatchQueue.Limits(
            workers: plan.workers, batch: plan.batch, multiple: plan.multiple,
            decoderBytes: AccumulationPlan.decoderBytesPerWorker)
        var recorder: WitnessRecorder?
        var queue: BatchQueue?
        for (index, photos) in halves.enumerated() {
            if index > 0, let scout { recorder = scout(accumulators) }
            let next = BatchQueue(photos, limits: limits, after: queue)
            repeat {
                work(through: next, recorder)
                accumulators.frameCount =
                    framesBefore + next.photosDealt - findings.withLock { $0.failed.count }
                try saveCheckpoint()
            } while !next.isEmpty
            queue = next
        }
        let found = findings.withLock { $0 }
        return Outcome(
            accumulators: accumulators,
            failed: (failedBefore + found.failed).sorted { $0.path.bytesPrecede($1.path) },
            witnesses: recorder, workers: plan.workers, timing: found.timing.divided(by: Double(plan.workers)))
    }

    /// Throws, too, when the work is to end here.
    private func saveCheckpoint() throws(FastPixError) {
        guard let checkpoint else { return }
        let taken = findings.withLock { $0.taken }
        // A spoiled pass begins again at what was saved last.
        if !isSpoiled, taken.count > checkpoint.saved.count { try checkpoint.save(accumulators, taken) }
        guard interruption?.isRequested == true else { return }
        throw FastPixError(
            .interrupted, path: checkpoint.path,
            "interrupted; the state of \(counted(checkpoint.saved.count, "photo")) is saved, run the same command "
                + "again to go on")
    }

    /// Whether workers shall come to rest between two batches.
    var isPausing: Bool {
        guard let checkpoint else { return false }
        return interruption?.isRequested == true || checkpoint.isDue
    }

    /// All workers, until the queue is empty or it is time for the checkpoint.
    private func work(through queue: BatchQueue, _ recorder: WitnessRecorder?) {
        let finishTimes = Mutex<[Double]>([])
        WorkerTeam.run(workers: plan.workers) { [self] worker in
            var photoWorker = PhotoWorker(self, number: worker, queue: queue, recorder: recorder)
            photoWorker.run()
            findings.withLock { $0.timing += photoWorker.timing }
            finishTimes.withLock { $0.append(monotonicSeconds()) }
        }
        let times = finishTimes.withLock { $0 }
        let end = times.max() ?? 0
        findings.withLock { $0.timing.idleSeconds += times.reduce(0) { $0 + (end - $1) } }
    }

    // MARK: What the workers share

    var stripCount: Int { gates.count }

    var isSpoiled: Bool { findings.withLock { $0.isSpoiled } }

    func rows(ofStrip strip: Int) -> Range<Int> {
        strip * plan.rowsPerStrip..<min(shape.height, (strip + 1) * plan.rowsPerStrip)
    }

    /// The samples of `rows`, counted within the strip.
    private func samples(_ rows: Range<Int>, ofStrip strip: Int) -> Range<Int> {
        let first = strip * plan.rowsPerStrip
        return (first + rows.lowerBound) * shape.samplesPerRow..<(first + rows.upperBound) * shape.samplesPerRow
    }

    /// Adds the strip of the frames of one batch to the accumulators, when it is their turn. Returns the seconds
    /// spent waiting for it.
    func accumulate(strip: Int, of batch: PhotoBatch, frames: [UnsafeRawPointer], worker: Int) -> Double {
        defer { accumulators.release(rows: rows(ofStrip: strip)) }
        switch accumulators.kind {
        case .exact:
            return gates[strip].enterEachPart(worker: worker, of: plan.workers) { rows in
                add(rows, ofStrip: strip, frames: frames, framesBefore: 0)
            }
        case .welford:
            return gates[strip].enterInOrder(batch: batch.index) {
                // Once spoiled, the pass goes on only to find the other damaged photos.
                if isSpoiled { return }
                add(
                    0..<rows(ofStrip: strip).count, ofStrip: strip, frames: frames, framesBefore: batch.photosBefore)
            }
        }
    }

    /// `rows` are counted within the strip.
    private func add(_ rows: Range<Int>, ofStrip strip: Int, frames: [UnsafeRawPointer], framesBefore: Int) {
        let samples = samples(rows, ofStrip: strip)
        accumulators.accumulate(
            samples, frames: frames.map { $0 + rows.lowerBound * shape.bytesPerRow }, framesBefore: framesBefore,
            tileSampleCount: settings.tileSampleCount ?? samples.count)
    }

    /// Takes the strip of one frame back out of exact accumulators.
    func remove(strip: Int, frame: UnsafeRawPointer, worker: Int) {
        defer { accumulators.release(rows: rows(ofStrip: strip)) }
        _ = gates[strip].enterEachPart(worker: worker, of: plan.workers) { rows in
            accumulators.remove(
                samples(rows, ofStrip: strip), frame: frame + rows.lowerBound * shape.bytesPerRow)
        }
    }

    /// `leavesNothing`: no sample of the photo is in the accumulators, or none any more.
    func photoFailed(_ error: FastPixError, _ photo: PhotoFile, leavesNothing: Bool) {
        findings.withLock { findings in
            findings.failed.append(FailedPhoto(path: photo.path, reason: error.reason))
            // Welford counts the batch's photos from its first strip on, so even an unread one spoils the pass. So it does
            // where every other photo makes a half: those behind it belong to the other one.
            if !leavesNothing || accumulators.kind == .welford || halves.count > 1 { findings.isSpoiled = true }
        }
        progress(1)
    }

    /// Whether photos shall be told apart by content.
    var identifiesPhotos: Bool { checkpoint != nil }

    /// `photos` are complete in the accumulators; `identities` are theirs, when asked for.
    func photosDone(_ count: Int, _ identities: [FilePath: StatePhoto]) {
        findings.withLock { $0.taken.merge(identities) { $1 } }
        progress(count)
    }
}
