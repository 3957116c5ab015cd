import Synchronization

/// Decodes all photos of a group in step and accumulates their exact moments strip by strip: what is to be known of a
/// strip is read as soon as all photos are in it, and its accumulators are used again for a later one.
///
/// For whoever needs every moment once, and no maps. So the memory does not hold accumulators of the whole frame, which
/// are most of what a search takes, and which cost time to touch.
final class StripwiseAccumulation: Sendable {
    /// Reads the finished accumulators of a strip of the frame; `rows` says which it is. From any thread.
    typealias StripReader = @Sendable (_ strip: Accumulators, _ rows: Range<Int>) -> Void

    private let shape: FrameShape
    private let settings: AccumulationSettings
    private let plan: StripwisePlan
    private let ring: FrameRing
    private let strips: [Accumulators]
    private let gates: [StripGate]
    private let board: StripBoard
    private let batches: [BatchInWork]
    private let frameCount: Int
    private let reader: StripReader
    private let progress: @Sendable (Double) -> Void
    private let timing = Mutex(AccumulationTiming())
    private let isStopped = Atomic(false)

    /// Accumulates photos, which all have `shape`, and calls `reader` once for each strip. Nil, after any number of
    /// strips, when that cannot be done: memory is refused, or a photo is damaged, whose samples cannot be taken out of
    /// strips that are gone. `progress` hears how many photos, or what part of one, are done with, from any thread.
    static func run(
        _ plan: StripwisePlan, shape: FrameShape, settings: AccumulationSettings,
        progress: @escaping @Sendable (Double) -> Void, reader: @escaping StripReader
    ) -> AccumulationTiming? {
        let job = try? StripwiseAccumulation(plan, shape, settings, progress: progress, reader: reader)
        return job?.run()
    }

    private init(
        _ plan: StripwisePlan, _ shape: FrameShape, _ settings: AccumulationSettings,
        progress: @escaping @Sendable (Double) -> Void, reader: @escaping StripReader
    ) throws(FastPixError) {
        self.plan = plan
        self.shape = shape
        self.settings = settings
        self.progress = progress
        self.reader = reader
        batches = plan.batches.map { BatchInWork($0) }
        frameCount = plan.batches.reduce(0) { $0 + $1.count }
        ring = try FrameRing(
            workers: plan.workers, framesPerWorker: plan.framesPerWorker,
            stripBytes: plan.rowsPerStrip * shape.bytesPerRow)
        let stripShape = FrameShape(
            width: shape.width, height: plan.rowsPerStrip, channels: shape.channels,
            bitsPerSample: shape.bitsPerSample)
        var strips: [Accumulators] = []
        for _ in 0..<StripwisePlan.stripsInWork {
            strips.append(try Accumulators(shape: stripShape, kind: .exact))
        }
        self.strips = strips
        gates = strips.map { _ in StripGate(rowCount: plan.rowsPerStrip) }
        board = StripBoard(
            batches: plan.batches.count, strips: (shape.height + plan.rowsPerStrip - 1) / plan.rowsPerStrip,
            room: StripwisePlan.stripsInWork)
    }

    /// Nil when it was stopped.
    private func run() -> AccumulationTiming? {
        let finishTimes = Mutex<[Double]>([])
        WorkerTeam.run(workers: plan.workers) { [self] worker in
            do throws(FastPixError) {
                try work(worker)
            } catch {
                isStopped.store(true, ordering: .relaxed)
                board.stop()
            }
            finishTimes.withLock { $0.append(monotonicSeconds()) }
        }
        guard !isStopped.load(ordering: .relaxed) else { return nil }
        let times = finishTimes.withLock { $0 }
        let end = times.max() ?? 0
        var timing = timing.withLock { $0 }
        timing.idleSeconds = times.reduce(0) { $0 + (end - $1) }
        return timing.divided(by: Double(plan.workers))
    }

    private func work(_ worker: Int) throws(FastPixError) {
        var spent = AccumulationTiming()
        defer { timing.withLock { $0 += spent } }
        var preferred = worker * batches.count / plan.workers
        while true {
            let arrived = monotonicSeconds()
            let turn = board.next(preferring: preferred)
            let begun = monotonicSeconds()
            spent.waitSeconds += begun - arrived
            guard let turn else { return }
            preferred = turn.batch
            let rows = rows(ofStrip: turn.strip)
            let frames = try decode(rows, ofBatch: turn.batch, worker)
            let decoded = monotonicSeconds()
            spent.decodeSeconds += decoded - begun
            let waited = add(frames, of: rows, atPlace: board.place(ofStrip: turn.strip), worker)
            if board.finish(turn) { readComplete(turn.strip) }
            spent.waitSeconds += waited
            spent.accumulateSeconds += monotonicSeconds() - decoded - waited
        }
    }

    private func rows(ofStrip strip: Int) -> Range<Int> {
        strip * plan.rowsPerStrip..<min(shape.height, (strip + 1) * plan.rowsPerStrip)
    }

    /// Returns where the rows of each frame are.
    private func decode(
        _ rows: Range<Int>, ofBatch batch: Int, _ worker: Int
    ) throws(FastPixError) -> [UnsafeRawPointer] {
        let batch = batches[batch]
        if rows.lowerBound == 0 { try batch.open(settings) }
        var frames: [UnsafeRawPointer] = []
        for photo in batch.photos {
            let slot = ring.slot(worker: worker, frame: photo.slot)
            try photo.readRows(rows.count, into: slot)
            if rows.upperBound == shape.height { _ = try photo.finish(identifying: false, half: nil) }
            frames.append(UnsafeRawPointer(slot))
        }
        return frames
    }

    /// Returns the seconds spent waiting.
    private func add(_ frames: [UnsafeRawPointer], of rows: Range<Int>, atPlace place: Int, _ worker: Int) -> Double {
        let waited = gates[place].enterEachPart(worker: worker, of: plan.workers) { part in
            // The last strip has fewer rows than its place.
            let part = part.clamped(to: 0..<rows.count)
            guard !part.isEmpty else { return }
            let samples = part.lowerBound * shape.samplesPerRow..<part.upperBound * shape.samplesPerRow
            strips[place].accumulate(
                samples, frames: frames.map { $0 + part.lowerBound * shape.bytesPerRow }, framesBefore: 0,
                tileSampleCount: settings.tileSampleCount ?? samples.count)
        }
        progress(Double(frames.count * rows.count) / Double(shape.height))
        return waited
    }

    private func readComplete(_ strip: Int) {
        let accumulators = strips[board.place(ofStrip: strip)]
        accumulators.frameCount = frameCount
        reader(accumulators, rows(ofStrip: strip))
        accumulators.clear()
        board.free(strip: strip)
    }
}

/// The photos of a batch while they are decoded. Belongs to one worker at a time: the board says to whom, and what one
/// has done comes before what the next one does.
private final class BatchInWork: @unchecked Sendable {
    private let files: [PhotoFile]
    private(set) var photos: [OpenPhoto] = []

    init(_ files: [PhotoFile]) { self.files = files }

    func open(_ settings: AccumulationSettings) throws(FastPixError) {
        for (slot, file) in files.enumerated() {
            photos.append(try OpenPhoto(file, slot: slot, rowsBefore: 0, settings: settings))
        }
    }
}
