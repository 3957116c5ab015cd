import Synchronization

/// Photos that one worker decodes in step and accumulates together.
struct PhotoBatch: Sendable {
    /// Position in the order of batches; batches are handed out in this order.
    let index: Int
    /// How many photos the batches before this one hold.
    let photosBefore: Int
    let photos: [PhotoFile]
}

/// Deals photos to workers.
///
/// A full batch makes one pass over the accumulators serve many photos; but whole batches at the end of the set
/// would let workers wait for each other, so batches shrink towards the end to a worker's share of what is left
/// (guided self-scheduling, Polychronopoulos & Kuck 1987), though not so far that passes cost more than waiting.
final class BatchQueue: Sendable {
    struct Limits: Sendable {
        let workers: Int
        /// Photos per batch at most.
        let batch: Int
        /// Batches are whole multiples of this, but for the last one.
        let multiple: Int
        /// Bytes that the decoders of one batch may hold together; one photo (or multiple) is always allowed.
        let decoderBytes: Int
    }

    private let photos: [PhotoFile]
    private let limits: Limits
    private let position: Mutex<(index: Int, taken: Int)>
    /// Batches and photos of an earlier queue, after which these are counted.
    private let batchesBefore: Int
    private let photosBefore: Int

    /// `earlier` is a queue that has been emptied, when these photos continue its set.
    init(_ photos: [PhotoFile], limits: Limits, after earlier: BatchQueue? = nil) {
        self.photos = photos
        self.limits = limits
        batchesBefore = earlier?.batchesDealt ?? 0
        photosBefore = earlier?.photosDealt ?? 0
        position = Mutex((index: 0, taken: 0))
    }

    private var batchesDealt: Int { batchesBefore + position.withLock { $0.index } }
    private var photosDealt: Int { photosBefore + position.withLock { $0.taken } }

    var photoCount: Int { photos.count }

    /// The next batch; nil when all photos have been dealt. Safe from any thread.
    func next() -> PhotoBatch? {
        position.withLock { position in
            let left = photos.count - position.taken
            guard left > 0 else { return nil }
            let wanted = roundedUp(min(limits.batch, max(smallestBatch, share(of: left))))
            var count = 0
            var decoderBytes = 0
            while count < min(wanted, left) {
                decoderBytes += photos[position.taken + count].header.decoderBytes
                if count > 0 && count % limits.multiple == 0 && decoderBytes > limits.decoderBytes { break }
                count += 1
            }
            let batch = PhotoBatch(
                index: batchesBefore + position.index, photosBefore: photosBefore + position.taken,
                photos: Array(photos[position.taken..<position.taken + count]))
            position = (position.index + 1, position.taken + count)
            return batch
        }
    }

    private var smallestBatch: Int { min(Self.smallestUsefulBatch, share(of: photos.count)) }

    /// A pass over the accumulators for fewer photos than this costs more than a worker waits at the end.
    private static let smallestUsefulBatch = 4

    private func share(of count: Int) -> Int { (count + limits.workers - 1) / limits.workers }

    private func roundedUp(_ count: Int) -> Int {
        (count + limits.multiple - 1) / limits.multiple * limits.multiple
    }
}
