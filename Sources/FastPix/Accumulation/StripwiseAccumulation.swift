import Synchronization

/// Decodes all photos of a group in step and accumulates their exact moments strip by strip: what is to be known of a
/// strip is read as soon as all photos are in it, and its accumulators are used again for a later one.
///
/// For whoever needs no maps. So the memory does not hold accumulators of the whole frame, which are most of what a
/// search takes, and which cost time to touch.
///
/// Where defects are looked for, the first half of the photos leads. A strip of the second half follows as soon as the
/// bands of rows that reach into it have been scouted; bands are judged as soon as all photos are in them.
final class StripwiseAccumulation: Sendable {
    /// Reads the finished accumulators of `rows`, while nobody changes them. From any thread.
    typealias StripReader = @Sendable (_ accumulators: Accumulators, _ rows: Range<Int>) -> Void

    enum Outcome {
        case complete(AccumulationTiming)
        /// A photo is not whole, and its samples cannot be taken out of strips that are gone.
        case damaged(FailedPhoto)
        /// It cannot be done like this: memory is refused, or what the search for defects has to keep is too much.
        case impossible
    }

    private let shape: FrameShape
    private let settings: AccumulationSettings
    private let plan: StripwisePlan
    private let ring: FrameRing
    /// Of the strips in work.
    private let accumulators: Accumulators
    /// By place.
    private let gates: [StripGate]
    private let board: StripBoard
    private let batches: [BatchInWork]
    private let search: BandwiseDefectSearch?
    private let bandsToScout: Mutex<BandsOverStrips>
    /// The strips themselves where there is nothing to judge.
    private let bandsToJudge: Mutex<BandsOverStrips>
    private let reader: StripReader
    private let progress: @Sendable (Double) -> Void
    private let timing = Mutex(AccumulationTiming())
    /// Why the work stops before its end.
    private let stopped = Mutex<Outcome?>(nil)

    /// Accumulates photos, which all have `shape`, and calls `reader` once for each strip unless the outcome is another
    /// than complete. `search`, made for these photos, sees the bands of the plan.
    /// `progress` hears how many photos, or what part of one, are done with, from any thread.
    static func run(
        _ plan: StripwisePlan, shape: FrameShape, settings: AccumulationSettings, search: BandwiseDefectSearch? = nil,
        progress: @escaping @Sendable (Double) -> Void, reader: @escaping StripReader
    ) -> Outcome {
        do throws(FastPixError) {
            return try StripwiseAccumulation(
                plan, shape, settings, search: search, progress: progress, reader: reader
            ).run()
        } catch {
            return .impossible
        }
    }

    private init(
        _ plan: StripwisePlan, _ shape: FrameShape, _ settings: AccumulationSettings, search: BandwiseDefectSearch?,
        progress: @escaping @Sendable (Double) -> Void, reader: @escaping StripReader
    ) throws(FastPixError) {
        self.plan = plan
        self.shape = shape
        self.settings = settings
        self.search = search
        self.progress = progress
        self.reader = reader
        batches = (plan.leading + plan.following).map { BatchInWork($0) }
        ring = try FrameRing(
            workers: plan.workers, framesPerWorker: plan.framesPerWorker,
            stripBytes: plan.rowsPerStrip * shape.bytesPerRow)
        accumulators = try Accumulators(
            shape: shape, kind: .exact, rowsHeld: plan.stripsInWork * plan.rowsPerStrip)
        accumulators.frameCount = plan.photoCount
        gates = (0..<plan.stripsInWork).map { _ in StripGate(rowCount: plan.rowsPerStrip) }
        let rowsPerStrip = plan.rowsPerStrip
        let stripCount = (shape.height + rowsPerStrip - 1) / rowsPerStrip
        board = StripBoard(
            leading: plan.leading.count, following: plan.following.count, strips: stripCount, room: plan.stripsInWork)
        bandsToScout = Mutex(
            BandsOverStrips(bands: plan.bands?.scouted ?? [], rowsPerStrip: rowsPerStrip, stripCount: stripCount))
        let strips = (0..<stripCount).map { $0 * rowsPerStrip..<min(shape.height, ($0 + 1) * rowsPerStrip) }
        bandsToJudge = Mutex(
            BandsOverStrips(bands: plan.bands?.judged ?? strips, rowsPerStrip: rowsPerStrip, stripCount: stripCount))
    }

    private func run() -> Outcome {
        let idleSeconds = WorkerTeam.runMeasuringIdleness(workers: plan.workers) { [self] worker in work(worker) }
        if let stopped = stopped.withLock({ $0 }) { return stopped }
        var timing = timing.withLock { $0 }
        timing.idleSeconds = idleSeconds
        return .complete(timing.divided(by: Double(plan.workers)))
    }

    private func stop(_ outcome: Outcome) {
        stopped.withLock { $0 = $0 ?? outcome }
        board.stop()
    }

