import FastPixAccumulation
import FastPixDetection
import FastPixDiscovery
import FastPixPlumbing
import FastPixReporting
import SystemPackage

/// The job of `fastpix merge`: states of disjoint sets of photos in, the statistics of all of them out, to the last
/// bit what one run over all photos gives.
public struct StateMerge: Sendable {
    /// How many subpixels of lowest variance are listed.
    public var top: Int
    /// How defects are looked for; nil: not at all. States hold all that judging needs.
    public var detection: DetectionSettings?
    /// What is written besides the report.
    public var maps: MapOutputs
    /// Where the combined state goes; nil: nowhere. `maps.overwrites` holds for it, too.
    public var combined: FilePath?
    /// Bytes of memory to stay below; nil: `AccumulationSettings.defaultMemoryLimit`. Where the accumulators do not fit,
    /// they lie in a temporary file.
    public var memoryLimit: Int?

    /// A merge with these settings; `validate()` and `run` refuse those out of their range.
    public init(
        top: Int = HotPixelsSearch.defaultTop, detection: DetectionSettings? = nil, maps: MapOutputs = MapOutputs(),
        combined: FilePath? = nil, memoryLimit: Int? = nil
    ) {
        self.top = top
        self.detection = detection
        self.maps = maps
        self.combined = combined
        self.memoryLimit = memoryLimit
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) { try search.validate() }

    /// The settings as a report tells them.
    private var search: HotPixelsSearch {
        HotPixelsSearch(
            accumulation: AccumulationSettings(memoryLimit: memoryLimit), minimumFrames: 1, top: top,
            detection: detection, maps: maps)
    }

    /// Adds up the states, some rows at a time. Throws when there is none, one is damaged or of another version, they are
    /// of different cameras, frame shapes or channels, a photo is in two of them, together they have more photos than
    /// exact sums hold, or defects are to be judged and one counts no extremes; when an output cannot be begun or would
    /// replace one of the states; and when the run was interrupted. The states are open all the time. `progress` counts
    /// rows. Blocks until it is done, and may be called from any thread.
    public func run(
        _ paths: [FilePath], interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> HotPixelsReport {
        try validate()
        let inputs = PhotoDiscovery(paths: paths)
        try prepare(inputs)
        let start = monotonicSeconds()
        let sum = try StateSum(paths, judging: detection != nil)
        let frameCount = sum.manifest.photos.count
        guard frameCount > 0 else {
            throw FastPixError(.tooFewFrames, "no photo is in these states; name states that hold some")
        }
        let geometry = FrameGeometry(sum.manifest)
        let analysis = GroupAnalysis(geometry, frameCount: frameCount, top: top, detection: detection)
        var writer: StateWriter?
        if let combined {
            writer = try StateWriter.begin(sum.manifest, sum.coarse, to: combined, replacing: maps.overwrites)
        }
        let accumulators = try sum.addUp(
            needsAllRows: !maps.isEmpty, inFile: isTooLarge(sum.manifest),
            adding: { (accumulators: Accumulators, rows: Range<Int>) throws(FastPixError) in
                try interruption?.check()
                try writer?.append(accumulators, rows: rows)
                progress(JobProgress(done: rows.upperBound, total: accumulators.shape.height))
            }, reading: { analysis.add($0, rows: $1) })
        if let finished = writer.take() { try finished.finish() }
        var timing = HotPixelsReport.Timing()
        timing.accumulateSeconds = monotonicSeconds() - start
        let analysisStart = monotonicSeconds()
        let summary = analysis.summary
        let detected = analysis.judge(sum.facts, sum.coarse)
        timing.analysisSeconds = monotonicSeconds() - analysisStart
        let group = sum.manifest.group
        let failed = maps.write(accumulators, of: group, summary: summary, number: 1, photos: inputs)
        timing.totalSeconds = monotonicSeconds() - start
        return HotPixelsReport(
            settings: HotPixelsReport.Settings(search),
            groups: [
                HotPixelsReport.Group(group, frameCount: frameCount, summary: summary, detection: detected)
            ],
            skipped: [], failedOutputs: failed, timing: timing, peakMemoryBytes: ProcessMemory.peakBytes,
            temporaryFileBytes: accumulators.fileByteCount)
    }

    /// The same without blocking, on a thread of its own. When the task is cancelled, it throws `interrupted`.
    public func run(
        _ paths: [FilePath], progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws(FastPixError) -> HotPixelsReport {
        try await Interruption.byTask { (interruption) throws(FastPixError) in
            try run(paths, interruption: interruption, progress: progress)
        }
    }

    /// Whether accumulators of all rows are to lie in a file.
    private func isTooLarge(_ manifest: StateManifest) -> Bool {
        manifest.contents.byteCount(manifest.frame) + GroupAnalysis.byteCount(manifest.frame, detection: detection)
            + MemoryBudget.programBytes > search.accumulation.memoryLimitBytes
    }

    private func prepare(_ inputs: PhotoDiscovery) throws(FastPixError) {
        try maps.prepare(photos: inputs)
        guard let combined else { return }
        try inputs.refuseOverwriting(combined)
        _ = try StagedFile(target: combined, replacing: maps.overwrites)
    }
}
