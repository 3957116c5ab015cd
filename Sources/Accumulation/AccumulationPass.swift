import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import Synchronization
import SystemPackage

/// One pass over the photos of a group: decodes them in batches side by side, strip of rows by strip of rows, adds every
/// strip to the accumulators while its rows are in the cache, and lets finished rows be read.
///
/// All ways of accumulating are this one. What the plan decides is how many batches are open at a time, and how many rows
/// of accumulators are held: some strips, whose places are used again as soon as they are read, or all.
final class AccumulationPass: Sendable {
    private let shape: FrameShape
    private let settings: AccumulationSettings
    private let plan: AccumulationPlan
    private let base: GroupCheckpoint.Content
    private let checkpoint: GroupCheckpoint?
    private let interruption: Interruption?
    private let progress: @Sendable (Double) -> Void
    private let decoded: @Sendable (PhotoFile, _ seconds: Double) -> Void
    private let makeReader: @Sendable (_ frameCount: Int) -> FinishedRows.Reader
    /// What a reader is going to take of memory.
    private let readerBytes: Int
    private let reader = Mutex<FinishedRows.Reader?>(nil)

    let accumulators: Accumulators
    /// Where the extremes are counted.
    let coarse: CoarseSums?
    private let ring: FrameRing
    private let board: StripBoard
    /// By place.
    private let gates: [StripGate]
    private let finished: FinishedRows
    private let batches: [BatchInWork]
    private let findings: Mutex<Findings>
    private let hashes = FileHashes()
    /// Whose patterns are compared.
    private let comparedPlaces: Set<PhotoFile.Place>

    struct Findings: Sendable {
        var failed: [FailedPhoto] = []
        /// What is in the accumulators; told apart by content with a checkpoint only.
        var content: GroupCheckpoint.Content
        /// Photos that are in the accumulators whole, and what is known of them.
        var wholeCount = 0
        var facts: [FrameFact] = []
        /// Of these, those that were decoded here and look as if they were damaged, or were odd.
        var damageSigns: [(photo: PhotoFile, signs: DamageSigns)] = []
        var odd: [OddPhoto] = []
        var patterns: [(photo: PhotoFile, pattern: PatternSample)] = []
        /// A damaged photo has left samples in the accumulators: the pass must be made again.
        var isSpoiled = false
        var fatal: FastPixError?
        /// Why the checkpoint could not be saved when all was done.
        var notSaved: FastPixError?
        var timing = AccumulationTiming()
    }

    /// `job.photos`: those that `checkpoint` does not hold whole. `makeReader` is called once, when the number of frames is
    /// known and rows are finished. `progress` hears of photos, or parts of photos, of `job` that are done with, `decoded` of
    /// those that are decoded to their end, and the time that took.
    init(
        _ job: AccumulationPlan.Job, plan: AccumulationPlan, settings: AccumulationSettings,
        checkpoint: GroupCheckpoint?, interruption: Interruption?,
        reading makeReader: @escaping @Sendable (_ frameCount: Int) -> FinishedRows.Reader,
        progress: @escaping @Sendable (Double) -> Void,
        decoded: @escaping @Sendable (PhotoFile, _ seconds: Double) -> Void = { _, _ in }
    ) throws(FastPixError) {
        shape = job.shape
        self.plan = plan
        self.settings = settings
        self.checkpoint = checkpoint
        self.interruption = interruption
        self.makeReader = makeReader
        readerBytes = job.otherBytes
        self.progress = progress
        self.decoded = decoded
        base = checkpoint?.saved ?? GroupCheckpoint.Content()
        findings = Mutex(Findings(content: base))
        let rowsPerStrip = plan.rowsPerStrip
        let stripCount = (job.shape.height + rowsPerStrip - 1) / rowsPerStrip
        var places = stripCount
        if case .strips(let strips) = plan.held { places = min(strips, stripCount) }
        let holdsAll = places == stripCount
        accumulators = try Accumulators(
            shape: job.shape, contents: job.contents, inFile: plan.held == .file,
            rowsHeld: holdsAll ? nil : places * rowsPerStrip)
        coarse = try job.contents.hasExtremes ? CoarseSums(job.shape) : nil
        let photos = job.photos
        comparedPlaces =
            job.comparesPatterns ? Set(PatternSample.chosen(of: photos.count).map { photos[$0].place }) : []
        ring = try FrameRing(
            workers: plan.workers, framesPerWorker: plan.framesPerBatch,
            stripBytes: rowsPerStrip * job.shape.bytesPerRow)
        board = StripBoard(
            batches: plan.batches.count, mostOpen: plan.openBatches, strips: stripCount, room: places,
            isOrdered: job.contents.kind == .welford)
        gates = (0..<places).map { _ in
            // New memory is empty.
            StripGate(parts: StripGate.parts(rowCount: rowsPerStrip).count, isUntouched: !holdsAll)
        }
        finished = FinishedRows(job.shape, rowsPerStrip: rowsPerStrip)
        var before = 0
        batches = plan.batches.map { photos in
            defer { before += photos.count }
            return BatchInWork(photos, photosBefore: before)
        }
    }

