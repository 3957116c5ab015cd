import Synchronization

/// Photos that one worker decodes in step and accumulates together.
struct PhotoBatch: Sendable {
    /// Position in the order of batches; batches are handed out in this order.
    let index: Int
    /// How many photos the batches before this one hold.
    let photosBefore: Int
    let photos: [PhotoFile]
}

/// Deals photos to workers so that all of them end at about the same time.
///
/// Each worker is dealt its fair share of the estimated cost of decoding, in full batches, because one pass over the
/// accumulators then serves many photos; the last batch of a share is smaller, but not so small that its pass costs
/// more than waiting. A worker that is done with its share helps with what others have not begun, in shrinking
/// portions (guided self-scheduling, Polychronopoulos & Kuck 1987).
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

    private struct Position {
        var index = 0
        var taken = 0
        var costLeft: Double
        /// Cost dealt so far, by worker.
        var dealt: [Double]
    }

    private let photos: [PhotoFile]
    private let limits: Limits
    private let fairShare: Double
    private let position: Mutex<Position>
    /// Batches and photos of an earlier queue, after which these are counted.
    private let batchesBefore: Int
    private let photosBefore: Int

    /// `earlier` is a queue that has been emptied, when these photos continue its set.
    init(_ photos: [PhotoFile], limits: Limits, after earlier: BatchQueue? = nil) {
        self.photos = photos
        self.limits = limits
        let cost = photos.reduce(0) { $0 + $1.decodingCost }
        fairShare = cost / Double(limits.workers)
        batchesBefore = earlier?.batchesDealt ?? 0
        photosBefore = earlier?.photosDealt ?? 0
        position = Mutex(Position(costLeft: cost, dealt: [Double](repeating: 0, count: limits.workers)))
    }

    private var batchesDealt: Int { batchesBefore + position.withLock { $0.index } }

    var photoCount: Int { photos.count }

    /// Photos dealt so far, those of earlier queues included.
    var photosDealt: Int { photosBefore + position.withLock { $0.taken } }
    var isEmpty: Bool { position.withLock { $0.taken } == photos.count }

    /// The next batch for a worker (0...); nil when all photos have been dealt. Safe from any thread.
    func next(for worker: Int) -> PhotoBatch? {
        position.withLock { position in
            let left = photos[position.taken...]
            guard !left.isEmpty else { return nil }
            let cost = costOfNextBatch(position, worker)
            let count = photoCount(of: left, cost: cost)
            let batch = PhotoBatch(
                index: batchesBefore + position.index, photosBefore: photosBefore + position.taken,
                photos: Array(left.prefix(count)))
            let dealt = batch.photos.reduce(0) { $0 + $1.decodingCost }
            position.index += 1
            position.taken += count
            position.costLeft -= dealt
            position.dealt[worker] += dealt
            return batch
        }
    }

    private func costOfNextBatch(_ position: Position, _ worker: Int) -> Double {
        let photoCost = position.costLeft / Double(photos.count - position.taken)
        let full = Double(limits.batch) * photoCost
        let smallest = Double(Self.smallestUsefulBatch) * photoCost
        let guided = position.costLeft / Double(limits.workers)
        let due = fairShare - position.dealt[worker]
        if due < guided { return min(full, max(guided, min(smallest, fairShare))) }
        return due > full ? min(full, max(smallest, due - smallest)) : due
    }

    /// A pass over the accumulators for fewer photos than this costs more than a worker waits at the end.
    private static let smallestUsefulBatch = 4

    /// Photos from the front of `left` whose cost comes nearest to `cost`, within the limits.
    private func photoCount(of left: ArraySlice<PhotoFile>, cost: Double) -> Int {
        var count = 0
        var sum = 0.0
        var decoderBytes = 0
        for photo in left {
            // Half a photo too much is as good as half a photo too little.
            let isEnough = count >= limits.batch || sum + photo.decodingCost / 2 > cost
            decoderBytes += photo.header.decoderBytes
            if count > 0, count % limits.multiple == 0, isEnough || decoderBytes > limits.decoderBytes { break }
            sum += photo.decodingCost
            count += 1
        }
        return count
    }
}

extension PhotoFile {
    /// Estimate of the work of decoding, comparable between photos of one frame shape.
    var decodingCost: Double {
        Double(max(1, bytesOnDisk)) * (header.isDecodedWhole ? Self.wholePictureCost : 1)
    }

    /// Progressive JPEGs take about this much more time for a byte than baseline ones: each scan visits every block.
    private static let wholePictureCost = 2.5
}
