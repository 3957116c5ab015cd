import FastPixAccumulation
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import Synchronization

/// Decodes photos of any mixture of shapes, several at once, and sums their samples when that is wanted.
package enum DecodingPass {
    /// What is done with decoded samples.
    package enum Purpose: Sendable {
        /// Nothing: whether a photo is sound shows when it is decoded to its end.
        case verification
        case sums
        /// Sums, and how often each value occurs.
        case sumsAndCounts
    }

    package struct Outcome: Sendable {
        var totals = ChannelTotals()
        /// Photos that left no sample behind, ordered by path.
        package var failed: [FailedPhoto] = []
        /// Photos that count although they are odd, ordered by path.
        package var odd: [OddPhoto] = []
        /// Why the checkpoint could not be saved at the end.
        var notSaved: FastPixError?
    }

    /// `progress` hears of every photo that is done with, from any thread. Throws `interrupted`, before the next photo. The result is the same for any number of
    /// workers and any order of the photos.
    package static func run(
        _ photos: [PhotoFile], purpose: Purpose, workers: Int, maximumPixels: UInt64, memory: MemoryBudget,
        interruption: Interruption? = nil, progress: @escaping @Sendable (PhotoFile) -> Void
    ) throws(FastPixError) -> Outcome {
        try run(
            photos, purpose: purpose, workers: workers, maximumPixels: maximumPixels, memory: memory, checkpoint: nil,
            interruption: interruption, progress: progress)
    }

    /// `checkpoint`: gets the photos' sums, which then are its totals, and does not hold any of them yet. Throws when it
    /// cannot be saved before all is done, too. `decoded` hears of those that are decoded to their end, and the time that took.
    static func run(
        _ photos: [PhotoFile], purpose: Purpose, workers: Int, maximumPixels: UInt64, memory: MemoryBudget,
        checkpoint: ChannelCheckpoint?, interruption: Interruption?,
        decoded: @escaping @Sendable (PhotoFile, _ seconds: Double) -> Void = { _, _ in },
        progress: @escaping @Sendable (PhotoFile) -> Void
    ) throws(FastPixError) -> Outcome {
        // What takes longest first, so that the last photos, which decide how long workers wait, are quick.
        let ordered = photos.sorted { $0.decodingCost > $1.decodingCost }
        let result = Mutex(Outcome())
        let notSaved = Mutex<FastPixError?>(nil)
        // Without a checkpoint there is nothing to save, and a photo in hand would hold up the end.
        if checkpoint != nil { interruption?.beginAnswering() }
        defer { if checkpoint != nil { interruption?.endAnswering() } }
        // A worker holds one photo open.
        let team = max(1, min(workers, OpenFile.limit))
        WorkerTeam.share(ordered.count, workers: team) { next in
            var own = Outcome()
            var reader = StripReader()
            while interruption?.isCancelled != true, notSaved.withLock({ $0 == nil }), let index = next() {
                let photo = ordered[index]
                do throws(FastPixError) {
                    try memory.using(memoryBytes(photo, purpose), for: photo.path) { () throws(FastPixError) in
                        let begun = monotonicSeconds()
                        let taken = try take(
                            photo, purpose, maximumPixels: maximumPixels, checkpoint, with: &reader, into: &own)
                        decoded(photo, monotonicSeconds() - begun)
                        guard let taken, let checkpoint else { return }
                        do throws(FastPixError) {
                            try checkpoint.add(taken.sums, of: photo, taken.hash)
                        } catch {
                            // Not the photo's fault.
                            notSaved.withLock { $0 = $0 ?? error }
                        }
                    }
                } catch {
                    own.failed.append(
                        FailedPhoto(photo, reason: error.reason, isUnsupported: error.code == .unsupported))
                }
                progress(photo)
            }
            result.withLock {
                $0.totals += own.totals
                $0.failed += own.failed
                $0.odd += own.odd
            }
        }
        if let error = notSaved.withLock({ $0 }) { throw error }
        if let checkpoint {
            if interruption?.isCancelled == true { try checkpoint.endInterrupted() }
        }
        try interruption?.check()
        var outcome = result.withLock { $0 }
        if let checkpoint {
            do throws(FastPixError) {
                try checkpoint.save()
            } catch {
                // What has been worked out is not lost with it.
                outcome.notSaved = error
            }
            outcome.totals = checkpoint.totals
        }
        outcome.failed.sort { $0.place < $1.place }
        outcome.odd.sort { $0.path < $1.path }
        return outcome
    }

    /// What decoding a photo takes at most (estimate).
    private static func memoryBytes(_ photo: PhotoFile, _ purpose: Purpose) -> Int {
        let header = photo.header
        // Of this photo, and of all photos of a worker.
        let counts = purpose == .sumsAndCounts ? 2 * header.shape.channels * 8 << header.shape.bitsPerSample : 0
        return header.decoderBytes + AccumulationPlan.bytesPerOpenPhoto + StripReader.memoryBytes(header.shape) + counts
    }

    /// Returns what is not in `outcome` because a checkpoint is to have it.
    private static func take(
        _ photo: PhotoFile, _ purpose: Purpose, maximumPixels: UInt64, _ checkpoint: ChannelCheckpoint?,
        with reader: inout StripReader, into outcome: inout Outcome
    ) throws(FastPixError) -> (sums: PhotoSums, hash: ContentHash)? {
        guard purpose != .verification else {
            if let odd = try reader.read(photo, maximumPixels: maximumPixels, strip: { _, _ in }) {
                outcome.odd.append(odd)
            }
            return nil
        }
        guard photo.header.shape.sampleType != .f32 else {
            throw FastPixError(
                .unsupported, path: photo.name,
                "its samples are floating-point numbers, which have no exact sums; without moments it is counted")
        }
        var sums = PhotoSums(photo.header.shape, countsValues: purpose == .sumsAndCounts)
        var hash: ContentHash?
        let odd = try reader.read(
            photo, maximumPixels: maximumPixels, strip: { sums.add($0, pixelCount: $1) },
            ended: { (file) throws(FastPixError) in hash = try checkpoint?.hash(photo, file) })
        if let odd { outcome.odd.append(odd) }
        if let hash { return (sums, hash) }
        sums.enter(&outcome.totals)
        return nil
    }
}