    /// Throws when the checkpoint cannot be read, or written before all is done, or the work was interrupted. What was found, a
    /// spoiled pass included, is returned.
    func run() throws(FastPixError) -> Findings {
        try checkpoint?.restore(into: accumulators, coarse)
        findings.withLock {
            $0.wholeCount = base.wholeCount
            $0.facts = base.taken.values.compactMap(\.fact)
        }
        // Without a checkpoint there is nothing to save, and a worker held in a read would hold up the end.
        if checkpoint != nil { interruption?.beginAnswering() }
        defer { interruption?.endAnswering() }
        repeat {
            let idle = WorkerTeam.runMeasuringIdleness(workers: plan.workers) { [self] worker in work(worker) }
            findings.withLock { $0.timing.idleSeconds += idle }
            try comeToRest()
        } while !board.isComplete && !soFar.isSpoiled
        var found = soFar
        guard !found.isSpoiled else {
            found.timing = found.timing.divided(by: Double(plan.workers))
            return found
        }
        accumulators.frameCount = found.wholeCount
        coarse?.frameCounts = [0, 1].map { half in found.facts.count { $0.half == half } }
        if !readsOnTheWay {
            readAll()
            if let fatal = soFar.fatal { throw fatal }
        }
        found.timing = soFar.timing.divided(by: Double(plan.workers))
        return found
    }

    private var soFar: Findings { findings.withLock { $0 } }

    /// Whether strips are read as they are completed. Otherwise all are read at the end: a checkpoint may have brought
    /// whole frames, of which no strip is ever completed here.
    private var readsOnTheWay: Bool {
        if case .strips = plan.held { return true }
        return false
    }

    /// Saves what there is, where that is wanted, and throws when the work ends here.
    private func comeToRest() throws(FastPixError) {
        if let fatal = soFar.fatal { throw fatal }
        let isInterrupted = interruption?.isCancelled == true
        if let checkpoint, !soFar.isSpoiled {
            if isInterrupted { leaveUnfinished() }
            accumulators.frameCount = soFar.wholeCount
            if let fatal = soFar.fatal { throw fatal }
            // A photo that has changed since it was opened has left rows that belong to nothing: what was saved last stays.
            let found = soFar
            if !found.isSpoiled, found.content != checkpoint.saved {
                do throws(FastPixError) {
                    try checkpoint.save(accumulators, coarse, found.content, workers: plan.workers)
                } catch {
                    // What has been worked out is not lost with it.
                    guard board.isComplete, !isInterrupted else { throw error }
                    findings.withLock { $0.notSaved = error }
                }
            }
            board.go()
        }
        guard isInterrupted else { return }
        guard let checkpoint else { throw FastPixError(.interrupted, "interrupted; nothing was saved") }
        let saved = checkpoint.saved
        let parts = saved.unfinishedCount == 0 ? "" : ", and parts of \(saved.unfinishedCount),"
        throw FastPixError(
            .interrupted, path: checkpoint.path,
            "interrupted; the state of \(counted(saved.wholeCount, "photo"))\(parts) is saved, run the same command "
                + "again to go on")
    }

