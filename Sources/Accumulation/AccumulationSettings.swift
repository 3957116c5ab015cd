import FastPixCodecs
import FastPixFrames
import FastPixPlumbing

/// How photos are decoded and accumulated. No setting changes a bit of the result, save `accumulator` and `channels`.
public struct AccumulationSettings: Sendable {
    /// Threads that decode; nil: one per processor.
    public var workers: Int?
    /// Samples of one frame that are decoded before the accumulators take them in; nil: so many that the tiles
    /// of a batch fill the level-2 cache. Smaller tiles switch between decoders more often, larger ones fall out
    /// of the cache.
    public var tileSampleCount: Int?
    /// Photos that a worker decodes in step. More of them need fewer passes over the accumulators, and more
    /// memory for decoded rows.
    public var batch: Int
    /// Exact sums, or for comparison moments that are rounded on the way.
    package var accumulator: AccumulatorKind
    /// Which samples of each pixel are taken.
    public var channels: ChannelSelection
    /// Largest photo accepted, in pixels (0: any).
    public var maximumPixels: UInt64
    /// Bytes of memory to stay below; nil: `defaultMemoryLimit`. Where the accumulators do not fit, they lie in a
    /// temporary file.
    public var memoryLimit: Int?

    /// What `batch` is unless it is given.
    public static let defaultBatch = 16
    /// Half a thousand million.
    public static let defaultMaximumPixels = PhotoFile.defaultMaximumPixels

    /// Three quarters of what the machine, or the control group this process is in, has.
    public static var defaultMemoryLimit: Int { MachineMemory.byteCount / 4 * 3 }

    /// Settings; `validate()` refuses those out of their range.
    public init(
        workers: Int? = nil, tileSampleCount: Int? = nil, batch: Int = defaultBatch, channels: ChannelSelection = .all,
        maximumPixels: UInt64 = defaultMaximumPixels, memoryLimit: Int? = nil
    ) {
        self.init(
            workers: workers, tileSampleCount: tileSampleCount, batch: batch, accumulator: .exact, channels: channels,
            maximumPixels: maximumPixels, memoryLimit: memoryLimit)
    }

    package init(
        workers: Int? = nil, tileSampleCount: Int? = nil, batch: Int = defaultBatch, accumulator: AccumulatorKind,
        channels: ChannelSelection = .all, maximumPixels: UInt64 = defaultMaximumPixels, memoryLimit: Int? = nil
    ) {
        self.workers = workers
        self.tileSampleCount = tileSampleCount
        self.batch = batch
        self.accumulator = accumulator
        self.channels = channels
        self.maximumPixels = maximumPixels
        self.memoryLimit = memoryLimit
    }

    /// Throws when a value is out of its range.
    public func validate() throws(FastPixError) {
        try WorkerTeam.validate(workers: workers)
        if let tileSampleCount, !(1...Self.maximumTile).contains(tileSampleCount) {
            throw FastPixError(
                .invalidArgument, "the tile must be 1 to \(Self.maximumTile) samples, not \(tileSampleCount)")
        }
        guard (1...Self.maximumBatch).contains(batch) else {
            throw FastPixError(.invalidArgument, "the batch must be 1 to \(Self.maximumBatch) photos, not \(batch)")
        }
        try MemoryBudget.validate(limit: memoryLimit)
    }

    private static let maximumTile = 1 << 28
    private static let maximumBatch = 1024

    package var workerCount: Int { workers ?? WorkerTeam.defaultWorkers }

    package var memoryLimitBytes: Int { memoryLimit ?? Self.defaultMemoryLimit }

    /// Rows of a strip: whole rows that hold a tile. By default whole coded units of 16 rows, as many as fit the
    /// level-2 cache where each takes `bytesPerRow`.
    func rowsPerStrip(_ shape: FrameShape, bytesPerRow: Int, _ machine: AccumulationPlan.Machine) -> Int {
        if let tileSampleCount {
            return min(shape.height, (tileSampleCount + shape.samplesPerRow - 1) / shape.samplesPerRow)
        }
        let rows = machine.level2CacheBytes / bytesPerRow / Self.codedUnitRows * Self.codedUnitRows
        return min(shape.height, max(Self.codedUnitRows, rows))
    }

    /// The height of JPEG's coded units at most samplings: a decoder unpacks this many rows at once anyway.
    private static let codedUnitRows = 16
}