    private func work(_ worker: Int) {
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
            guard let frames = decode(turn, worker) else { return }
            let decoded = monotonicSeconds()
            spent.decodeSeconds += decoded - begun
            let waited = add(frames, turn, worker)
            let added = monotonicSeconds()
            spent.waitSeconds += waited
            spent.accumulateSeconds += added - decoded - waited
            if board.finish(turn) { analyse(turn, worker) }
            spent.analysisSeconds += monotonicSeconds() - added
        }
    }

    private func rows(ofStrip strip: Int) -> Range<Int> {
        strip * plan.rowsPerStrip..<min(shape.height, (strip + 1) * plan.rowsPerStrip)
    }

    /// Returns where the rows of each frame are; nil, and the work stops, when a photo is damaged.
    private func decode(_ turn: StripBoard.Turn, _ worker: Int) -> [UnsafeRawPointer]? {
        let batch = batches[turn.batch]
        let rows = rows(ofStrip: turn.strip)
        var readers: [WitnessReader] = []
        if let search, !board.leads(turn.batch) { readers = batch.readers(reaching: rows, search, plan) }
        var frames: [UnsafeRawPointer] = []
        for (slot, file) in batch.files.enumerated() {
            do throws(FastPixError) {
                let photo = try batch.photo(slot, settings)
                let pixels = ring.slot(worker: worker, frame: slot)
                try photo.readRows(rows.count, into: pixels)
                if rows.upperBound == shape.height { _ = try photo.finish(identifying: false, half: nil) }
                // Now, while these rows are in the cache.
                for reader in readers { reader.read(rows: rows, of: slot, from: pixels) }
                frames.append(UnsafeRawPointer(pixels))
            } catch {
                stop(.damaged(FailedPhoto(file, reason: error.reason)))
                return nil
            }
        }
        return frames
    }

    /// Returns the seconds spent waiting.
    private func add(_ frames: [UnsafeRawPointer], _ turn: StripBoard.Turn, _ worker: Int) -> Double {
        let strip = rows(ofStrip: turn.strip)
        let waited = gates[turn.strip % gates.count].enterEachPart(worker: worker, of: plan.workers) { part, isFirst in
            // The last strip may have fewer rows than others.
            let part = part.clamped(to: 0..<strip.count)
            guard !part.isEmpty else { return }
            let rows = strip.lowerBound + part.lowerBound..<strip.lowerBound + part.upperBound
            // An earlier strip has left its moments there. Not cleared before, because now they come into the cache once.
            if isFirst { accumulators.clear(rows: rows) }
            let samples = rows.lowerBound * shape.samplesPerRow..<rows.upperBound * shape.samplesPerRow
            accumulators.accumulate(
                samples, frames: frames.map { $0 + part.lowerBound * shape.bytesPerRow }, framesBefore: 0,
                tileSampleCount: settings.tileSampleCount ?? samples.count)
        }
        progress(Double(frames.count * strip.count) / Double(shape.height))
        return waited
    }

    /// Looks at what is known once the last batch that leads, or the last of all, is in a strip.
    private func analyse(_ turn: StripBoard.Turn, _ worker: Int) {
        if let search, !plan.following.isEmpty, board.leads(turn.batch) {
            for band in bandsToScout.withLock({ $0.stripIsDone(turn.strip) }) {
                search.scout(band: band, of: accumulators, worker: worker)
                for strip in bandsToScout.withLock({ $0.bandIsDone(band) }) { board.open(strip: strip) }
            }
            return
        }
        reader(accumulators, rows(ofStrip: turn.strip))
        for band in bandsToJudge.withLock({ $0.stripIsDone(turn.strip) }) {
            if let search, !search.judge(band: band, of: accumulators, worker: worker) { return stop(.impossible) }
            for strip in bandsToJudge.withLock({ $0.bandIsDone(band) }) {
                gates[strip % gates.count].restart()
                board.free(strip: strip)
            }
        }
    }
}

/// The photos of a batch while they are decoded. Belongs to one worker at a time: the board says to whom, and what one
/// has done comes before what the next one does.
private final class BatchInWork: @unchecked Sendable {
    let files: [PhotoFile]
    private var photos: [OpenPhoto] = []
    /// By band: neighbourhoods of which rows are still to come.
    private var witnesses: [Int: WitnessReader] = [:]

    init(_ files: [PhotoFile]) { self.files = files }

    /// Opens it when it is the first time.
    func photo(_ slot: Int, _ settings: AccumulationSettings) throws(FastPixError) -> OpenPhoto {
        if slot == photos.count {
            photos.append(try OpenPhoto(files[slot], slot: slot, rowsBefore: 0, settings: settings))
        }
        return photos[slot]
    }

    /// What records pixels that `search` wants to know of in these rows, which follow those of the last call.
    func readers(
        reaching rows: Range<Int>, _ search: BandwiseDefectSearch, _ plan: StripwisePlan
    ) -> [WitnessReader] {
        var readers: [Int: WitnessReader] = [:]
        for (band, recorder) in search.recorders(reaching: rows) {
            readers[band] =
                witnesses[band]
                ?? WitnessReader(recorder, frames: plan.framesPerWorker, rowsPerStrip: plan.rowsPerStrip)
        }
        witnesses = readers
        return Array(readers.values)
    }
}
