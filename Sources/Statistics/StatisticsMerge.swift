import FastPixAccumulation
import FastPixDiscovery
import FastPixPlumbing
import SystemPackage

/// The job of `fastpix merge` for states of `stats --moments`: states of disjoint sets of photos in, the statistics of all
/// of them out, to the last bit what one run over all photos gives.
public struct StatisticsMerge: Sendable {
    /// Where the combined state goes; nil: nowhere.
    public var combined: FilePath?
    /// Whether a file that is there already may be replaced.
    public var overwrites: Bool

    /// A merge with these settings.
    public init(combined: FilePath? = nil, overwrites: Bool = false) {
        self.combined = combined
        self.overwrites = overwrites
    }

    /// Whether a file is a state of `stats --moments`. Throws when it cannot be read.
    package static func isState(_ path: FilePath) throws(FastPixError) -> Bool {
        let file = try OpenFile(path)
        let signature = ChannelStateFormat.signature
        return try StateReader.bytes(file, 0, min(signature.count, file.state.byteCount)) == signature
    }

    /// Adds up the states. Throws when there is none, one is damaged, of another version or of a run that was asked for
    /// something else, a photo is in two of them, together they have more photos than exact sums hold, or the output cannot
    /// be begun or would replace one of the states, and when the run was interrupted. An output that cannot be written later is
    /// in the report's `failedOutputs`. `progress` counts states. Blocks until it is done, and may be called from any thread.
    public func run(
        _ paths: [FilePath], interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> StatisticsReport {
        var files = DistinctFiles()
        for path in paths { files.reads(path, as: "a state") }
        try files.writes(combined, .combinedState)
        return try run(paths, interruption: interruption, planned: { _ in }, progress: progress)
    }

    /// The same without blocking, on a thread of its own. When the task is cancelled, it throws `interrupted`.
    public func run(
        _ paths: [FilePath], progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws(FastPixError) -> StatisticsReport {
        try await Interruption.byTask { (interruption) throws(FastPixError) in
            try run(paths, interruption: interruption, progress: progress)
        }
    }

    /// The same as the public form for a caller who has seen to it that no state is replaced; `planned` hears what will be
    /// added up before it begins.
    package func run(
        _ paths: [FilePath], interruption: Interruption? = nil, planned: (ReadingPlan) -> Void,
        progress: @escaping @Sendable (JobProgress) -> Void
    ) throws(FastPixError) -> StatisticsReport {
        let start = monotonicSeconds()
        let parts = try self.parts(of: paths, interruption, progress)
        planned(parts.plan)
        let (states, first) = (parts.states, parts.first)
        var totals = ChannelTotals()
        for state in states {
            try interruption?.check()
            totals += try state.totals()
        }
        var failedOutputs: [FailedOutput] = []
        if let combined {
            let manifest = ChannelStateManifest(
                totals, parts.inventory, weight: first.weight, greyAsRGB: first.greyAsRGB,
                countsValues: first.countsValues, photoBytes: parts.photoBytes)
            do throws(FastPixError) {
                try ChannelStateWriter.write(manifest, totals, to: combined, replacing: overwrites) {
                    add throws(FastPixError) in
                    try forEachPhoto(states, interruption) { (photo, _) throws(FastPixError) in try add(photo) }
                    for state in states { try state.checkUnchanged() }
                }
            } catch {
                // Otherwise it is one of the states that cannot be read.
                guard error.path == combined else { throw error }
                failedOutputs.append(FailedOutput(error, of: combined))
            }
        }
        for state in states { try state.checkUnchanged() }
        var statistics = PhotoStatistics(moments: first.weight, greyAsRGB: first.greyAsRGB)
        statistics.countsValues = first.countsValues
        var report = statistics.report(
            totals, parts.inventory,
            timing: StatisticsReport.Timing(
                probeSeconds: 0, decodeSeconds: 0, totalSeconds: monotonicSeconds() - start))
        report.failedOutputs = failedOutputs
        return report
    }

    /// What `run` would add up, without a look at the sums; writes nothing. Throws as `run` does before it adds up.
    package func plan(_ paths: [FilePath]) throws(FastPixError) -> ReadingPlan {
        try parts(of: paths, nil) { _ in }.plan
    }

    private struct Parts {
        var states: [ChannelStateReader] = []
        let first: ChannelStateManifest
        let inventory: PhotoInventory
        var photoBytes = 0

        var plan: ReadingPlan {
            ReadingPlan(
                .adding,
                [
                    ReadingPlan.Group(
                        name: "sums of whole photos, \(first.request)", files: states.map(\.path.string),
                        photoCount: inventory.all.photos)
                ], skipped: [])
        }
    }

    /// Opens the states, sees that they belong together, and goes through their photos.
    private func parts(
        of paths: [FilePath], _ interruption: Interruption?, _ progress: @Sendable (JobProgress) -> Void
    ) throws(FastPixError) -> Parts {
        guard paths.count <= OpenFile.limit else { throw StateSum.tooMany(paths.count) }
        if let combined { try StagedFile.prepare(target: combined, replacing: overwrites) }
        var states: [ChannelStateReader] = []
        for path in paths {
            try interruption?.check()
            states.append(try ChannelStateReader(path))
            progress(JobProgress(done: states.count, total: paths.count))
        }
        guard let first = states.first?.manifest else { throw StateSum.noState }
        var photoCount = 0
        for state in states {
            try check(state, first)
            photoCount += state.manifest.photoCount
            guard photoCount <= ChannelStateManifest.mostPhotos else { throw tooMany(state.path) }
        }
        guard let inventory = PhotoInventory(adding: states.map(\.manifest.inventory)) else {
            throw tooMany(states.last!.path)
        }
        var parts = Parts(states: states, first: first, inventory: inventory)
        var overlap = StateOverlap(paths)
        try forEachPhoto(states, interruption) { photo, state in
            parts.photoBytes += StatePhotoRecord.byteCount(photo)
            overlap.add(photo, from: state)
        }
        try overlap.refuse()
        return parts
    }

    private func check(_ state: ChannelStateReader, _ first: ChannelStateManifest) throws(FastPixError) {
        let manifest = state.manifest
        guard manifest.weight == first.weight, manifest.greyAsRGB == first.greyAsRGB,
            manifest.countsValues == first.countsValues
        else {
            throw FastPixError(
                .invalidArgument, path: state.path,
                "a state of a run that was asked for something else than the first one: \(manifest.request) here, and there "
                    + "\(first.request); ask for the same")
        }
    }

    private func tooMany(_ path: FilePath) -> FastPixError {
        FastPixError(
            .overflow, path: path,
            "with this state there are more than the \(ChannelStateManifest.mostPhotos) photos, or the bytes, that exact "
                + "statistics can hold; merge fewer")
    }

    private func forEachPhoto(
        _ states: [ChannelStateReader], _ interruption: Interruption?,
        _ body: (StatePhoto, _ state: Int) throws(FastPixError) -> Void
    ) throws(FastPixError) {
        var merge = try StatePhotoMerge(states.map { $0.photos() })
        while let (photo, state) = try merge.next() {
            try interruption?.check()
            try body(photo, state)
        }
    }
}

extension ChannelStateManifest {
    /// What its run was asked for, in words.
    fileprivate var request: String {
        (weight == .image ? "every image counts alike" : "every pixel counts alike")
            + (greyAsRGB ? ", grey as red, green and blue" : "") + (countsValues ? ", with counts of values" : "")
    }
}
