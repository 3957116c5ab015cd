import Synchronization

/// The job of `fastpix stats`: what is in a set of photos, and the mean and spread of their samples.
///
/// ```swift
/// var statistics = PhotoStatistics()
/// statistics.moments = MomentsRequest()
/// let report = try statistics.run(PhotoDiscovery(paths: ["photos"], recursive: true))
/// for channel in report.moments?.channels ?? [] { print(channel.name, channel.mean, channel.standardDeviation) }
/// ```
public struct PhotoStatistics: Sendable {
    /// How mean and standard deviation are computed.
    public struct MomentsRequest: Sendable {
        public var weight: PhotoWeight
        /// Grey photos count as colour photos whose red, green and blue are equal.
        public var greyAsRGB: Bool
        /// Count how often each value occurs, too: about a fifth more time.
        public var countsValues: Bool

        public init(weight: PhotoWeight = .pixel, greyAsRGB: Bool = false, countsValues: Bool = false) {
            self.weight = weight
            self.greyAsRGB = greyAsRGB
            self.countsValues = countsValues
        }
    }

    /// Threads that read headers and decode; nil: one per processor.
    public var workers: Int?
    /// Largest photo accepted, in pixels (0: any).
    public var maximumPixels: UInt64
    /// Decode all photos to their ends, which finds damage that headers do not show.
    public var verifies: Bool
    /// Nil: from headers only. Otherwise all photos are decoded.
    public var moments: MomentsRequest?
    /// Bytes of memory to stay below while photos are decoded; nil: `AccumulationSettings.defaultMemoryLimit`. A photo
    /// that takes more alone is left out and listed.
    public var memoryLimit: Int?

    public init(
        workers: Int? = nil, maximumPixels: UInt64 = PhotoFile.defaultMaximumPixels, verifies: Bool = false,
        moments: MomentsRequest? = nil, memoryLimit: Int? = nil
    ) {
        self.workers = workers
        self.maximumPixels = maximumPixels
        self.verifies = verifies
        self.moments = moments
        self.memoryLimit = memoryLimit
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) { try headerSettings.validate() }

    private var headerSettings: AccumulationSettings {
        AccumulationSettings(workers: workers, maximumPixels: maximumPixels, memoryLimit: memoryLimit)
    }

    /// Reads all headers and, when asked to, decodes the photos. Photos that cannot be read or decoded are listed in the
    /// report and enter none of its figures. `progress` is called from several threads. Throws when a setting is wrong.
    public func run(
        _ discovery: PhotoDiscovery, progress: @escaping @Sendable (SearchProgress) -> Void = { _ in }
    ) throws(FastPixError) -> StatisticsReport {
        try validate()
        let start = monotonicSeconds()
        let probed = PhotoProbe.run(
            discovery.files, maximumPixels: maximumPixels, workers: headerSettings.workerCount,
            progress: { progress(SearchProgress(stage: .readingHeaders, photosDone: $0, photosInAll: $1)) })
        var photos = probed.photos
        var skipped = discovery.skipped + probed.failed
        let headersRead = monotonicSeconds()
        var totals: ChannelTotals?
        if let purpose {
            let count = photos.count
            let bytesInAll = photos.reduce(0) { $0 + $1.state.byteCount }
            let done = Mutex((photos: 0, bytes: 0))
            let outcome = DecodingPass.run(
                photos, purpose: purpose, workers: headerSettings.workerCount, maximumPixels: maximumPixels,
                memory: MemoryBudget(
                    limit: headerSettings.memoryLimitBytes,
                    otherBytes: discovery.files.count * PhotoFile.listedBytes)
            ) { photo in
                let byteCount = photo.state.byteCount
                // Told in order, because a later number must not be overtaken by an earlier one.
                done.withLock { done in
                    done.photos += 1
                    done.bytes += byteCount
                    progress(
                        SearchProgress(
                            stage: .decoding, photosDone: done.photos, photosInAll: count, bytesDone: done.bytes,
                            bytesInAll: bytesInAll))
                }
            }
            let damaged = Set(outcome.failed.map(\.place))
            photos.removeAll { damaged.contains($0.place) }
            skipped += outcome.failed.map(\.skipped)
            totals = outcome.totals
        }
        let end = monotonicSeconds()
        return StatisticsReport(
            settings: StatisticsReport.Settings(self, workers: headerSettings.workerCount),
            inventory: PhotoInventory(photos), moments: result(totals), skipped: skipped.sorted { $0.path < $1.path },
            leftOut: discovery.leftOut,
            timing: StatisticsReport.Timing(
                probeSeconds: headersRead - start, decodeSeconds: end - headersRead, totalSeconds: end - start),
            peakMemoryBytes: ProcessMemory.peakBytes)
    }

    /// Nil when nothing is to be decoded.
    private var purpose: DecodingPass.Purpose? {
        guard let moments else { return verifies ? .verification : nil }
        return moments.countsValues ? .sumsAndCounts : .sums
    }

    private func result(_ totals: ChannelTotals?) -> StatisticsReport.Moments? {
        guard let totals, let moments else { return nil }
        return StatisticsReport.Moments(
            weight: moments.weight, greyAsRGB: moments.greyAsRGB,
            channels: totals.moments(weight: moments.weight, greyAsRGB: moments.greyAsRGB),
            histograms: moments.countsValues ? totals.histograms(greyAsRGB: moments.greyAsRGB) : nil)
    }
}
