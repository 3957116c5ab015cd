import CKernels

/// How one pass over the photos of a group is divided among workers, batches and strips, so that everything stays within
/// the memory limit. None of it changes a bit of the result.
struct AccumulationPlan: Sendable {
    let workers: Int
    let rowsPerStrip: Int
    /// Photos that a worker decodes in step, at most; a whole multiple of `multiple`.
    let batch: Int
    let multiple: Int
    /// Photos of one worker that are open at the same time.
    let framesPerWorker: Int
    /// Whether the accumulators lie in a temporary file, of which only the strips in work are in memory.
    let keepsAccumulatorsInFile: Bool

    /// Chooses what is fastest and fits: first smaller batches and strips, then fewer workers, then accumulators in a
    /// file. `otherBytes`: what the analysis of the group needs besides. Throws when even one worker with one photo
    /// does not fit.
    static func fitting(
        _ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, otherBytes: Int
    ) throws(FastPixError) -> AccumulationPlan {
        let multiple = multiple(settings)
        let openFiles = OpenFile.limit
        let mostWorkers = max(1, min(settings.workerCount, photos.count, openFiles / multiple))
        let need = AccumulationNeed(photos, shape: shape, settings: settings, multiple: multiple)
        let available = settings.memoryLimitBytes - programBytes - otherBytes
        for inFile in [false, true] {
            for workers in stride(from: mostWorkers, through: 1, by: -1) {
                // A photo of a batch is an open file; running out of them must not look like damaged photos.
                let wanted = (settings.batch + multiple - 1) / multiple * multiple
                var batch = max(multiple, min(wanted, openFiles / workers / multiple * multiple))
                while true {
                    let frames = min(batch, max(1, photos.count))
                    var rows = settings.rowsPerStrip(shape: shape, batch: batch)
                    while rows > 1, need.bytes(workers, frames, rows: rows, inFile: inFile) > available { rows /= 2 }
                    if need.bytes(workers, frames, rows: rows, inFile: inFile) <= available {
                        return AccumulationPlan(
                            workers: workers, rowsPerStrip: rows, batch: batch, multiple: multiple,
                            framesPerWorker: frames, keepsAccumulatorsInFile: inFile)
                    }
                    if batch == multiple { break }
                    batch = max(multiple, batch / 2 / multiple * multiple)
                }
            }
        }
        let least = settings.memoryLimitBytes - available + need.bytes(1, multiple, rows: 1, inFile: true)
        throw FastPixError(
            .outOfMemory,
            "frames of \(shape.width) x \(shape.height) pixels, \(shape.channels) channels and \(shape.bitsPerSample) bits "
                + "take at least \(mebibytes(least)) MiB even when their accumulators lie in a file, and the memory "
                + "limit is \(mebibytes(settings.memoryLimitBytes)) MiB; raise --memory-limit or use --channels luma")
    }

    /// Rounded moments take in whole blocks of frames.
    private static func multiple(_ settings: AccumulationSettings) -> Int {
        settings.accumulator == .welford ? Int(FPX_WELFORD_BLOCK_FRAMES) : 1
    }

    /// Those photos whose decoders alone, for a worker that does nothing else, are above the limit: they have to be
    /// unpacked whole.
    static func tooLarge(
        _ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, otherBytes: Int
    ) -> [FailedPhoto] {
        let multiple = multiple(settings)
        let others = AccumulationNeed([], shape: shape, settings: settings, multiple: multiple)
        let available =
            settings.memoryLimitBytes - programBytes - otherBytes - others.bytes(1, multiple, rows: 1, inFile: true)
        return photos.filter { $0.header.isDecodedWhole && $0.header.decoderBytes * multiple > available }.map {
            FailedPhoto(
                $0,
                reason:
                    "this photo has to be unpacked whole, which takes \(mebibytes($0.header.decoderBytes)) MiB, more "
                    + "than the memory limit of \(mebibytes(settings.memoryLimitBytes)) MiB leaves; raise --memory-limit"
            )
        }
    }

    private static func mebibytes(_ bytes: Int) -> Int { (bytes + 1_048_575) / 1_048_576 }

    /// The program itself, with its libraries and its lists of photos (measured: 20 MiB, and some room).
    static let programBytes = 40 << 20

    /// What the decoders of one worker hold at most: many of the usual kind, one or two that keep a whole picture. One
    /// photo is always allowed.
    static let decoderBytesPerWorker = 64 << 20

    /// A decoder's tables, zlib's window and the buffers of a file.
    static let bytesPerOpenPhoto = 160 << 10
}

/// The bytes that a pass over photos of one shape takes.
private struct AccumulationNeed {
    private let shape: FrameShape
    private let accumulatorBytes: Int
    /// The most that one photo's decoder holds.
    private let largestDecoder: Int
    private let multiple: Int

    init(_ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, multiple: Int) {
        self.shape = shape
        self.multiple = multiple
        accumulatorBytes = Accumulators.byteCount(shape: shape, kind: settings.accumulator)
        largestDecoder = AccumulationPlan.bytesPerOpenPhoto + (photos.map(\.header.decoderBytes).max() ?? 0)
    }

    /// Rows of accumulators in a file that the analysis looks at, at the same time, with each worker.
    private static let rowsInWork = 64

    /// For `workers` with batches of `frames` photos and strips of `rows`.
    func bytes(_ workers: Int, _ frames: Int, rows: Int, inFile: Bool) -> Int {
        let ring = frames * FrameRing.slotBytes(stripBytes: rows * shape.bytesPerRow)
        let decoders = min(
            frames * largestDecoder, max(AccumulationPlan.decoderBytesPerWorker, multiple * largestDecoder))
        let inWork = min(accumulatorBytes, workers * max(rows, Self.rowsInWork) * (accumulatorBytes / shape.height))
        return workers * (ring + decoders) + (inFile ? inWork : accumulatorBytes)
    }
}
