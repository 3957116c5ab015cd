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
        public internal(set) var seconds = 0.0
        /// How much slower than the fastest pair: medians, over the rounds, of a pair's share of its round's median.
        public internal(set) var ratioToBest = 1.0
    }

    public let schema = "fastpix.tune/1"
    public let version = fastPixVersion
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

    enum CodingKeys: String, CodingKey {
        case groupName = "group"
        case schema, version, photos, workers, runs, measurements, best, skipped
        case standard = "default"
    }
}
