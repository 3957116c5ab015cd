import Synchronization
import SystemPackage

/// How far a search is.
public struct SearchProgress: Sendable {
    public enum Stage: Sendable { case readingHeaders, decoding }
    public let stage: Stage
    public let photosDone: Int
    public let photosInAll: Int
}

/// The job of `fastpix hotpixels`: photos in, statistics of every subpixel out.
///
/// ```swift
/// let found = PhotoDiscovery(paths: ["photos"])
/// let report = try HotPixelsSearch().run(found)
/// for group in report.groups { print(group.name, group.summary.lowest) }
/// ```
public struct HotPixelsSearch: Sendable {
    public var accumulation: AccumulationSettings
    /// Groups of fewer photos are left out.
    public var minimumFrames: Int
    /// How many subpixels of lowest variance are listed.
    public var top: Int
    /// How defects are looked for; nil: not at all.
    public var detection: DetectionSettings?
    /// What is written besides the report.
    public var maps: MapOutputs
    /// The web page to write, if any.
    public var page: String?
    /// Where the accumulated state is kept, so that another run can go on from it; nil: nowhere.
    public var checkpoint: CheckpointSettings?
    /// Through which a run with a checkpoint can be asked to stop.
    public var interruption: Interruption?
    /// Which photos belong together.
    public var grouping = GroupingRule()
    /// Whether raw files are read with the sensor's masked border.
    public var maskedBorder = false

    public static let defaultMinimumFrames = 10
    public static let defaultTop = 10

    public init(
        accumulation: AccumulationSettings = AccumulationSettings(), minimumFrames: Int = defaultMinimumFrames,
        top: Int = defaultTop, detection: DetectionSettings? = DetectionSettings(),
        maps: MapOutputs = MapOutputs(), page: String? = nil,
        checkpoint: CheckpointSettings? = nil, interruption: Interruption? = nil
    ) {
        self.accumulation = accumulation
        self.minimumFrames = minimumFrames
        self.top = top
        self.detection = detection
        self.maps = maps
        self.page = page
        self.checkpoint = checkpoint
        self.interruption = interruption
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) {
        try accumulation.validate()
        guard minimumFrames >= 1 else {
            throw FastPixError(.invalidArgument, "the minimum of frames must be 1 or more, not \(minimumFrames)")
        }
        guard (0...Self.maximumTop).contains(top) else {
            throw FastPixError(.invalidArgument, "top must be 0 to \(Self.maximumTop), not \(top)")
        }
        try validateCheckpoint()
    }

    private func validateCheckpoint() throws(FastPixError) {
        guard let checkpoint else { return }
        try checkpoint.validate()
        guard accumulation.accumulator == .exact else {
            throw FastPixError(
                .invalidArgument,
                "a checkpoint needs the exact accumulator: rounded moments depend on the order in which photos are "
                    + "taken in, so a resumed run would give other bits; leave out --accumulator welford")
        }
    }

    private static let maximumTop = 1_000_000

