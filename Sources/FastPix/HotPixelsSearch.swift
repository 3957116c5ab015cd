import FastPixAccumulation
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixPlumbing
import FastPixReporting
import Synchronization
import SystemPackage

/// The job of `fastpix hotpixels`: photos in, statistics of every subpixel and the list of defects out.
///
/// ```swift
/// let found = PhotoDiscovery(paths: ["photos"])
/// let report = try HotPixelsSearch().run(found)
/// for group in report.groups { print(group.name, group.detection?.defects ?? []) }
/// ```
public struct HotPixelsSearch: Sendable {
    /// How photos are decoded and added up.
    public var accumulation: AccumulationSettings
    /// Groups of fewer photos are left out.
    public var minimumFrames: Int
    /// How many subpixels of lowest variance are listed.
    public var top: Int
    /// How defects are looked for; nil: not at all.
    public var detection: DetectionSettings?
    /// Whether the photos are read once more at the places of defects: since when each shows, and under which settings.
    public var history: Bool
    /// What is written besides the report.
    public var maps: MapOutputs
    /// The web page to write, if any. `maps.overwrites` holds for it, too.
    public var page: FilePath?
    /// Where the accumulated state is kept, so that another run can go on from it; nil: nowhere.
    public var checkpoint: CheckpointSettings?
    /// Whether photos are only taken into the checkpoint: nothing is judged, and the report has no groups. For parts of an
    /// archive, whose states are merged.
    public var savesOnly = false
    /// Which photos belong together.
    public var grouping = GroupingRule()
    /// How files are read.
    package var reading = PhotoReadingChoice()
    /// Hears of each photo by name when it is decoded, from any thread, and the time that took.
    package var decoded: @Sendable (_ name: String, _ seconds: Double) -> Void = { _, _ in }

    /// What `minimumFrames` is unless it is given.
    public static let defaultMinimumFrames = 5
    /// What `top` is unless it is given.
    public static let defaultTop = 10

    /// A search with these settings; `validate()` and `run` refuse those out of their range.
    public init(
        accumulation: AccumulationSettings = AccumulationSettings(), minimumFrames: Int = defaultMinimumFrames,
        top: Int = defaultTop, detection: DetectionSettings? = DetectionSettings(),
        history: Bool = false, maps: MapOutputs = MapOutputs(), page: FilePath? = nil,
        checkpoint: CheckpointSettings? = nil
    ) {
        self.accumulation = accumulation
        self.minimumFrames = minimumFrames
        self.top = top
        self.detection = detection
        self.history = history
        self.maps = maps
        self.page = page
        self.checkpoint = checkpoint
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
        guard !savesOnly || checkpoint != nil && maps.isEmpty && page == nil && !history else {
            throw FastPixError(
                .invalidArgument,
                "a run that only saves its state needs a checkpoint, and has no maps, page or history; leave those out")
        }
        guard let checkpoint else { return }
        try checkpoint.validate()
        guard accumulation.accumulator == .exact else {
            throw FastPixError(
                .invalidArgument,
                "a checkpoint needs the exact accumulator: rounded moments depend on the order in which photos are "
                    + "taken in, so a resumed run would give other bits")
        }
    }

    private static let maximumTop = 1_000_000
    /// What a photo takes on the lists of a search, its groups' among them (measured: 2.8 KB with 20,000 photos).
    private static let listedBytes = 2800
    /// The same of each further picture of a file.
    private static let listedPictureBytes = 1000

