import FastPixAccumulation
import FastPixCodecs
import FastPixDiscovery
import FastPixPlumbing
import Synchronization
import SystemPackage

/// The job of `fastpix stats`: what is in a set of photos, and the mean and spread of their samples.
///
/// ```swift
/// var statistics = PhotoStatistics()
/// statistics.moments = .pixel
/// let report = try statistics.run(PhotoDiscovery(paths: ["photos"], recursive: true))
/// for channel in report.moments?.channels ?? [] { print(channel.name, channel.mean, channel.standardDeviation) }
/// ```
public struct PhotoStatistics: Sendable {
    /// Threads that read headers and decode; nil: one per processor.
    public var workers: Int?
    /// Largest photo accepted, in pixels (0: any).
    public var maximumPixels: UInt64
    /// Decode all photos to their ends, which finds damage that headers do not show.
    public var verifies: Bool
    /// Whether mean and standard deviation are computed, and by what photos count. Nil: from headers only. Otherwise all
    /// photos are decoded.
    public var moments: PhotoWeight?
    /// Grey photos count as colour photos whose red, green and blue are equal; no effect without `moments`.
    public var greyAsRGB: Bool
    /// Count how often each value occurs, too: about a fifth more time; no effect without `moments`.
    package var countsValues = false
    /// Bytes of memory to stay below while photos are decoded; nil: `AccumulationSettings.defaultMemoryLimit`. A photo
    /// that takes more alone is left out and listed.
    public var memoryLimit: Int?
    /// Where the sums are kept, so that another run can go on from them, or `fastpix merge` add them up; nil: nowhere. No
    /// effect without `moments`.
    public var checkpoint: CheckpointSettings?
    /// How files are read.
    package var reading = PhotoReadingChoice()
    /// Hears of each photo by name when it is decoded, from any thread, and the time that took.
    package var decoded: @Sendable (_ name: String, _ seconds: Double) -> Void = { _, _ in }

    /// Statistics with these settings; `validate()` and `run` refuse those out of their range.
    public init(
        workers: Int? = nil, maximumPixels: UInt64 = AccumulationSettings.defaultMaximumPixels, verifies: Bool = false,
        moments: PhotoWeight? = nil, greyAsRGB: Bool = false, memoryLimit: Int? = nil
    ) {
        self.workers = workers
        self.maximumPixels = maximumPixels
        self.verifies = verifies
        self.moments = moments
        self.greyAsRGB = greyAsRGB
        self.memoryLimit = memoryLimit
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) {
        try headerSettings.validate()
        try checkpoint?.validate()
    }

    private var headerSettings: AccumulationSettings {
        AccumulationSettings(workers: workers, maximumPixels: maximumPixels, memoryLimit: memoryLimit)
    }

