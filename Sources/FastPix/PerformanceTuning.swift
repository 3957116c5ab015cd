import FastPixAccumulation
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixPerformance
import FastPixPlumbing
import SystemPackage

/// Measures which tile and batch suit this machine and these photos.
package struct PerformanceTuning: Sendable {
    package var accumulation: AccumulationSettings
    /// Photos measured at most: the first ones of the largest group.
    package var maximumPhotos: Int
    /// Measured runs of every pair.
    package var runs: Int

    package init(accumulation: AccumulationSettings = AccumulationSettings(), maximumPhotos: Int = 24, runs: Int = 5) {
        self.accumulation = accumulation
        self.maximumPhotos = maximumPhotos
        self.runs = runs
    }

    /// Throws when a setting is out of its range.
    package func validate() throws(FastPixError) {
        try accumulation.validate()
        guard maximumPhotos >= 1, runs >= 1 else {
            throw FastPixError(.invalidArgument, "photos and runs must be 1 or more")
        }
    }

    /// Searches the photos with every pair of settings, in turn, `runs` times, as `HotPixelsSearch` does where no maps are
    /// wanted. The first round warms up the file cache and is not counted. `progress` gets the number of runs done and of
    /// runs in all.
    package func run(
        _ discovery: PhotoDiscovery, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(FastPixError) -> TuningReport {
        try validate()
        let probed = try PhotoProbe.run(
            discovery.files, channels: accumulation.channels, maximumPixels: accumulation.maximumPixels,
            workers: accumulation.workerCount
        ) { _, _ in }
        guard let group = PhotoGroup.grouping(probed.photos, channels: accumulation.channels).first else {
            throw FastPixError(.tooFewFrames, "no photo could be read; name a folder of photos, JPEG or PNG")
        }
        let photos = Array(group.photos.prefix(maximumPhotos))
        var failed: [FailedPhoto] = []
        var measurements = candidates(photos, group)
        var rounds: [[Double]] = []
        for round in 0...runs {
            var seconds: [Double] = []
            for measurement in measurements {
                var settings = accumulation
                settings.batch = measurement.batch
                settings.tileSampleCount = measurement.tileSamples
                let start = monotonicSeconds()
                failed = try accumulate(photos, group, settings).failed
                seconds.append(monotonicSeconds() - start)
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
        return TuningReport(
            groupName: group.name, photos: photos.count, workers: min(accumulation.workerCount, photos.count),
            runs: runs, measurements: measurements, best: measurements[best],
            standard: measurements.first { $0.isDefault }!,
            skipped: discovery.skipped + probed.failed + failed.map(\.skipped))
    }

    private static let batches = [2, 4, 8, 16]
    private static let stripRows = [8, 16, 32, 64, 128]

    /// What `HotPixelsSearch` does by default.
    private func accumulate(
        _ photos: [PhotoFile], _ group: PhotoGroup, _ settings: AccumulationSettings
    ) throws(FastPixError) -> Accumulation.Outcome {
        let job = Accumulation(settings: settings, contents: contents(group.shape))
        let current = CurrentAnalysis { frameCount in
            GroupAnalysis(
                FrameGeometry(group), frameCount: frameCount, top: HotPixelsSearch.defaultTop,
                detection: DetectionSettings())
        }
        let outcome = try job.run(
            photos, shape: group.shape, progress: { _ in }, reading: { current.begin($0) })
        _ = current.analysis?.judge(outcome.facts, outcome.coarse)
        return outcome
    }

    private func contents(_ shape: FrameShape) -> AccumulatorContents {
        AccumulatorContents(shape, wanted: accumulation.accumulator, hasExtremes: true)
    }

    /// Every batch with every height of strip, the default among them.
    private func candidates(_ photos: [PhotoFile], _ group: PhotoGroup) -> [TuningReport.Measurement] {
        let shape = group.shape
        var standard = accumulation
        standard.batch = AccumulationSettings.defaultBatch
        standard.tileSampleCount = nil
        let plan = try? AccumulationPlan.fitting(
            AccumulationPlan.Job(photos: photos, shape: shape, contents: contents(shape), needsAllRows: false),
            settings: standard)
        let standardRows = plan?.rowsPerStrip ?? shape.height
        let rows = Set(Self.stripRows.map { min($0, shape.height) } + [standardRows]).sorted()
        return Self.batches.flatMap { batch in
            rows.map { rows in
                TuningReport.Measurement(
                    tileSamples: rows * shape.samplesPerRow, rowsPerStrip: rows, batch: batch,
                    isDefault: batch == standard.batch && rows == standardRows)
            }
        }
    }
}
