import FastPixAccumulation
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
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
    /// The web page to write, if any. `maps.overwrites` holds for it, too.
    public var page: FilePath?
    /// Photos of the states, or some of them, where they can be read: the page then shows parts of them, and the report
    /// tells what their headers say of editing. Nil: neither.
    public var photos: PhotoSource?
    /// Where the combined state goes; nil: nowhere. With several groups the second's goes to a file with `-2` before the
    /// extension, and so on. `maps.overwrites` holds for it, too.
    public var combined: FilePath?
    /// Whether the states may be of several cameras and frame shapes, of which each gets a result of its own, as in one run.
    public var separatesGroups = false
    /// Groups of fewer photos are left out, where groups are separated.
    public var minimumFrames = 1
    /// Threads that add up and read headers of `photos`; nil: one per processor. Fewer are used where the memory limit leaves
    /// no room.
    public var workers: Int?
    /// Bytes of memory to stay below; nil: `AccumulationSettings.defaultMemoryLimit`. Where the accumulators do not fit,
    /// they lie in a temporary file.
    public var memoryLimit: Int?

    /// A merge with these settings; `validate()` and `run` refuse those out of their range.
    public init(
        top: Int = HotPixelsSearch.defaultTop, detection: DetectionSettings? = nil, maps: MapOutputs = MapOutputs(),
        page: FilePath? = nil, photos: PhotoSource? = nil, combined: FilePath? = nil,
        workers: Int? = nil, memoryLimit: Int? = nil
    ) {
        self.top = top
        self.detection = detection
        self.maps = maps
        self.page = page
        self.photos = photos
        self.combined = combined
        self.workers = workers
        self.memoryLimit = memoryLimit
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) { try search.validate() }

    /// The settings as a report tells them.
    private var search: HotPixelsSearch {
        HotPixelsSearch(
            accumulation: AccumulationSettings(workers: workers, memoryLimit: memoryLimit),
            minimumFrames: minimumFrames, top: top,
            detection: detection, maps: maps)
    }

    /// Adds up the states, some rows at a time. Throws when there is none, one is damaged or of another version, they are
    /// of different cameras, frame shapes or channels (unless groups are separated), a photo is in two of them, together they
    /// have more photos than exact sums hold, or defects are to be judged and one counts no extremes; when an output cannot
    /// be begun or would replace one of the states, of `photos` or another output; when a list of `photos` cannot be read; and
    /// when the run was interrupted.
    /// What cannot be written besides the report, the combined state among it, is in its `failedOutputs`. The states of a
    /// group are open all the time. `progress` counts rows. Blocks until it is done, and may be called from any thread.
    public func run(
        _ paths: [FilePath], interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> HotPixelsReport {
        let shown = try shownPhotos()
        var files = DistinctFiles()
        enterInputs(paths, shown, in: &files)
        try enterOutputs(in: &files)
        return try run(paths, shown: shown, interruption: interruption, planned: { _ in }, progress: progress)
    }

    /// Finds `photos`. Throws when a list of them cannot be read.
    package func shownPhotos() throws(FastPixError) -> PhotoDiscovery? {
        try photos.map { source throws(FastPixError) in try PhotoDiscovery(source) }
    }

    /// Enters what is read, the states and `photos`.
    package func enterInputs(_ paths: [FilePath], _ shown: PhotoDiscovery?, in files: inout DistinctFiles) {
        for path in paths { files.reads(path, as: "a state") }
        if let shown { files.reads(shown) }
    }

    /// Enters what is written besides the report. Throws when it is an input, or another file of the run.
    package func enterOutputs(in files: inout DistinctFiles) throws(FastPixError) {
        try files.writes(combined, .combinedState, isNumbered: separatesGroups)
        try files.writes(page, .page)
        try maps.enter(in: &files, isNumbered: separatesGroups)
    }

    /// The same as the public form for a caller who has entered the files; `planned` hears what will be added up before it
    /// begins.
    package func run(
        _ paths: [FilePath], shown: PhotoDiscovery?, interruption: Interruption? = nil,
        planned: (ReadingPlan) -> Void, progress: @escaping @Sendable (JobProgress) -> Void
    ) throws(FastPixError) -> HotPixelsReport {
        try validate()
        // What no output of a further group may replace.
        let inputs = PhotoDiscovery(paths: paths + (shown?.files ?? []))
        try prepareOutputs()
        let start = monotonicSeconds()
        var found = Findings()
        do throws(FastPixError) {
            let groups = try groups(paths, &found)
            planned(plan(groups, found))
            let rows = groups.reduce(0) { $0 + $1.rowCount }
            var rowsDone = 0
            for group in groups {
                try merge(
                    group.paths, inputs, shown, interruption,
                    { [rowsDone] in progress(JobProgress(done: rowsDone + $0, total: rows)) }, into: &found)
                rowsDone += group.rowCount
            }
        } catch {
            throw StateReader.cause(of: error)
        }
        found.skipped = found.skipped.byPath
        func report() -> HotPixelsReport {
            found.timing.totalSeconds = monotonicSeconds() - start
            return HotPixelsReport(
                settings: HotPixelsReport.Settings(search), groups: found.groups, skipped: found.skipped,
                failedOutputs: found.failedOutputs, timing: found.timing, peakMemoryBytes: ProcessMemory.peakBytes,
                temporaryFileBytes: found.temporaryFileBytes)
        }
        guard let page, !found.groups.isEmpty, found.pictures.count == found.groups.count else { return report() }
        do throws(FastPixError) {
            var file = try StagedFile(target: page, replacing: maps.overwrites)
            try file.write(ReportPage(report: report(), pictures: found.pictures).html)
            try file.commit()
        } catch {
            found.failedOutputs.append(FailedOutput(error, of: page))
        }
        return report()
    }

    /// What `run` would add up, without a look at the sums; writes nothing. Throws as `run` does before it adds up.
    package func plan(_ paths: [FilePath]) throws(FastPixError) -> ReadingPlan {
        try validate()
        try prepareOutputs()
        var found = Findings()
        do throws(FastPixError) {
            let groups = try groups(paths, &found)
            for group in groups { _ = try sum(of: group.paths) }
            return plan(groups, found)
        } catch {
            throw StateReader.cause(of: error)
        }
    }

    private func plan(_ groups: [StateGroup], _ found: Findings) -> ReadingPlan {
        ReadingPlan(
            .adding,
            groups.map {
                ReadingPlan.Group(name: $0.group.name, files: $0.paths.map(\.string), photoCount: $0.photoCount)
            }, skipped: found.skipped)
    }

    /// The same without blocking, on a thread of its own. When the task is cancelled, it throws `interrupted`.
    public func run(
        _ paths: [FilePath], progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws(FastPixError) -> HotPixelsReport {
        try await Interruption.byTask { (interruption) throws(FastPixError) in
            try run(paths, interruption: interruption, progress: progress)
        }
    }

    private struct Findings {
        var groups: [HotPixelsReport.Group] = []
        var pictures: [GroupPictures] = []
        var skipped: [SkippedPhoto] = []
        var failedOutputs: [FailedOutput] = []
        var timing = HotPixelsReport.Timing()
        var temporaryFileBytes = 0
    }

    /// What is to be added up. Without photos of its own.
    private struct StateGroup {
        let group: PhotoGroup
        var photoCount: Int
        var paths: [FilePath]

        var rowCount: Int { group.shape.height }
    }

    /// The states of each group that has enough photos, in the order in which one run lists the groups; all states, when they
    /// are to be of one group, which `StateSum` sees.
    private func groups(_ paths: [FilePath], _ found: inout Findings) throws(FastPixError) -> [StateGroup] {
        guard !paths.isEmpty else { throw StateSum.noState }
        var groups: [StateGroup] = []
        for path in paths {
            let header = try StateReader(streaming: path).header
            if let index = groups.firstIndex(where: { !separatesGroups || header.matches($0.group) }) {
                groups[index].photoCount += header.photoCount
                groups[index].paths.append(path)
            } else {
                groups.append(StateGroup(group: header.group, photoCount: header.photoCount, paths: [path]))
            }
        }
        guard separatesGroups else { return groups }
        for group in groups where group.photoCount < minimumFrames {
            for path in group.paths {
                found.skipped.append(
                    SkippedPhoto(
                        path: path,
                        reason:
                            "the group (\(group.group.name)) has \(counted(group.photoCount, "photo")), fewer than the "
                            + "\(minimumFrames) that are asked for", isFailure: false))
            }
        }
        let wanted = groups.filter { $0.photoCount >= minimumFrames }
        guard !wanted.isEmpty else {
            throw FastPixError(
                .tooFewFrames, "no camera and frame size has the \(counted(minimumFrames, "photo")) that are needed")
        }
        return wanted.sorted { $0.group.isListed(before: $1.group, counts: ($0.photoCount, $1.photoCount)) }
    }

    /// Opens the states of one group. Throws when they cannot be added up, or have no photo.
    private func sum(of paths: [FilePath]) throws(FastPixError) -> StateSum {
        let sum = try StateSum(paths, judging: detection != nil, keepsExtremes: combined != nil)
        guard sum.header.photoCount > 0 else {
            throw FastPixError(.tooFewFrames, "no photo is in these states; name states that hold some")
        }
        return sum
    }

    /// Adds up the states of one group, and writes its outputs.
    private func merge(
        _ paths: [FilePath], _ inputs: PhotoDiscovery, _ shown: PhotoDiscovery?, _ interruption: Interruption?,
        _ progress: @escaping @Sendable (_ rowsDone: Int) -> Void, into found: inout Findings
    ) throws(FastPixError) {
        let start = monotonicSeconds()
        let number = found.groups.count + 1
        let sum = try sum(of: paths)
        let frameCount = sum.header.photoCount
        let analysis = GroupAnalysis(
            FrameGeometry(sum.header), frameCount: frameCount, top: top, detection: detection)
        let target = combined.map { NumberedOutput.file($0, number) }
        var writer: StateWriter?
        if let target {
            do throws(FastPixError) {
                try inputs.refuseOverwriting(target)
                writer = try sum.begin(writingTo: target, replacing: maps.overwrites)
            } catch {
                // Otherwise it is one of the states that cannot be read.
                guard error.path == target else { throw error }
                found.failedOutputs.append(FailedOutput(error, of: target))
            }
        }
        let accumulators = try sum.addUp(
            needsAllRows: needsAllRows, inFile: try isTooLarge(sum.header), workers: workers(sum.header),
            writingTo: writer,
            adding: { (_: Accumulators, rows: Range<Int>) throws(FastPixError) in
                try interruption?.check()
                progress(rows.upperBound)
            }, reading: { analysis.add($0, rows: $1) })
        if let target, let writer {
            do throws(FastPixError) {
                try writer.finish()
            } catch {
                found.failedOutputs.append(FailedOutput(error, of: target))
            }
        }
        found.timing.accumulateSeconds += monotonicSeconds() - start
        let analysisStart = monotonicSeconds()
        let summary = analysis.summary
        let detected = analysis.judge(sum.facts, sum.coarse)
        found.timing.analysisSeconds += monotonicSeconds() - analysisStart
        let group = PhotoGroup(
            camera: sum.header.camera, shape: sum.header.frame, channels: sum.header.channels,
            details: sum.header.details, photos: try readable(shown, of: sum.header, into: &found))
        found.groups.append(
            HotPixelsReport.Group(
                group, number: number, frameCount: frameCount, codedUnit: sum.header.codedUnit, summary: summary,
                detection: detected, facts: sum.facts))
        let (read, exact) = (accumulators.read, accumulators.exact)
        found.temporaryFileBytes = max(
            found.temporaryFileBytes, read.fileByteCount + (read === exact ? 0 : exact.fileByteCount))
        found.failedOutputs += maps.write(
            read, exact: exact, of: group, summary: summary, number: number, photos: inputs)
        guard let page else { return }
        do throws(FastPixError) {
            found.pictures.append(
                try GroupPictures(
                    read, of: group, summary: summary, detection: detected,
                    settings: AccumulationSettings(
                        workers: workers, channels: sum.header.channels, memoryLimit: memoryLimit)))
        } catch {
            found.failedOutputs.append(FailedOutput(error, of: page))
        }
    }

    /// Those of the photos that are of the states' camera and frame, grouped by what the states were grouped by.
    private func readable(
        _ shown: PhotoDiscovery?, of header: StateHeader, into found: inout Findings
    ) throws(FastPixError) -> [PhotoFile] {
        guard let discovery = shown else { return [] }
        let probed = try PhotoProbe.run(
            discovery.files, channels: header.channels, maximumPixels: AccumulationSettings.defaultMaximumPixels,
            workers: search.accumulation.workerCount, progress: { _, _ in })
        let distinct = PhotoCopies.separate(probed.photos, workers: search.accumulation.workerCount)
        // Once, not for every group.
        if found.groups.isEmpty { found.skipped += discovery.skipped + probed.failed + distinct.copies }
        let groups = PhotoGroup.grouping(distinct.photos, channels: header.channels, by: header.groupingRule)
        guard let group = groups.first(where: { header.matches($0) }) else {
            found.skipped.append(
                SkippedPhoto(
                    path: photos?.paths.first ?? "",
                    reason:
                        "none of these photos is of a state's camera and frame (\(header.group.name)), so that none can be "
                        + "shown", isFailure: false))
            return []
        }
        return group.photos
    }

    private var needsAllRows: Bool { !maps.isEmpty || page != nil }

    /// What is needed besides the accumulators, and what workers take.
    private func otherBytes(_ header: StateHeader) -> Int {
        MemoryBudget.programBytes + GroupAnalysis.byteCount(header.frame, detection: detection)
            + (page == nil ? 0 : GroupPictures.memoryBytes)
    }

    /// Whether accumulators of all rows are to lie in a file. Throws when not even the rest stays below the limit.
    private func isTooLarge(_ header: StateHeader) throws(FastPixError) -> Bool {
        let limit = search.accumulation.memoryLimitBytes
        let rest = otherBytes(header)
        guard rest <= limit else {
            throw FastPixError(
                .outOfMemory,
                "states of \(header.frame.width) x \(header.frame.height) pixels take at least \(mebibytes(rest)) MiB even "
                    + "when their accumulators lie in a file, and the memory limit is \(mebibytes(limit)) MiB; raise the "
                    + "memory limit")
        }
        return StateSum.byteCount(header) + rest > limit
    }

    /// As many as the memory limit leaves room for, at least one.
    private func workers(_ header: StateHeader) -> Int {
        let accumulators = needsAllRows ? StateSum.byteCount(header) : 0
        let left = search.accumulation.memoryLimitBytes - otherBytes(header) - accumulators
        return max(1, min(search.accumulation.workerCount, left / StateSum.bytesPerWorker(header)))
    }

    private func prepareOutputs() throws(FastPixError) {
        try maps.prepare()
        for output in [combined, page].compactMap({ $0 }) {
            _ = try StagedFile(target: output, replacing: maps.overwrites)
        }
    }
}

extension StateHeader {
    /// The rule by which photos come into a group with these details; a camera that was named by the user is every photo's.
    fileprivate var groupingRule: GroupingRule {
        var fields: Set<GroupingField> = []
        if camera.make != nil { fields.insert(.make) }
        if camera.model != nil { fields.insert(.model) }
        if camera.serial != nil { fields.insert(.serial) }
        if details.band != nil { fields.insert(.band) }
        if details.folder != nil { fields.insert(.folder) }
        if details.gain != nil { fields.insert(.gain) }
        if details.exposureSeconds != nil { fields.insert(.exposure) }
        return GroupingRule(fields: fields)
    }
}
