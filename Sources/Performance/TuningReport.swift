import FastPixDiscovery
import FastPixPlumbing

/// What `PerformanceTuning` measured: how long every pair of tile and batch takes.
package struct TuningReport: Sendable, Encodable {
    /// One pair of settings and what it took.
    package struct Measurement: Sendable, Encodable {
        package let tileSamples: Int
        package let rowsPerStrip: Int
        package let batch: Int
        /// What fastpix takes when nothing is asked for.
        package let isDefault: Bool
        /// Median over the runs, wall time for all photos.
        package var seconds = 0.0
        /// How much slower than the fastest pair: medians, over the rounds, of a pair's share of its round's median.
        package var ratioToBest = 1.0

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
    package let schema = "fastpix.tune/1"
    package let version = fastPixVersion
    package let groupName: String
    package let photos: Int
    package let workers: Int
    package let runs: Int
    /// Ordered by batch, then tile.
    package let measurements: [Measurement]
    package let best: Measurement
    package let standard: Measurement
    /// Files that could not be measured with.
    package let skipped: [SkippedPhoto]

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
        case schema, version, photos, workers, runs, measurements, best, skipped
        case standard = "default"
    }
}
