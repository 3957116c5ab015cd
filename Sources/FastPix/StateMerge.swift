import SystemPackage

/// The job of `fastpix merge`: states of disjoint sets of photos in, the statistics of all of them out, to the last
/// bit what one run over all photos gives.
public struct StateMerge: Sendable {
    /// How many subpixels of lowest variance are listed.
    public var top: Int
    /// How defects are looked for; nil: not at all. States hold no single photos, so that nothing can be confirmed in
    /// them: `confirmation` must be `none`.
    public var detection: DetectionSettings?
    /// What is written besides the report.
    public var maps: MapOutputs
    /// Where the combined state goes; nil: nowhere.
    public var combined: String?
    /// Bytes of memory to stay below; nil: `AccumulationSettings.defaultMemoryLimit`. Where the accumulators do not fit,
    /// they lie in a temporary file.
    public var memoryLimit: Int?

    public init(
        top: Int = HotPixelsSearch.defaultTop, detection: DetectionSettings? = nil, maps: MapOutputs = MapOutputs(),
        combined: String? = nil, memoryLimit: Int? = nil
    ) {
        self.top = top
        self.detection = detection
        self.maps = maps
        self.combined = combined
        self.memoryLimit = memoryLimit
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) {
        try search.validate()
        guard detection == nil || detection?.confirmation == DetectionConfirmation.none else {
            throw FastPixError(
                .invalidArgument,
                "what confirms defects photo by photo does not add up; states are judged with the confirmation none")
        }
    }

    /// The settings as a report tells them.
    private var search: HotPixelsSearch {
        HotPixelsSearch(
            accumulation: AccumulationSettings(memoryLimit: memoryLimit), minimumFrames: 1, top: top,
            detection: detection, maps: maps)
    }

    /// Adds up the states. Throws when there is none, one is damaged or of another version, they are of different
    /// cameras, frame shapes or channels, a photo is in two of them, or together they have more photos than exact
    /// sums hold; when an output cannot be written or would replace one of the states. Needs the memory of one state,
    /// whatever their number.
    public func run(_ paths: [FilePath]) throws(FastPixError) -> HotPixelsReport {
        try validate()
        let inputs = PhotoDiscovery(paths: paths)
        try prepare(inputs)
        let start = monotonicSeconds()
        var sum: Sum?
        for path in paths {
            let state = try StateReader(path)
            if sum == nil { sum = try Sum(state.manifest, inFile: isTooLarge(state.manifest)) }
            try sum!.add(state)
        }
        guard let sum, sum.accumulators.frameCount > 0 else {
            throw FastPixError(.tooFewFrames, "no photo is in these states; name states that hold some")
        }
        if let combined { try StateWriter.write(sum.accumulators, sum.manifest, to: combined) }
        var timing = HotPixelsReport.Timing()
        timing.accumulateSeconds = monotonicSeconds() - start
        let analysisStart = monotonicSeconds()
        let summary = VarianceSummary(sum.accumulators, top: top)
        let detected = detection.map { settings in
            DefectSearch(
                settings, shape: sum.group.shape, codedUnit: sum.codedUnit, workers: WorkerTeam.defaultWorkers
            ).judge(sum.accumulators, nil)
        }
        timing.analysisSeconds = monotonicSeconds() - analysisStart
        try maps.write(sum.accumulators, of: sum.group, summary: summary, number: 1, photos: inputs)
        timing.totalSeconds = monotonicSeconds() - start
        return HotPixelsReport(
            settings: HotPixelsReport.Settings(search),
            groups: [
                HotPixelsReport.Group(
                    sum.group, frameCount: sum.accumulators.frameCount, summary: summary, detection: detected ?? nil)
            ],
            skipped: [], timing: timing, peakMemoryBytes: ProcessMemory.peakBytes,
            temporaryFileBytes: sum.accumulators.fileByteCount)
    }

    /// Whether the accumulators are to lie in a file.
    private func isTooLarge(_ manifest: StateManifest) -> Bool {
        let analysis = detection.map {
            DefectSearch.memoryBytes($0, photos: 0, shape: manifest.frame, workers: WorkerTeam.defaultWorkers)
        }
        return Accumulators.byteCount(shape: manifest.frame, kind: .exact) + (analysis ?? 0)
            + AccumulationPlan.programBytes > search.accumulation.memoryLimitBytes
    }

    private func prepare(_ inputs: PhotoDiscovery) throws(FastPixError) {
        try maps.prepare(photos: inputs)
        guard let combined else { return }
        try inputs.refuseOverwriting(combined)
        _ = try StagedFile(target: combined)
    }

    /// What has been added up so far.
    private struct Sum {
        let group: PhotoGroup
        let accumulators: Accumulators
        private(set) var codedUnit: CodedUnit
        private var photos: [StatePhoto] = []
        /// The state that each photo came from.
        private var origins: [ContentHash: FilePath] = [:]

        /// Nothing yet, of this group.
        init(_ manifest: StateManifest, inFile: Bool) throws(FastPixError) {
            group = manifest.group
            codedUnit = manifest.codedUnit
            accumulators = try Accumulators(shape: group.shape, kind: .exact, inFile: inFile)
        }

        var manifest: StateManifest { StateManifest(group, codedUnit: codedUnit, photos: photos) }

        mutating func add(_ state: borrowing StateReader) throws(FastPixError) {
            let manifest = state.manifest
            guard manifest.matches(group) else {
                throw FastPixError(
                    .invalidArgument, path: state.path.string,
                    "a state of \(manifest.group.name), and the first one is of \(group.name); merge states of one "
                        + "camera, frame and --channels")
            }
            guard manifest.unfinished.isEmpty else {
                throw FastPixError(
                    .invalidArgument, path: state.path.string,
                    "in this state are \(counted(manifest.unfinished.count, "unfinished photo")), because its run was "
                        + "interrupted; run the same command again to finish it")
            }
            let most = Accumulators.maximumFrames(shape: group.shape, kind: .exact)
            guard photos.count + manifest.photos.count <= most else {
                throw FastPixError(
                    .overflow, path: state.path.string,
                    "with this state there are more than the \(most) photos that exact sums can hold; merge fewer")
            }
            try refuseOverlap(state)
            try state.add(to: accumulators)
            for photo in manifest.photos { origins[photo.hash] = state.path }
            photos += manifest.photos.map { StatePhoto(hash: $0.hash, name: $0.name) }
            codedUnit = CodedUnit(
                width: max(codedUnit.width, manifest.codedUnit.width),
                height: max(codedUnit.height, manifest.codedUnit.height))
        }

        private func refuseOverlap(_ state: borrowing StateReader) throws(FastPixError) {
            let shared = state.manifest.photos.filter { origins[$0.hash] != nil }
            guard let first = shared.first, let origin = origins[first.hash] else { return }
            throw FastPixError(
                .invalidArgument, path: state.path.string,
                "\(counted(shared.count, "photo")) of this state \(shared.count == 1 ? "is" : "are") in \(origin.string) "
                    + "or another state before it, too (\(first.name)); a photo may count only once, so merge states "
                    + "of different photos")
        }
    }
}
