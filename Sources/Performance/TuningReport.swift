import FastPixDiscovery

/// What `PerformanceTuning` measured: how long every pair of tile and batch takes.
public struct TuningReport: Sendable, Encodable {
    /// One pair of settings and what it took.
    public struct Measurement: Sendable, Encodable {
        public let tileSamples: Int
        public let rowsPerStrip: Int
        public let batch: Int
        /// What fastpix takes when nothing is asked for.
        public let isDefault: Bool
        /// Median over the runs, wall time for all photos.
        public package(set) var seconds = 0.0
        /// How much slower than the fastest pair: medians, over the rounds, of a pair's share of its round's median.
        public package(set) var ratioToBest = 1.0

        package init(
            tileSamples: Int, rowsPerStrip: Int, batch: Int, isDefault: Bool, seconds: Double = 0.0,
            ratioToBest: Double = 1.0
        ) {
            self.tileSamples = tileSamples
            self.rowsPerStrip = rowsPerStrip
            self.batch = batch
            self.isDefault = isDefault
            self.seconds = seconds
            self.ratioToBest = ratioToBest
        }
    }

    /// Camera and shape of the photos.
    public let groupName: String
    public let photos: Int
    public let workers: Int
    public let runs: Int
    /// Ordered by batch, then tile.
    public let measurements: [Measurement]
    public let best: Measurement
    public let standard: Measurement
    /// Files that could not be measured with.
    public let skipped: [SkippedPhoto]

    package init(
        groupName: String,
        photos: Int,
        workers: Int,
        runs: Int,
        measurements: [Measurement],
        best: Measurement,
        standard: Measurement,
        skipped: [SkippedPhoto]
    ) {
        self.groupName = groupName
        self.photos = photos
        self.workers = workers
        self.runs = runs
        self.measurements = measurements
        self.best = best
        self.standard = standard
        self.skipped = skipped
    }

    enum CodingKeys: String, CodingKey {
        case groupName = "group"
        case photos, workers, runs, measurements, best, skipped
        case standard = "default"
    }
}
