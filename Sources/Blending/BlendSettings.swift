import CKernels
import FastPixAccumulation
import FastPixCodecs
import FastPixPlumbing

/// How images are blended and written. `workers` and `stripRows` change speed and memory, never a byte of an output.
public struct BlendSettings: Sendable {
    /// What the images are multiplied by, and what is added.
    public var weights: BlendWeights
    /// Resizes a second image of another size to the first one's (bilinear); without it, that is an error.
    public var resizesSecond: Bool
    /// How the outputs are compressed.
    public var encoding: EncodingSettings
    /// Whether files that exist already are replaced.
    public var overwrites: Bool
    /// Threads; nil: one per processor.
    public var workers: Int?
    /// Rows that go through the stages together; nil: so many that they stay in the level-2 cache.
    public var stripRows: Int?
    /// Largest image accepted, in pixels (0: any).
    public var maximumPixels: UInt64
    /// Whether images that are against their format are refused, even where the picture is whole.
    public var isStrict: Bool
    /// Bytes of memory to stay below; nil: `AccumulationSettings.defaultMemoryLimit`. An image that takes more alone is
    /// left out and listed.
    public var memoryLimit: Int?

    /// Settings; `validate()` refuses those out of their range.
    public init(
        weights: BlendWeights, resizesSecond: Bool = false, encoding: EncodingSettings = EncodingSettings(),
        overwrites: Bool = false, workers: Int? = nil, stripRows: Int? = nil,
        maximumPixels: UInt64 = AccumulationSettings.defaultMaximumPixels, isStrict: Bool = false,
        memoryLimit: Int? = nil
    ) {
        self.weights = weights
        self.resizesSecond = resizesSecond
        self.encoding = encoding
        self.overwrites = overwrites
        self.workers = workers
        self.stripRows = stripRows
        self.maximumPixels = maximumPixels
        self.isStrict = isStrict
        self.memoryLimit = memoryLimit
    }

    /// Throws when a value is out of its range.
    public func validate() throws(FastPixError) {
        try weights.validate()
        try encoding.validate()
        try WorkerTeam.validate(workers: workers)
        if let stripRows, !(1...Self.maximumStripRows).contains(stripRows) {
            throw FastPixError(
                .invalidArgument, "a strip must be 1 to \(Self.maximumStripRows) rows, not \(stripRows)")
        }
        try MemoryBudget.validate(limit: memoryLimit)
    }

    var memoryLimitBytes: Int { memoryLimit ?? AccumulationSettings.defaultMemoryLimit }

    private static let maximumStripRows = 65536

    var workerCount: Int { workers ?? WorkerTeam.defaultWorkers }

    /// Rows of a strip of an image whose rows take `bytesPerRow` while they are blended.
    func rowsPerStrip(bytesPerRow: Int, height: Int) -> Int {
        if let stripRows { return min(height, stripRows) }
        let level2 = fpx_cpu_level2_cache_bytes()
        // Decoded, blended and half-way rows of a strip together, and as much again for the codecs.
        let rows = (level2 > 0 ? Int(level2) : 1 << 20) / (6 * bytesPerRow) / Self.codedUnitRows * Self.codedUnitRows
        return min(height, max(Self.codedUnitRows, min(Self.largestStrip, rows)))
    }

    /// The height of JPEG's coded units at most samplings: codecs work on this many rows at once anyway.
    private static let codedUnitRows = 16
    private static let largestStrip = 256
}