    // MARK: Workers

    private func work(_ worker: Int) {
        var spent = AccumulationTiming()
        defer { findings.withLock { $0.timing += spent } }
        var preferred = worker * batches.count / plan.workers
        while true {
            if interruption?.isCancelled == true { board.stop() }
            if checkpoint?.isDue == true, hasSomethingToSave || soFar.isSpoiled { board.drain() }
            let arrived = monotonicSeconds()
            let turn = board.next(preferring: preferred)
            let begun = monotonicSeconds()
            spent.waitSeconds += begun - arrived
            guard let turn else { return }
            preferred = turn.batch
            let rows = rows(ofStrip: turn.strip)
            let frames = decode(rows, turn.batch, worker)
            let decoded = monotonicSeconds()
            spent.decodeSeconds += decoded - begun
            let waited = add(rows, frames, turn, worker)
            let added = monotonicSeconds()
            spent.waitSeconds += waited
            spent.accumulateSeconds += added - decoded - waited
            if rows.upperBound == shape.height { close(turn.batch) }
            if board.finish(turn), readsOnTheWay { stripIsComplete(turn.strip) }
            spent.analysisSeconds += monotonicSeconds() - added
        }
    }

    private var hasSomethingToSave: Bool {
        guard let checkpoint else { return false }
        return soFar.wholeCount > checkpoint.saved.wholeCount
    }

    private func rows(ofStrip strip: Int) -> Range<Int> {
        strip * plan.rowsPerStrip..<min(shape.height, (strip + 1) * plan.rowsPerStrip)
    }

    /// Decodes these rows of the batch's photos. Those that turn out damaged are left out.
    private func decode(_ rows: Range<Int>, _ batch: Int, _ worker: Int) -> [DecodedRows] {
        let batch = batches[batch]
        if rows.lowerBound == 0 { open(batch) }
        var frames: [DecodedRows] = []
        for (slot, photo) in batch.photos.enumerated() {
            guard let photo else { continue }
            do throws(FastPixError) {
                let frame = try photo.readRows(rows.count, into: ring.slot(worker: worker, frame: slot))
                // Before the last rows are added: a photo of a single strip then leaves nothing behind.
                if rows.upperBound == shape.height {
                    try photo.finish()
                    if checkpoint != nil { batch.hashes[slot] = try photo.hash(hashes) }
                }
                frames.append(frame)
            } catch {
                batch.photos[slot] = nil
                photoFailed(photo.photo, error, rowsTaken: max(photo.rowsBefore, rows.lowerBound))
                progress(1 - Double(rows.lowerBound) / Double(shape.height))
            }
        }
        return frames
    }

    private func open(_ batch: BatchInWork) {
        let keptRows = accumulators.contents.hasExtremes ? 2 * shape.neighbourDistance : 0
        for (slot, file) in batch.files.enumerated() {
            let rowsBefore = base.taken[file.place]?.rows ?? 0
            do throws(FastPixError) {
                batch.photos[slot] = try OpenPhoto(
                    file, rowsBefore: rowsBefore, keptRows: keptRows,
                    pattern: comparedPlaces.contains(file.place) ? PatternSample(shape) : nil, settings: settings)
            } catch {
                photoFailed(file, error, rowsTaken: rowsBefore)
                progress(1)
            }
        }
    }