    /// Reads headers, groups the photos by camera and frame shape, accumulates and analyses every group that is
    /// large enough. Damaged photos are left out whole and listed in the report, and so are groups that cannot be done.
    /// `progress` is called from several threads. Without any group that is large enough the report has no groups. What
    /// cannot be written besides the report is in its `failedOutputs`.
    /// Throws when a setting is wrong, an output cannot be begun or would replace a photo or another output, a checkpoint
    /// cannot be gone on from, or saved before all is done, or the run was interrupted. Blocks until it is done, and may be called from any thread.
    public func run(
        _ discovery: PhotoDiscovery, interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> HotPixelsReport {
        var files = DistinctFiles(photos: discovery)
        try enterOutputs(in: &files)
        return try run(discovery, interruption: interruption, planned: { _ in }, progress: progress)
    }

    /// Enters what is written besides the report. Throws when it is a photo, or another file of the run.
    package func enterOutputs(in files: inout DistinctFiles) throws(FastPixError) {
        try files.writes(page, .page)
        try files.writes(checkpoint?.path, .checkpoint, isNumbered: true)
        try maps.enter(in: &files, isNumbered: true)
    }

    /// The same as the public form for a caller who has entered the outputs; `planned` hears what will be read before
    /// anything is decoded.
    package func run(
        _ discovery: PhotoDiscovery, interruption: Interruption?, planned: (ReadingPlan) -> Void,
        progress: @escaping @Sendable (JobProgress) -> Void
    ) throws(FastPixError) -> HotPixelsReport {
        try validate()
        try prepareOutputs()
        let start = monotonicSeconds()
        var found = Findings(skipped: discovery.skipped)
        let groups = try group(discovery, interruption, into: &found, progress: progress)
        found.timing.probeSeconds = monotonicSeconds() - start
        planned(plan(groups, found, discovery))

        let wanted = groups.filter { $0.photos.count >= minimumFrames }
        let counter = ProgressCounter(
            total: wanted.reduce(0) { $0 + $1.photos.count }, bytes: wanted.reduce(0) { $0 + $1.byteCount }
        ) {
            progress(JobProgress(done: $0, total: $1, bytesDone: $2, bytesInAll: $3))
        }
        let checkpoints = try checkpoint.map { settings throws(FastPixError) in
            try CheckpointSet(
                settings, groups: wanted, judging: detection != nil, workers: accumulation.workerCount)
        }
        let pictures = groups.reduce(0) { $0 + $1.photos.count }
        let listBytes =
            discovery.files.count * Self.listedBytes + max(0, pictures - discovery.files.count)
            * Self.listedPictureBytes
        try MemoryBudget.demandRoom(forLists: listBytes, pictures: pictures, limit: accumulation.memoryLimitBytes)
        for (index, group) in wanted.enumerated() {
            do throws(FastPixError) {
                try search(
                    group, otherBytes: listBytes, checkpoint: checkpoints?[index], photosOfAll: discovery,
                    counter: counter, interruption: interruption, into: &found)
            } catch {
                // Checkpoints are the user's own wish to lose nothing; otherwise other groups may still be possible. What was
                // found in groups before is never lost.
                guard error.code != .interrupted,
                    checkpoint == nil || !found.groups.isEmpty || error.code == .outOfMemory || error.code == .overflow
                else { throw error }
                found.skipped += group.photos.map { SkippedPhoto(path: $0.namedPath, reason: "\(error)") }
            }
        }
        found.skipped = found.skipped.byPath
        found.timing.totalSeconds = monotonicSeconds() - start
        return writingPage(found, discovery)
    }

    /// What `run` would read, from headers alone. Nothing is decoded and nothing written. Throws when a setting is wrong, an
    /// output cannot be begun, or it was interrupted. Blocks until it is done, and may be called
    /// from any thread.
    package func plan(
        _ discovery: PhotoDiscovery, interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> ReadingPlan {
        try validate()
        try prepareOutputs()
        var found = Findings(skipped: discovery.skipped)
        let groups = try group(discovery, interruption, into: &found, progress: progress)
        return plan(groups, found, discovery)
    }

    private func plan(_ groups: [PhotoGroup], _ found: Findings, _ discovery: PhotoDiscovery) -> ReadingPlan {
        ReadingPlan(
            .reading, photos: groups, minimumFrames: minimumFrames, skipped: found.skipped, leftOut: discovery.leftOut)
    }

    /// Reads headers and groups the photos; what cannot be read, copies, and groups that are too small are left out.
    private func group(
        _ discovery: PhotoDiscovery, _ interruption: Interruption?, into found: inout Findings,
        progress: @escaping @Sendable (JobProgress) -> Void
    ) throws(FastPixError) -> [PhotoGroup] {
        let probed = try PhotoProbe.run(
            discovery.files, channels: accumulation.channels, reading: reading,
            maximumPixels: accumulation.maximumPixels, workers: accumulation.workerCount, interruption: interruption,
            progress: { progress(JobProgress(stage: .readingHeaders, done: $0, total: $1)) })
        found.skipped += probed.failed
        let distinct = PhotoCopies.separate(probed.photos, workers: accumulation.workerCount)
        found.skipped += distinct.copies
        let groups = PhotoGroup.grouping(distinct.photos, channels: accumulation.channels, by: grouping)
        for group in groups where group.photos.count < minimumFrames {
            found.skipped += leftOut(group, photos: group.photos)
        }
        return groups
    }

    /// The same without blocking, on a thread of its own. When the task is cancelled, the run is interrupted: it saves its
    /// checkpoint, if it has one, and throws `interrupted`.
    public func run(
        _ discovery: PhotoDiscovery, progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws(FastPixError) -> HotPixelsReport {
        try await Interruption.byTask { (interruption) throws(FastPixError) in
            try run(discovery, interruption: interruption, progress: progress)
        }
    }

    private func prepareOutputs() throws(FastPixError) {
        try maps.prepare()
        if let page { _ = try StagedFile(target: page, replacing: maps.overwrites) }
    }

    /// What the groups searched so far have brought.
    private struct Findings {
        var groups: [HotPixelsReport.Group] = []
        var pictures: [GroupPictures] = []
        var skipped: [SkippedPhoto]
        var odd: [OddPhoto] = []
        var failedOutputs: [FailedOutput] = []
        var timing = HotPixelsReport.Timing()
        var temporaryFileBytes = 0
    }

    /// Accumulates and analyses one group and writes its maps.
    private func search(
        _ group: PhotoGroup, otherBytes: Int, checkpoint: GroupCheckpoint?, photosOfAll: PhotoDiscovery,
        counter: ProgressCounter, interruption: Interruption?, into found: inout Findings
    ) throws(FastPixError) {
        let current = CurrentAnalysis { frameCount in
            GroupAnalysis(FrameGeometry(group), frameCount: frameCount, top: top, detection: detection)
        }
        var job = Accumulation(
            settings: accumulation,
            contents: AccumulatorContents(
                group.shape, wanted: accumulation.accumulator,
                hasExtremes: detection != nil || checkpoint?.hasExtremes == true),
            needsAllRows: !maps.isEmpty || page != nil,
            otherBytes: otherBytes
                + (savesOnly ? 0 : GroupAnalysis.byteCount(group.shape, detection: detection))
                + (page == nil ? 0 : GroupPictures.memoryBytes),
            checkpoint: checkpoint, interruption: interruption)
        job.comparesPatterns = group.camera == Camera() && detection != nil && !savesOnly
        job.decoded = { [decoded] in decoded($0.name, $1) }
        let bytesEach = group.bytesPerPhoto
        let outcome = try job.run(
            group.photos, shape: group.shape, progress: { counter.advance($0, bytesEach) },
            again: { counter.expect($0, bytesEach) },
            reading: { frameCount in
                if savesOnly { return { _, _ in } }
                return current.begin(frameCount)
            })
        found.skipped += outcome.failed.map(\.skipped)
        found.odd += outcome.odd
        found.timing.add(outcome.timing)
        found.temporaryFileBytes = max(found.temporaryFileBytes, outcome.accumulators.fileByteCount)
        if let notSaved = outcome.notSaved, let checkpoint {
            guard !savesOnly else { throw notSaved }
            found.failedOutputs.append(FailedOutput(notSaved, of: checkpoint.path))
        }
        if savesOnly { return }
        guard outcome.photos.count >= minimumFrames, let analysis = current.analysis else {
            found.skipped += leftOut(group, photos: outcome.photos)
            return
        }
        let start = monotonicSeconds()
        let summary = analysis.summary
        try AddressSpace.demand(GroupAnalysis.byteCount(group.shape, detection: detection), for: "the judgement")
        var detected = analysis.judge(outcome.facts, outcome.coarse)
        if history, let judged = detected { detected = withHistory(judged, group, outcome.photos, counter, &found) }
        found.timing.analysisSeconds += monotonicSeconds() - start
        let number = found.groups.count + 1
        found.groups.append(
            HotPixelsReport.Group(
                group, number: number, photos: outcome.photos, frameCount: outcome.photos.count, summary: summary,
                detection: detected, suspects: outcome.suspects, facts: outcome.facts,
                twoPatterns: outcome.twoPatterns))
        found.failedOutputs += maps.write(
            outcome.accumulators, of: group, summary: summary, number: number, photos: photosOfAll)
        guard let page else { return }
        do throws(FastPixError) {
            try AddressSpace.demand(GroupPictures.memoryBytes, for: "the pictures of the page")
            found.pictures.append(
                try GroupPictures(
                    outcome.accumulators, of: group, summary: summary, detection: detected, settings: accumulation))
        } catch {
            found.failedOutputs.append(FailedOutput(error, of: page))
        }
    }

    /// The same with what the photos show at the places of its defects.
    private func withHistory(
        _ detection: Detection, _ group: PhotoGroup, _ photos: [PhotoFile], _ counter: ProgressCounter,
        _ found: inout Findings
    ) -> Detection {
        guard !detection.defects.isEmpty else { return detection }
        let bytesEach = group.bytesPerPhoto
        counter.expect(photos.count, bytesEach)
        let reading = HistoryReading(
            shape: group.shape, channels: accumulation.channels, maximumPixels: accumulation.maximumPixels,
            workers: accumulation.workerCount)
        let (series, unread) = reading.run(photos, detection.defects, progress: { counter.advance($0, bytesEach) })
        found.skipped += unread.map {
            SkippedPhoto(path: $0.path, reason: "in the statistics, but not read again for the history: \($0.reason)")
        }
        return detection.with(
            zip(detection.defects, series).map { defect, series in
                series.map { defect.with($0, frames: detection.kind) } ?? defect
            })
    }

    /// The report, with the page written if there is to be one.
    private func writingPage(_ found: Findings, _ discovery: PhotoDiscovery) -> HotPixelsReport {
        func report(_ failedOutputs: [FailedOutput]) -> HotPixelsReport {
            HotPixelsReport(
                settings: HotPixelsReport.Settings(self), groups: found.groups, skipped: found.skipped,
                failedOutputs: failedOutputs, leftOut: discovery.leftOut,
                selection: SelectionReport(discovery.selection, leftOutFiles: discovery.unselected),
                odd: found.odd.sorted { $0.path < $1.path },
                timing: found.timing, peakMemoryBytes: ProcessMemory.peakBytes,
                temporaryFileBytes: found.temporaryFileBytes)
        }
        guard let page, !found.groups.isEmpty, found.pictures.count == found.groups.count else {
            return report(found.failedOutputs)
        }
        do throws(FastPixError) {
            try AddressSpace.demand(GroupPictures.memoryBytes * found.pictures.count, for: "the page")
            var file = try StagedFile(target: page, replacing: maps.overwrites)
            try file.write(ReportPage(report: report(found.failedOutputs), pictures: found.pictures).html)
            try file.commit()
            return report(found.failedOutputs)
        } catch {
            return report(found.failedOutputs + [FailedOutput(error, of: page)])
        }
    }

    private func leftOut(_ group: PhotoGroup, photos: [PhotoFile]) -> [SkippedPhoto] {
        let reason =
            "the group (\(group.name)) has \(counted(photos.count, "readable photo")), "
            + "fewer than the \(minimumFrames) that are asked for"
        return photos.map { SkippedPhoto(path: $0.namedPath, reason: reason, isFailure: false) }
    }
}

/// Counts photos over all groups, and their bytes, for whoever shows progress. Never goes back.
private final class ProgressCounter: Sendable {
    private struct State {
        var photosDone = 0.0
        var photos: Int
        var bytesDone = 0.0
        var bytes: Double
    }

    private let report: @Sendable (_ photosDone: Int, _ photos: Int, _ bytesDone: Int, _ bytes: Int) -> Void
    private let state: Mutex<State>

    init(total: Int, bytes: Int, report: @escaping @Sendable (Int, Int, Int, Int) -> Void) {
        state = Mutex(State(photos: total, bytes: Double(bytes)))
        self.report = report
    }

    /// So many photos, of so many bytes each, have to be decoded that were not expected.
    func expect(_ photos: Int, _ bytesEach: Double) {
        state.withLock { state in
            state.photos += photos
            state.bytes += Double(photos) * bytesEach
        }
    }

    /// Takes in a number of photos of so many bytes each, or a part of one, that are done.
    func advance(_ photos: Double, _ bytesEach: Double) {
        let bytes = photos * bytesEach
        // Told in order, because a later number must not be overtaken by an earlier one.
        state.withLock { state in
            state.photosDone += photos
            state.bytesDone += bytes
            // Parts of a photo may add up to a little less than one.
            report(
                min(Int(state.photosDone + 1e-6), state.photos), state.photos,
                // Nor their bytes.
                Int(state.photosDone + 1e-6) >= state.photos
                    ? Int(state.bytes) : Int(min(state.bytesDone, state.bytes)),
                Int(state.bytes))
        }
    }
}

extension PhotoGroup {
    /// Of the photos' files; a file counts for each of its pictures.
    fileprivate var byteCount: Int { photos.reduce(0) { $0 + $1.byteCount } }

    fileprivate var bytesPerPhoto: Double { Double(byteCount) / Double(max(1, photos.count)) }
}
