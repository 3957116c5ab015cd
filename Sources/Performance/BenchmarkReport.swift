import FastPixDiscovery
import FastPixPlumbing

/// What `fastpix bench` measured; its JSON form is a contract (`schema`): fields may be added, never renamed.
package struct BenchmarkReport: Sendable {
    /// Camera and shape of the photos.
    package let groupName: String
    /// Of the large set.
    package let bytesOnDisk: Int
    package let settings: Settings
    package let cache: Cache
    /// One for each job and set: jobs in their order, the small set first.
    package let series: [Series]
    /// Files that could not be measured with.
    package let skipped: [SkippedPhoto]

    package struct Settings: Sendable, Encodable {
        /// Measured runs of each; one warm-up before them is not counted.
        package let runs: Int
        package let workerCounts: [Int]
        /// Processors that this process may use.
        package let processors: Int
    }

    /// Whether photos came from memory or from the disk.
    package struct Cache: Sendable {
        /// Share of the photos' pages in memory before anything was read; nil when the system does not tell.
        package let residentBefore: Double?
        /// And after the last run.
        package let residentAfter: Double?
        /// Decoding the large set for the first time, with one worker per processor.
        package let firstPassSeconds: Double
    }

    /// One job on one set of photos.
    package struct Series: Sendable {
        package let job: String
        package let title: String
        package let command: String
        /// small or large.
        package let set: String
        package let photos: Int
        /// In the order of their numbers of workers; the first is the serial run.
        package var points: [Point]
        /// Whether all runs, warm-up included, gave the same result.
        package var resultsAgree = false
    }

    /// One job on one set with one number of workers.
    package struct Point: Sendable {
        package let workers: Int
        /// Wall time of each run, from the start of the process to its end.
        package private(set) var seconds: [Double] = []
        package private(set) var processorSeconds: [Double] = []
        package private(set) var pageFaults: [Int] = []
        /// The most of all runs.
        package private(set) var peakMemoryBytes: UInt64 = 0

        init(workers: Int) { self.workers = workers }

        mutating func add(_ run: ChildProcess.Outcome, peakMemoryBytes: UInt64) {
            seconds.append(run.wallSeconds)
            processorSeconds.append(run.userSeconds + run.systemSeconds)
            pageFaults.append(run.minorPageFaults + run.majorPageFaults)
            self.peakMemoryBytes = max(self.peakMemoryBytes, peakMemoryBytes)
        }

        package var medianSeconds: Double { seconds.median }
    }
}

extension BenchmarkReport.Series {
    package func photosPerSecond(_ point: BenchmarkReport.Point) -> Double { Double(photos) / point.medianSeconds }

    /// How many times faster than the serial run, by medians.
    package func speedUp(_ point: BenchmarkReport.Point) -> Double { points[0].medianSeconds / point.medianSeconds }

    /// Speed-up for each worker: 1 is ideal.
    package func efficiency(_ point: BenchmarkReport.Point) -> Double { speedUp(point) / Double(point.workers) }
}

extension [Double] {
    /// Of one or more numbers; the mean of the middle two of an even number of them.
    package var median: Double {
        let sorted = sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

extension BenchmarkReport: Encodable {
    enum CodingKeys: String, CodingKey {
        case schema, version, group, bytesOnDisk, settings, cache, series, skipped
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("fastpix.bench/1", forKey: .schema)
        try container.encode(fastPixVersion, forKey: .version)
        try container.encode(groupName, forKey: .group)
        try container.encode(bytesOnDisk, forKey: .bytesOnDisk)
        try container.encode(settings, forKey: .settings)
        try container.encode(cache, forKey: .cache)
        try container.encode(series, forKey: .series)
        try container.encode(skipped, forKey: .skipped)
    }
}

extension BenchmarkReport.Cache: Encodable {
    enum CodingKeys: String, CodingKey { case residentBefore, residentAfter, firstPassSeconds }

    /// What is not known is written as null, so that a reader finds every key.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(residentBefore, forKey: .residentBefore)
        try container.encode(residentAfter, forKey: .residentAfter)
        try container.encode(firstPassSeconds, forKey: .firstPassSeconds)
    }
}

extension BenchmarkReport.Series: Encodable {
    enum CodingKeys: String, CodingKey { case job, command, set, photos, resultsAgree, points }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(job, forKey: .job)
        try container.encode(command, forKey: .command)
        try container.encode(set, forKey: .set)
        try container.encode(photos, forKey: .photos)
        try container.encode(resultsAgree, forKey: .resultsAgree)
        try container.encode(points.map { EncodedPoint(series: self, point: $0) }, forKey: .points)
    }

    private struct EncodedPoint: Encodable {
        let series: BenchmarkReport.Series
        let point: BenchmarkReport.Point

        enum CodingKeys: String, CodingKey {
            case workers, medianSeconds, seconds, photosPerSecond, speedUp, efficiency, processorSeconds
            case peakMemoryBytes, pageFaults
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(point.workers, forKey: .workers)
            try container.encode(point.medianSeconds, forKey: .medianSeconds)
            try container.encode(point.seconds, forKey: .seconds)
            try container.encode(series.photosPerSecond(point), forKey: .photosPerSecond)
            try container.encode(series.speedUp(point), forKey: .speedUp)
            try container.encode(series.efficiency(point), forKey: .efficiency)
            try container.encode(point.processorSeconds, forKey: .processorSeconds)
            try container.encode(point.peakMemoryBytes, forKey: .peakMemoryBytes)
            try container.encode(point.pageFaults, forKey: .pageFaults)
        }
    }
}