    /// Adds the strip of these frames to the accumulators. Returns the seconds spent waiting for others.
    private func add(_ rows: Range<Int>, _ frames: [DecodedRows], _ turn: StripBoard.Turn, _ worker: Int) -> Double {
        var waited = 0.0
        // Once spoiled, the pass goes on only to find the other damaged photos.
        if !soFar.isSpoiled, !frames.isEmpty {
            let parts = StripGate.parts(rowCount: plan.rowsPerStrip)
            waited = gates[turn.strip % gates.count].enterEachPart(worker: worker, of: plan.workers) { part, isFirst in
                // The last strip may have fewer rows than others.
                let own = parts[part].lowerBound + rows.lowerBound..<parts[part].upperBound + rows.lowerBound
                scan(own.clamped(to: rows), of: rows, frames, batches[turn.batch].photosBefore, isFirst: isFirst)
            }
            // Extremes have been counted of rows before these.
            accumulators.release(rows: rows.lowerBound - shape.neighbourDistance..<rows.upperBound)
        }
        let photos = batches[turn.batch].photos.compactMap { $0 }
        for (photo, frame) in zip(photos, frames) where rows.upperBound < shape.height {
            photo.keepLastRows(of: frame, rowCount: rows.count)
        }
        progress(Double(frames.count * rows.count) / Double(shape.height))
        return waited
    }

    /// Adds a part of a strip. Its extremes lag behind: they are those of the rows whose neighbours below have just come.
    private func scan(
        _ part: Range<Int>, of strip: Range<Int>, _ frames: [DecodedRows], _ photosBefore: Int, isFirst: Bool
    ) {
        guard !part.isEmpty else { return }
        // An earlier strip has left its numbers there. Not cleared before, because now they come into the cache once. Of the
        // extremes those that are counted with this part: others may count those of its last rows before it is cleared.
        if isFirst {
            accumulators.clearMoments(rows: part)
            accumulators.clearExtremes(rows: Accumulators.rowsOfExtremes(shape, with: part))
        }
        // Frames of a run that goes on begin at different rows.
        for (firstRow, frames) in Dictionary(grouping: frames, by: { max($0.rowsBefore, part.lowerBound) })
        where firstRow < part.upperBound {
            accumulators.scanMoments(
                rows: firstRow..<part.upperBound, frames: frames.map { $0.row(firstRow) }, framesBefore: photosBefore,
                tileSampleCount: settings.tileSampleCount)
        }
        guard let coarse else { return }
        for frame in frames { frame.levels.damage.look(at: part, of: frame, shape: shape) }
        for row in CoarseSums.rowsLookedAt(part) {
            for frame in frames {
                coarse.add(
                    row: row, of: frame.row(row), half: row < frame.rowsBefore ? nil : frame.half, to: frame.levels)
                frame.levels.pattern?.add(row: row, of: frame.row(row))
            }
        }
        let distance = shape.neighbourDistance
        let countable = Accumulators.rowsWithExtremes(shape, decodedRows: strip.upperBound)
        let lagging = part.lowerBound - distance..<part.upperBound - distance
        accumulators.scanExtremes(rows: lagging.clamped(to: countable), frames: frames)
    }

    /// The batch's photos are decoded to their end.
    private func close(_ batch: Int) {
        let batch = batches[batch]
        for case let photo? in batch.photos { decoded(photo.photo, photo.secondsDecoding) }
        findings.withLock { findings in
            for (slot, photo) in batch.photos.enumerated() {
                guard let photo else { continue }
                findings.wholeCount += 1
                if coarse != nil { findings.facts.append(photo.fact) }
                if photo.damageSigns.isNotable(shape) {
                    findings.damageSigns.append((photo.photo, photo.damageSigns))
                }
                if let odd = photo.oddPhoto { findings.odd.append(odd) }
                if let pattern = photo.pattern { findings.patterns.append((photo.photo, pattern)) }
                if let hash = batch.hashes[slot] {
                    findings.content.taken[photo.photo.place] = StatePhoto(
                        hash: hash, page: photo.photo.pageInStack, name: photo.photo.fileName,
                        fact: coarse == nil ? nil : photo.fact)
                }
            }
        }
        batch.photos = batch.photos.map { _ in nil }
    }

