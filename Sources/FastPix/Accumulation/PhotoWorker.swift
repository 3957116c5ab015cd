import SystemPackage

/// One worker's loop: takes batches, decodes their photos in step, hands the rows to the accumulators.
/// Belongs to one thread.
struct PhotoWorker: ~Copyable {
    private(set) var timing = AccumulationTiming()
    private let job: PhotoAccumulation
    private let number: Int
    private let queue: BatchQueue
    private let witnesses: WitnessReader?

    init(_ job: PhotoAccumulation, number: Int, queue: BatchQueue, recorder: WitnessRecorder?) {
        self.job = job
        self.number = number
        self.queue = queue
        witnesses = recorder.map {
            WitnessReader($0, frames: job.plan.framesPerWorker, rowsPerStrip: job.plan.rowsPerStrip)
        }
    }

    mutating func run() {
        // At least one batch, so that the work goes on however often it pauses.
        repeat {
            guard let batch = queue.next(for: number) else { return }
            process(batch)
        } while !job.isPausing
    }

    /// A photo of the current batch that has not failed so far.
    private final class OpenPhoto {
        let photo: PhotoFile
        let slot: Int
        let file: OpenFile
        let decoder: PhotoDecoder

        init(_ photo: PhotoFile, slot: Int, settings: AccumulationSettings) throws(FastPixError) {
            self.photo = photo
            self.slot = slot
            file = try OpenFile(photo.path)
            decoder = try PhotoDecoder(
                file, channels: settings.channels, maximumPixels: settings.maximumPixels)
            guard decoder.shape == photo.header.shape, file.state == photo.state else { throw changed }
        }

        /// Checks, after the last row, that what was decoded was one complete file. Says which, when `identifying`.
        func finish(identifying: Bool) throws(FastPixError) -> StatePhoto? {
            try decoder.finish()
            let hash = identifying ? try ContentHash(of: file) : nil
            guard file.isUnchanged else { throw changed }
            return hash.map { StatePhoto(hash: $0, name: photo.path.lastComponent?.string ?? "") }
        }

        private var changed: FastPixError {
            FastPixError(.corrupt, path: photo.path.string, "the file changed while it was being read; run again")
        }
    }

    private mutating func process(_ batch: PhotoBatch) {
        let start = monotonicSeconds()
        var photos: [OpenPhoto] = []
        for (slot, photo) in batch.photos.enumerated() {
            do throws(FastPixError) {
                photos.append(try OpenPhoto(photo, slot: slot, settings: job.settings))
            } catch {
                job.photoFailed(error, photo, leavesNothing: true)
            }
        }
        timing.decodeSeconds += monotonicSeconds() - start
        for strip in 0..<job.stripCount {
            decode(strip: strip, of: &photos)
            let decoded = monotonicSeconds()
            let waited = job.accumulate(
                strip: strip, of: batch,
                frames: photos.map { UnsafeRawPointer(job.ring.slot(worker: number, frame: $0.slot)) },
                worker: number)
            for photo in photos {
                witnesses?.read(
                    rows: job.rows(ofStrip: strip), of: photo.slot,
                    from: job.ring.slot(worker: number, frame: photo.slot))
            }
            timing.waitSeconds += waited
            timing.accumulateSeconds += monotonicSeconds() - decoded - waited
        }
        finish(photos)
    }

    private mutating func decode(strip: Int, of photos: inout [OpenPhoto]) {
        let start = monotonicSeconds()
        let rowCount = job.rows(ofStrip: strip).count
        photos.removeAll { open in
            do throws(FastPixError) {
                try open.decoder.readRows(rowCount, into: job.ring.slot(worker: number, frame: open.slot))
                return false
            } catch {
                fail(open, error, strips: strip)
                return true
            }
        }
        timing.decodeSeconds += monotonicSeconds() - start
    }

    private mutating func finish(_ photos: [OpenPhoto]) {
        let start = monotonicSeconds()
        var complete = 0
        var identities: [FilePath: StatePhoto] = [:]
        for open in photos {
            do throws(FastPixError) {
                identities[open.photo.path] = try open.finish(identifying: job.identifiesPhotos)
                complete += 1
            } catch {
                fail(open, error, strips: job.stripCount)
            }
        }
        job.photosDone(complete, identities)
        timing.decodeSeconds += monotonicSeconds() - start
    }

    /// Reports a damaged photo whose first `strips` strips are in the accumulators, and takes them out again.
    private func fail(_ open: OpenPhoto, _ error: FastPixError, strips: Int) {
        let leavesNothing = strips == 0 || (job.accumulators.kind == .exact && takeBack(open, strips: strips))
        job.photoFailed(error, open.photo, leavesNothing: leavesNothing)
    }

    /// True when the accumulators are as if the photo had never been there.
    private func takeBack(_ open: OpenPhoto, strips: Int) -> Bool {
        let rows = job.ring.slot(worker: number, frame: open.slot)
        do throws(FastPixError) {
            // The same bytes through the same decoder give the same rows, as far as they did before.
            let again = try PhotoDecoder(
                open.file, channels: job.settings.channels, maximumPixels: job.settings.maximumPixels)
            for strip in 0..<strips {
                try again.readRows(job.rows(ofStrip: strip).count, into: rows)
                job.remove(strip: strip, frame: rows, worker: number)
                witnesses?.read(rows: job.rows(ofStrip: strip), of: open.slot, from: rows, sign: -1)
            }
            return open.file.isUnchanged
        } catch {
            // Short of memory, for instance.
            return false
        }
    }
}