    /// Reads headers, groups the photos by camera and frame shape, accumulates and analyses every group that is
    /// large enough. Damaged photos are left out whole and listed in the report, and so are groups that do not fit.
    /// `progress` is called from several threads. Without any group that is large enough the report has no groups.
    /// Throws when a setting is wrong, an output cannot be written or would replace a photo, a checkpoint cannot be
    /// gone on from, or the run was interrupted and its state is saved.
    public func run(
        _ discovery: PhotoDiscovery, progress: @escaping @Sendable (SearchProgress) -> Void = { _ in }
    ) throws(FastPixError) -> HotPixelsReport {
        try validate()
        try maps.prepare(photos: discovery)
        if let page {
            try discovery.refuseOverwriting(page)
            _ = try StagedFile(target: page)
        }
        if let checkpoint { try discovery.refuseOverwriting(checkpoint.path) }
        let start = monotonicSeconds()
        var timing = HotPixelsReport.Timing()
        var skipped = discovery.skipped

        let probed = PhotoProbe.run(
            discovery.files, settings: accumulation, maskedBorder: maskedBorder,
            progress: { progress(SearchProgress(stage: .readingHeaders, photosDone: $0, photosInAll: $1)) })
        skipped += probed.failed
        let distinct = PhotoCopies.separate(probed.photos, workers: accumulation.workerCount)
        skipped += distinct.copies
        timing.probeSeconds = monotonicSeconds() - start

        let groups = PhotoGroup.grouping(distinct.photos, channels: accumulation.channels, by: grouping)
        let wanted = groups.filter { $0.photos.count >= minimumFrames && takes($0) }
        for group in groups where group.photos.count < minimumFrames {
            skipped += leftOut(group, photos: group.photos)
        }
        for group in groups where group.photos.count >= minimumFrames && !takes(group) {
            skipped += group.photos.map {
                SkippedPhoto(
                    path: $0.name,
                    reason: "its samples are floating-point numbers, which have no exact sums and are not searched for "
                        + "defects; their means and variances come with --accumulator welford --no-defects")
            }
        }
        let counter = ProgressCounter(total: wanted.reduce(0) { $0 + $1.photos.count }) {
            progress(SearchProgress(stage: .decoding, photosDone: $0, photosInAll: $1))
        }
        let checkpoints = try checkpoint.map { settings throws(FastPixError) in
            try CheckpointSet(
                settings, groups: wanted, detection: detection, workers: accumulation.workerCount,
                leavingOut: { group in
                    Set(
                        AccumulationPlan.tooLarge(
                            group.photos, shape: group.shape, settings: accumulation, otherBytes: analysisBytes(group)
                        ).map(\.place.path))
                })
        }
        var found = Findings(skipped: skipped, timing: timing)
        let listBytes = discovery.files.count * PhotoFile.listedBytes
        for (index, group) in wanted.enumerated() {
            let advance = { @Sendable in counter.advance($0) }
            var damaged: FailedPhoto?
            switch searchByStrips(group, otherBytes: listBytes, progress: advance) {
            case .complete(let timing, let summary, let detected):
                found.timing.add(timing)
                found.groups.append(
                    HotPixelsReport.Group(
                        group, frameCount: group.photos.count, summary: summary, detection: detected))
                continue
            case .damaged(let photo): damaged = photo
            case .impossible: break
            }
            try search(
                group, without: damaged, photosOfAll: discovery, otherBytes: listBytes,
                checkpoint: checkpoints?[index], into: &found, progress: advance)
        }
        found.skipped.sort { $0.path < $1.path }
        found.timing.totalSeconds = monotonicSeconds() - start
        let report = HotPixelsReport(
            settings: HotPixelsReport.Settings(self), groups: found.groups, skipped: found.skipped,
            leftOut: discovery.leftOut,
            timing: found.timing, peakMemoryBytes: ProcessMemory.peakBytes,
            temporaryFileBytes: found.temporaryFileBytes)
        if let page, !found.groups.isEmpty {
            var file = try StagedFile(target: page)
            try file.write(ReportPage(report: report, pictures: found.pictures).html)
            try file.commit()
        }
        return report
    }

    /// What the groups searched so far have brought.
    private struct Findings {
        var groups: [HotPixelsReport.Group] = []
        var pictures: [GroupPictures] = []
        var skipped: [SkippedPhoto]
        var timing: HotPixelsReport.Timing
        var temporaryFileBytes = 0
    }

    private func searchByStrips(
        _ group: PhotoGroup, otherBytes: Int, progress: @escaping @Sendable (Double) -> Void
    ) -> StripwiseSearch.Outcome {
        guard maps.isEmpty, page == nil, checkpoint == nil else { return .impossible }
        let search = StripwiseSearch(
            shape: group.shape, codedUnit: group.codedUnit, accumulation: accumulation, detection: detection, top: top)
        return search.run(group.photos, otherBytes: otherBytes, progress: progress)
    }