    private func photoFailed(_ photo: PhotoFile, _ error: FastPixError, rowsTaken: Int) {
        let isInState = base.taken[photo.place] != nil
        findings.withLock { findings in
            findings.failed.append(FailedPhoto(photo, reason: error.reason))
            // Rounded moments count the photos of a batch from its first strip on.
            if rowsTaken > 0 || accumulators.kind == .welford { findings.isSpoiled = true }
            // It may be only the disk that fails, and what was saved is then worth keeping.
            if isInState, error.code == .unreadable || error.code == .outOfMemory {
                findings.fatal = FastPixError(
                    .unreadable, path: photo.name, systemErrno: error.systemErrno,
                    "upper rows of this photo are in the checkpoint, and the others cannot be added: \(error.message); "
                        + "the checkpoint is as it was, run again when the photo can be read, or choose another name for it"
                )
            }
        }
    }

    /// The work stops with only some rows of the open photos in the accumulators.
    private func leaveUnfinished() {
        for batch in batches {
            for photo in batch.photos {
                guard let photo, photo.rowsDecoded > photo.rowsBefore else { continue }
                do throws(FastPixError) {
                    let state = StatePhoto(
                        hash: try photo.hash(hashes), page: photo.photo.pageInStack, name: photo.photo.fileName,
                        rows: photo.rowsDecoded)
                    findings.withLock { $0.content.taken[photo.photo.place] = state }
                } catch {
                    photoFailed(photo.photo, error, rowsTaken: photo.rowsDecoded)
                }
            }
        }
    }

    // MARK: Finished rows

    private func stripIsComplete(_ strip: Int) {
        for band in finished.stripIsComplete(strip) {
            read(band)
            for strip in finished.bandIsRead(band) {
                gates[strip % gates.count].restart()
                board.free(strip: strip)
            }
        }
    }

    private func readAll() {
        let strips = (shape.height + plan.rowsPerStrip - 1) / plan.rowsPerStrip
        let begun = monotonicSeconds()
        _ = WorkerTeam.map(strips, workers: plan.workers) { [self] strip in
            for band in finished.stripIsComplete(strip) {
                read(band)
                for strip in finished.bandIsRead(band) { accumulators.release(rows: rows(ofStrip: strip)) }
            }
        }
        let seconds = monotonicSeconds() - begun
        findings.withLock { $0.timing.analysisSeconds += seconds * Double(plan.workers) }
    }

    private func read(_ band: Int) {
        let found = soFar
        guard !found.isSpoiled else { return }
        let read = reader.withLock { reader -> FinishedRows.Reader? in
            if let reader { return reader }
            // All batches have been in the first strip by now, so that a photo that is missing is known.
            if readsOnTheWay {
                accumulators.frameCount = batches.reduce(0) { $0 + $1.files.count } - found.failed.count
            }
            // No photo, no reader: what it holds of a whole frame is not for files that only claim to have one.
            guard accumulators.frameCount > 0, soFar.fatal == nil else { return nil }
            do throws(FastPixError) {
                try AddressSpace.demand(readerBytes, for: "the analysis")
            } catch {
                findings.withLock { $0.fatal = error }
                board.stop()
                return nil
            }
            let new = makeReader(accumulators.frameCount)
            reader = new
            return new
        }
        read?(accumulators, finished.rows(ofBand: band))
    }
}

/// The photos of a batch while they are decoded. Belongs to one worker at a time: the board says to whom, and what one
/// has done comes before what the next one does.
private final class BatchInWork: @unchecked Sendable {
    let files: [PhotoFile]
    /// How many photos the batches before this one hold.
    let photosBefore: Int
    /// By slot; nil when it is not open, or damaged.
    var photos: [OpenPhoto?]
    /// By slot, of complete photos.
    var hashes: [ContentHash?]

    init(_ files: [PhotoFile], photosBefore: Int) {
        self.files = files
        self.photosBefore = photosBefore
        photos = files.map { _ in nil }
        hashes = files.map { _ in nil }
    }
}
