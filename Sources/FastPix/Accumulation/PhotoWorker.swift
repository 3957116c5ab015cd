import SystemPackage

/// One worker's loop: takes batches, decodes their photos in step, hands the rows to the accumulators.
/// Belongs to one thread.
struct PhotoWorker: ~Copyable {
    private(set) var timing = AccumulationTiming()
    private let job: PhotoAccumulation
    private let number: Int
    private let queue: BatchQueue
    private let half: Int?
    private let witnesses: WitnessReader?

    /// `half`: which one the queue's photos are, where there are halves.
    init(_ job: PhotoAccumulation, number: Int, queue: BatchQueue, half: Int?, recorder: WitnessRecorder?) {
        self.job = job
        self.number = number
        self.queue = queue
        self.half = half
        witnesses = recorder.map {
            WitnessReader($0, frames: job.plan.framesPerWorker, rowsPerStrip: job.plan.rowsPerStrip)
        }
    }

    mutating func run() {
        // At least one batch, so that the work goes on however often it pauses.
        repeat {
            guard !job.isStopping, let batch = queue.next(for: number) else { return }
            process(batch)
        } while !job.isPausing
    }

    private mutating func process(_ batch: PhotoBatch) {
        var photos = open(batch)
        for strip in 0..<job.stripCount {
            decode(strip: strip, of: &photos)
            add(strip: strip, of: batch, photos)
            if job.isStopping { break }
        }
        finish(photos)
    }

    private mutating func open(_ batch: PhotoBatch) -> [OpenPhoto] {
        let start = monotonicSeconds()
        defer { timing.decodeSeconds += monotonicSeconds() - start }
        var photos: [OpenPhoto] = []
        for (slot, photo) in batch.photos.enumerated() where !job.isStopping {
            let rowsBefore = job.findings.rowsBefore(photo)
            do throws(FastPixError) {
                photos.append(try OpenPhoto(photo, slot: slot, rowsBefore: rowsBefore, settings: job.settings))
            } catch {
                job.findings.photoFailed(error, photo, leavesNothing: rowsBefore == 0, identity: identity(photo))
                job.progress(1)
            }
        }
        return photos
    }

    private mutating func decode(strip: Int, of photos: inout [OpenPhoto]) {
        let start = monotonicSeconds()
        let rowCount = job.rows(ofStrip: strip).count
        photos.removeAll { open in
            // The first strip of a photo that is unpacked whole takes as long as all others.
            if job.isStopping { return false }
            do throws(FastPixError) {
                try open.readRows(rowCount, into: job.ring.slot(worker: number, frame: open.slot))
                return false
            } catch {
                fail(open, error)
                return true
            }
        }
        timing.decodeSeconds += monotonicSeconds() - start
    }

    /// Hands on a strip of those photos of which it was decoded: all, unless the work stops.
    private mutating func add(strip: Int, of batch: PhotoBatch, _ photos: [OpenPhoto]) {
        let start = monotonicSeconds()
        let rows = job.rows(ofStrip: strip)
        let decoded = photos.filter { $0.rowsDecoded == rows.upperBound }
        let waited = job.accumulate(
            strip: strip, of: batch,
            frames: decoded.map {
                PhotoAccumulation.StripFrame(
                    pixels: UnsafeRawPointer(job.ring.slot(worker: number, frame: $0.slot)),
                    firstRow: $0.rowsBefore - rows.lowerBound)
            }, worker: number)
        for photo in decoded {
            witnesses?.read(
                rows: rows, of: photo.slot, from: job.ring.slot(worker: number, frame: photo.slot),
                recordingFrom: photo.rowsBefore)
            photo.rowsAdded = rows.upperBound
        }
        job.progress(Double(decoded.count * rows.count) / Double(job.shape.height))
        timing.waitSeconds += waited
        timing.accumulateSeconds += monotonicSeconds() - start - waited
    }

    /// Photos that are decoded to their end are checked, the others left as they are.
    private mutating func finish(_ photos: [OpenPhoto]) {
        let start = monotonicSeconds()
        var complete = 0
        var identities: [FilePath: StatePhoto] = [:]
        for open in photos {
            do throws(FastPixError) {
                guard open.rowsAdded == job.shape.height else {
                    try leave(open)
                    continue
                }
                identities[open.photo.path] = try open.finish(identifying: job.identifiesPhotos, half: half)
                complete += 1
            } catch {
                fail(open, error)
            }
        }
        job.findings.photosDone(complete, identities)
        timing.decodeSeconds += monotonicSeconds() - start
    }

    /// The work stops before the photo's end.
    private func leave(_ open: OpenPhoto) throws(FastPixError) {
        guard open.rowsAdded > open.rowsBefore else { return }
        var identity = try open.identity(half: half)
        identity.rows = open.rowsAdded
        job.findings.photoLeft(open.photo, identity)
    }

    // MARK: Damaged photos

    /// Reports a damaged photo, and takes out again what the accumulators hold of it.
    private func fail(_ open: OpenPhoto, _ error: FastPixError) {
        let leavesNothing = open.rowsTaken == 0 || (job.findings.canTakeBack && takeBack(open))
        job.findings.photoFailed(error, open.photo, leavesNothing: leavesNothing, identity: identity(open.photo))
        job.progress(1 - Double(open.rowsAdded) / Double(job.shape.height))
    }

    /// What a photo that failed is known by; nil when nobody asks, it cannot be read, or is another file by now.
    private func identity(_ photo: PhotoFile) -> StatePhoto? {
        guard job.identifiesPhotos else { return nil }
        do throws(FastPixError) {
            let file = try OpenFile(photo.path)
            let hash = try ContentHash(of: file)
            guard file.state == photo.state, file.isUnchanged else { return nil }
            return StatePhoto(hash: hash, name: photo.path.lastComponent?.string ?? "")
        } catch {
            return nil
        }
    }

    /// True when the accumulators are as if the photo had never been there.
    private func takeBack(_ open: OpenPhoto) -> Bool {
        let rows = job.ring.slot(worker: number, frame: open.slot)
        do throws(FastPixError) {
            // The same bytes through the same decoder give the same rows, as far as they did before.
            let again = try PhotoDecoder(
                open.file, page: open.photo.page, channels: job.settings.channels, maximumPixels: job.settings.maximumPixels)
            for strip in 0..<job.stripCount where job.rows(ofStrip: strip).lowerBound < open.rowsTaken {
                let range = job.rows(ofStrip: strip).clamped(to: 0..<open.rowsTaken)
                try again.readRows(range.count, into: rows)
                job.remove(strip: strip, rowCount: range.count, frame: rows, worker: number)
            }
            return open.file.isUnchanged
        } catch {
            // Short of memory, for instance.
            return false
        }
    }
}