    /// Reads all headers and, when asked to, decodes the photos. Photos that cannot be read or decoded, and copies of others,
    /// are listed in the report and enter none of its figures. `progress` is called from several threads. Throws when a setting is wrong, the
    /// checkpoint cannot be gone on from, or saved before all is done, or would replace a photo, and when the run was interrupted.
    /// One that cannot be saved at the end is in `failedOutputs`. Blocks until it is done, and may be called from any thread.
    public func run(
        _ discovery: PhotoDiscovery, interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> StatisticsReport {
        var files = DistinctFiles(photos: discovery)
        try enterOutputs(in: &files)
        return try run(discovery, interruption: interruption, planned: nil, progress: progress)
    }

    /// Enters what is written besides the report. Throws when it is a photo, or another file of the run.
    package func enterOutputs(in files: inout DistinctFiles) throws(FastPixError) {
        try files.writes(checkpoint?.path, .checkpoint)
    }

    /// The same as the public form for a caller who has entered the outputs; `planned` hears what will be read before
    /// anything is decoded.
    package func run(
        _ discovery: PhotoDiscovery, interruption: Interruption?, planned: ((ReadingPlan) -> Void)?,
        progress: @escaping @Sendable (JobProgress) -> Void
    ) throws(FastPixError) -> StatisticsReport {
        let start = monotonicSeconds()
        var (sound, skipped) = try readHeaders(discovery, interruption, progress)
        let headersRead = monotonicSeconds()
        planned?(plan(sound, skipped, discovery))
        var totals: ChannelTotals?
        var odd: [OddPhoto] = []
        var failedOutputs: [FailedOutput] = []
        if let purpose {
            let count = sound.count
            let listBytes =
                discovery.files.count * PhotoFile.listedBytes
                + max(0, count - discovery.files.count) * PhotoFile.listedPictureBytes
            try MemoryBudget.demandRoom(
                forLists: listBytes, pictures: count, limit: headerSettings.memoryLimitBytes)
            let bytesInAll = sound.reduce(0) { $0 + $1.byteCount }
            let checkpoint = try openCheckpoint(sound)
            let held = sound.filter { checkpoint?.holds($0) == true }
            let done = Mutex((photos: held.count, bytes: held.reduce(0) { $0 + $1.byteCount }))
            let outcome = try DecodingPass.run(
                held.isEmpty ? sound : sound.filter { checkpoint?.holds($0) != true }, purpose: purpose,
                workers: headerSettings.workerCount, maximumPixels: maximumPixels,
                memory: MemoryBudget(limit: headerSettings.memoryLimitBytes, otherBytes: listBytes),
                checkpoint: checkpoint, interruption: interruption, decoded: { [decoded] in decoded($0.name, $1) }
            ) { photo in
                let byteCount = photo.byteCount
                // Told in order, because a later number must not be overtaken by an earlier one.
                done.withLock { done in
                    done.photos += 1
                    done.bytes += byteCount
                    progress(
                        JobProgress(done: done.photos, total: count, bytesDone: done.bytes, bytesInAll: bytesInAll))
                }
            }
            let damaged = Set(outcome.failed.map(\.place))
            sound.removeAll { damaged.contains($0.place) }
            skipped = Self.adding(outcome.failed, to: skipped)
            totals = outcome.totals
            odd = outcome.odd
            if let notSaved = outcome.notSaved, let path = self.checkpoint?.path {
                failedOutputs.append(FailedOutput(notSaved, of: path))
            }
        }
        let end = monotonicSeconds()
        var report = report(
            totals, PhotoInventory(sound), copies: skipped.count { $0.copyOf != nil },
            skipped: skipped.byPath,
            leftOut: discovery.leftOut, odd: odd,
            timing: StatisticsReport.Timing(
                probeSeconds: headersRead - start, decodeSeconds: end - headersRead, totalSeconds: end - start))
        report.failedOutputs = failedOutputs
        return report
    }

    /// What `run` would read, from headers alone. Nothing is decoded and nothing written. Throws when a setting is wrong, and
    /// when it was interrupted.
    package func plan(
        _ discovery: PhotoDiscovery, interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> ReadingPlan {
        let (sound, skipped) = try readHeaders(discovery, interruption, progress)
        return plan(sound, skipped, discovery)
    }

    private func plan(_ sound: [PhotoFile], _ skipped: [SkippedPhoto], _ discovery: PhotoDiscovery) -> ReadingPlan {
        ReadingPlan(
            purpose == nil ? .counting : .reading, photos: PhotoGroup.grouping(sound), skipped: skipped,
            leftOut: discovery.leftOut)
    }

    private func readHeaders(
        _ discovery: PhotoDiscovery, _ interruption: Interruption?,
        _ progress: @escaping @Sendable (JobProgress) -> Void
    ) throws(FastPixError) -> (sound: [PhotoFile], skipped: [SkippedPhoto]) {
        try validate()
        let probed = try PhotoProbe.run(
            discovery.files, reading: reading, maximumPixels: maximumPixels, workers: headerSettings.workerCount,
            interruption: interruption,
            progress: { progress(JobProgress(stage: .readingHeaders, done: $0, total: $1)) })
        let distinct = PhotoCopies.separate(probed.photos, workers: headerSettings.workerCount)
        return (distinct.photos, discovery.skipped + probed.failed + distinct.copies)
    }

    /// A copy of a photo that turns out to be damaged is damaged, too.
    private static func adding(_ failed: [FailedPhoto], to skipped: [SkippedPhoto]) -> [SkippedPhoto] {
        var skipped = skipped
        let copies = Dictionary(grouping: skipped.filter { $0.copyOf != nil }) { $0.copyOf! }
        var wholeFiles: Set<FilePath> = []
        for photo in failed {
            skipped.append(photo.skipped)
            let original = photo.place.path
            if photo.path == original { wholeFiles.insert(original) }
            skipped += (copies[original] ?? []).map { copy in
                SkippedPhoto(
                    path: FilePath(bytes: copy.path.bytes + photo.path.bytes.dropFirst(original.bytes.count)),
                    reason: photo.reason,
                    isUnsupported: photo.isUnsupported)
            }
        }
        return skipped.filter { $0.copyOf.map { !wholeFiles.contains($0) } ?? true }
    }

    /// Nil when none is wanted, or no photo is there to keep.
    private func openCheckpoint(_ photos: [PhotoFile]) throws(FastPixError) -> ChannelCheckpoint? {
        guard let checkpoint, let moments, !photos.isEmpty else { return nil }
        return try ChannelCheckpoint(
            checkpoint, photos, weight: moments, greyAsRGB: greyAsRGB, countsValues: countsValues,
            workers: headerSettings.workerCount)
    }

    func report(
        _ totals: ChannelTotals?, _ inventory: PhotoInventory, copies: Int? = nil, skipped: [SkippedPhoto] = [],
        leftOut: [LeftOutFiles] = [], odd: [OddPhoto] = [], timing: StatisticsReport.Timing
    ) -> StatisticsReport {
        StatisticsReport(
            version: fastPixVersion, settings: StatisticsReport.Settings(self, workers: headerSettings.workerCount),
            inventory: inventory, copyCount: copies, moments: result(totals), skipped: skipped, leftOut: leftOut,
            oddPhotos: odd,
            timing: timing, peakMemoryBytes: ProcessMemory.peakBytes)
    }

    /// The same without blocking, on a thread of its own. When the task is cancelled, it throws `interrupted`.
    public func run(
        _ discovery: PhotoDiscovery, progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws(FastPixError) -> StatisticsReport {
        try await Interruption.byTask { (interruption) throws(FastPixError) in
            try run(discovery, interruption: interruption, progress: progress)
        }
    }

    /// Nil when nothing is to be decoded.
    private var purpose: DecodingPass.Purpose? {
        guard moments != nil else { return verifies ? .verification : nil }
        return countsValues ? .sumsAndCounts : .sums
    }

    private func result(_ totals: ChannelTotals?) -> StatisticsReport.Moments? {
        guard let totals, let moments else { return nil }
        return StatisticsReport.Moments(
            weight: moments, greyAsRGB: greyAsRGB, channels: totals.moments(weight: moments, greyAsRGB: greyAsRGB),
            histograms: countsValues ? totals.histograms(greyAsRGB: greyAsRGB) : nil)
    }
}
