import SystemPackage

/// Measures which tile and batch suit this machine and these photos.
public struct PerformanceTuning: Sendable {
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

    public struct Outcome: Sendable, Encodable {
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
            case photos, workers, runs, measurements, best, skipped
            case standard = "default"
        }
    }

    public var accumulation: AccumulationSettings
    /// Photos measured at most: the first ones of the largest group.
    public var maximumPhotos: Int
    /// Measured runs of every pair.
    public var runs: Int

    public init(accumulation: AccumulationSettings = AccumulationSettings(), maximumPhotos: Int = 24, runs: Int = 5) {
        self.accumulation = accumulation
        self.maximumPhotos = maximumPhotos
        self.runs = runs
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) {
        try accumulation.validate()
        guard maximumPhotos >= 1, runs >= 1 else {
            throw FastPixError(.invalidArgument, "photos and runs must be 1 or more")
        }
    }

    /// Searches the photos with every pair of settings, in turn, `runs` times, as `HotPixelsSearch` does where no maps are
    /// wanted. The first round warms up the file cache and is not counted. `progress` gets the number of runs done and of
    /// runs in all.
    public func run(
        _ discovery: PhotoDiscovery, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(FastPixError) -> Outcome {
        try validate()
        let probed = PhotoProbe.run(discovery.files, settings: accumulation) { _, _ in }
        guard let group = PhotoGroup.grouping(probed.photos, channels: accumulation.channels).first else {
            throw FastPixError(.tooFewFrames, "no photo could be read; name a folder of photos, JPEG or PNG")
        }
        let photos = Array(group.photos.prefix(maximumPhotos))
        var failed: [FailedPhoto] = []
        var measurements = candidates(photos, group)
        var rounds: [[Double]] = []
        var whole = WholeFrame(shape: group.shape)
        for round in 0...runs {
            var seconds: [Double] = []
            for measurement in measurements {
                var settings = accumulation
                settings.batch = measurement.batch
                settings.tileSampleCount = measurement.tileSamples
                let start = monotonicSeconds()
                if case .complete = search(group, settings).run(photos, progress: { _ in }) {
                    seconds.append(monotonicSeconds() - start)
                } else {
                    seconds.append(try whole.seconds(photos, settings, failed: &failed))
                }
                progress(round * measurements.count + seconds.count, (runs + 1) * measurements.count)
            }
            if round > 0 { rounds.append(seconds) }
        }
        for index in measurements.indices {
            measurements[index].seconds = rounds.map { $0[index] }.median
        }
        // Compared within a round, because a machine that slows down slows its whole round.
        let relative = measurements.indices.map { index in rounds.map { $0[index] / $0.median }.median }
        let best = measurements.indices.min { relative[$0] < relative[$1] }!
        for index in measurements.indices {
            measurements[index].ratioToBest = relative[index] / relative[best]
        }
        return Outcome(
            groupName: group.name, photos: photos.count, workers: min(accumulation.workerCount, photos.count),
            runs: runs, measurements: measurements, best: measurements[best],
            standard: measurements.first { $0.isDefault }!,
            skipped: discovery.skipped + probed.failed + failed.map(\.skipped))
    }

    private static let batches = [2, 4, 8, 16]
    private static let stripRows = [8, 16, 32, 64, 128]

    /// What `HotPixelsSearch` does by default.
    private func search(_ group: PhotoGroup, _ settings: AccumulationSettings) -> StripwiseSearch {
        StripwiseSearch(
            shape: group.shape, codedUnit: group.codedUnit, accumulation: settings, detection: DetectionSettings(),
            top: HotPixelsSearch.defaultTop)
    }

    /// Every batch with every height of strip, the default among them.
    private func candidates(_ photos: [PhotoFile], _ group: PhotoGroup) -> [Measurement] {
        let shape = group.shape
        var standard = accumulation
        standard.batch = AccumulationSettings.defaultBatch
        standard.tileSampleCount = nil
        let standardRows =
            search(group, standard).plan(photos)?.rowsPerStrip
            ?? standard.rowsPerStrip(shape: shape, batch: standard.batch)
        let rows = Set(Self.stripRows.map { min($0, shape.height) } + [standardRows]).sorted()
        return Self.batches.flatMap { batch in
            rows.map { rows in
                Measurement(
                    tileSamples: rows * shape.samplesPerRow, rowsPerStrip: rows, batch: batch,
                    isDefault: batch == standard.batch && rows == standardRows)
            }
        }
    }
}

/// Accumulates photos that do not go strip by strip.
private struct WholeFrame {
    let shape: FrameShape
    /// The same for all runs: what memory costs that is touched for the first time varies more than what is measured.
    private var accumulators: Accumulators?

    init(shape: FrameShape) { self.shape = shape }

    /// Seconds that a run takes.
    mutating func seconds(
        _ photos: [PhotoFile], _ settings: AccumulationSettings, failed: inout [FailedPhoto]
    ) throws(FastPixError) -> Double {
        if accumulators == nil {
            let plan = try AccumulationPlan.fitting(photos, shape: shape, settings: settings, otherBytes: 0)
            accumulators = try Accumulators(
                shape: shape, kind: settings.accumulator, inFile: plan.keepsAccumulatorsInFile)
        }
        accumulators?.clear()
        let start = monotonicSeconds()
        let outcome = try PhotoAccumulation.run(
            photos, shape: shape, settings: settings, accumulators: accumulators, progress: { _ in })
        failed = outcome.failed
        return monotonicSeconds() - start
    }
}