    /// Accumulates and analyses one group and writes its maps. `damaged`: a photo known not to be whole.
    private func search(
        _ group: PhotoGroup, without damaged: FailedPhoto?, photosOfAll: PhotoDiscovery, otherBytes: Int,
        checkpoint: GroupCheckpoint?, into found: inout Findings, progress: @escaping @Sendable (Double) -> Void
    ) throws(FastPixError) {
        let defectSearch = detection.map {
            DefectSearch($0, shape: group.shape, codedUnit: group.codedUnit, workers: accumulation.workerCount)
        }
        var scout: PhotoAccumulation.Scout?
        if let defectSearch, let detection, detection.confirms(photos: group.photos.count) {
            scout = { defectSearch.scout($0) }
        }
        if let damaged {
            found.skipped.append(damaged.skipped)
            progress(1)
        }
        let readable = group.photos.filter { $0.place != damaged?.place }
        let outcome: PhotoAccumulation.Outcome
        do throws(FastPixError) {
            outcome = try PhotoAccumulation.run(
                readable, shape: group.shape, settings: accumulation,
                otherBytes: otherBytes + analysisBytes(group), scout: scout, checkpoint: checkpoint,
                interruption: interruption, progress: progress)
        } catch {
            guard error.code == .outOfMemory || error.code == .overflow else { throw error }
            // Too large for the memory, or too many: the other groups may still be possible.
            found.skipped += readable.map { SkippedPhoto(path: $0.name, reason: error.reason) }
            return
        }
        found.skipped += outcome.failed.map(\.skipped)
        found.timing.add(outcome.timing)
        let accumulators = outcome.accumulators
        found.temporaryFileBytes = max(found.temporaryFileBytes, accumulators.fileByteCount)
        let failed = Set(outcome.failed.map(\.place))
        let photos = readable.filter { !failed.contains($0.place) }
        guard accumulators.frameCount >= minimumFrames else {
            found.skipped += leftOut(group, photos: photos)
            return
        }
        let analysisStart = monotonicSeconds()
        // Before the kernels' team of threads begins, which stays busy for a while after its work.
        let detected = defectSearch?.judge(
            accumulators, outcome.scouting,
            lookAtAll: detection?.confirmation == .full
                ? { lookAtAll(photos, group.shape, $0, workers: outcome.workers) } : nil)
        let summary = VarianceSummary(accumulators, top: top)
        found.timing.analysisSeconds += monotonicSeconds() - analysisStart + (defectSearch?.scoutSeconds ?? 0)
        try maps.write(
            accumulators, of: group, summary: summary, number: found.groups.count + 1, photos: photosOfAll)
        if page != nil {
            found.pictures.append(
                try GroupPictures(
                    accumulators, of: group, summary: summary, detection: detected, settings: accumulation))
        }
        found.groups.append(
            HotPixelsReport.Group(
                group, photos: photos, frameCount: accumulators.frameCount, summary: summary, detection: detected))
    }

    /// Memory for what is done with a group besides accumulating it (estimate).
    private func analysisBytes(_ group: PhotoGroup) -> Int {
        let defects = detection.map {
            DefectSearch.memoryBytes(
                $0, photos: group.photos.count, shape: group.shape, workers: accumulation.workerCount)
        }
        return (defects ?? 0) + (page == nil ? 0 : GroupPictures.memoryBytes)
    }

    /// Decodes the photos once more to look at pixels in all of them.
    private func lookAtAll(
        _ photos: [PhotoFile], _ shape: FrameShape, _ positions: [WitnessRecorder.Position], workers: Int
    ) -> CompleteRecord {
        var settings = accumulation
        settings.workers = workers
        return CompleteRecord(
            recorder: WitnessPass.run(photos, shape: shape, positions: positions, settings: settings),
            photos: photos)
    }

    private func takes(_ group: PhotoGroup) -> Bool {
        group.shape.sampleType != .f32 || (accumulation.accumulator == .welford && detection == nil)
    }

    private func leftOut(_ group: PhotoGroup, photos: [PhotoFile]) -> [SkippedPhoto] {
        let reason =
            "its group (\(group.name)) has \(counted(photos.count, "readable photo")), "
            + "fewer than the \(minimumFrames) of --minimum-frames"
        return photos.map { SkippedPhoto(path: $0.name, reason: reason, isFailure: false) }
    }
}

/// Counts photos over all groups for whoever shows progress.
private final class ProgressCounter: Sendable {
    private let total: Int
    private let report: @Sendable (Int, Int) -> Void
    private let done = Mutex(0.0)

    init(total: Int, report: @escaping @Sendable (Int, Int) -> Void) {
        self.total = total
        self.report = report
    }

    /// Takes in a number of photos, or a part of one.
    func advance(_ photos: Double) {
        let now = done.withLock { done in
            done += photos
            return done
        }
        // A pass that is made again counts its photos twice; parts of a photo may add up to a little less than one.
        report(min(Int(now + 1e-6), total), total)
    }
}
