import FastPixAccumulation
import FastPixCodecs
import FastPixDiscovery
import FastPixPlatform
import FastPixPlumbing
import FastPixStatistics
import SystemPackage

/// The job of `fastpix bench`: what each command takes on a set of photos with 1, 2... workers.
///
/// Every measurement is a process of its own, the same program with the arguments a user would give, so that its time
/// includes its start and its end, and its peak memory and page faults are nobody else's.
package struct PhotoBenchmark: Sendable {
    /// The program to measure: fastpix itself.
    package var program: String
    /// Photos of the large set at most: the first ones of the largest group.
    package var maximumPhotos: Int
    /// Measured runs of everything, after one warm-up.
    package var runs: Int
    /// Ascending, starting with 1; nil: 1 to the number of processors (in powers of two when there are more than 8).
    package var workerCounts: [Int]?
    /// Names of the jobs to measure; nil: all.
    package var jobNames: [String]?

    package static let defaultPhotos = 48
    /// Names for `jobNames`.
    package static var allJobNames: [String] { BenchmarkJob.all.map(\.name) }

    package init(
        program: String, maximumPhotos: Int = defaultPhotos, runs: Int = 5, workerCounts: [Int]? = nil,
        jobNames: [String]? = nil
    ) {
        self.program = program
        self.maximumPhotos = maximumPhotos
        self.runs = runs
        self.workerCounts = workerCounts
        self.jobNames = jobNames
    }

    /// Throws when a setting is out of its range.
    package func validate() throws(FastPixError) {
        guard maximumPhotos >= 1, runs >= 1 else {
            throw FastPixError(.invalidArgument, "photos and runs must be 1 or more")
        }
        if let workerCounts {
            guard workerCounts.first == 1, zip(workerCounts, workerCounts.dropFirst()).allSatisfy({ $0 < $1 }),
                workerCounts.last! <= WorkerTeam.maximumWorkers
            else {
                throw FastPixError(
                    .invalidArgument,
                    "the numbers of workers ascend from 1 to \(WorkerTeam.maximumWorkers) at most, for example 1,2,4")
            }
        }
        for name in jobNames ?? [] where !Self.allJobNames.contains(name) {
            throw FastPixError(
                .invalidArgument,
                "there is no job \(name) to measure; there are \(Self.allJobNames.joined(separator: ", "))")
        }
    }

    /// Measures every job with every number of workers on a small and a large set, in turn, `runs` times. `isCancelled`
    /// is asked before each run; `progress` gets the number of runs done and of runs in all. Throws when a setting is
    /// wrong, there is no photo, a job ends with an error, or (`interrupted`) when it was cancelled. Belongs to one thread.
    package func run(
        _ discovery: PhotoDiscovery, isCancelled: () -> Bool = { false },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(FastPixError) -> BenchmarkReport {
        try validate()
        let residentBefore = PageCache.residentShare(discovery.files)
        let settings = AccumulationSettings()
        let probed = try PhotoProbe.run(
            discovery.files, maximumPixels: settings.maximumPixels, workers: settings.workerCount
        ) { _, _ in }
        guard let group = PhotoGroup.grouping(probed.photos).first else {
            throw FastPixError(.tooFewFrames, "no photo could be read; name a folder of photos")
        }
        // Damaged photos would end a decoder early and make the job cheaper than it is.
        let firstPassStart = monotonicSeconds()
        let verified = try DecodingPass.run(
            Array(group.photos.prefix(maximumPhotos)), purpose: .verification, workers: settings.workerCount,
            maximumPixels: settings.maximumPixels,
            memory: MemoryBudget(limit: settings.memoryLimitBytes, otherBytes: 0), progress: { _ in })
        let firstPassSeconds = monotonicSeconds() - firstPassStart
        let damaged = Set(verified.failed.map(\.place))
        let photos = group.photos.prefix(maximumPhotos).filter { !damaged.contains($0.place) }
        guard !photos.isEmpty else {
            throw FastPixError(.corrupt, "not one photo of \(group.name) could be decoded; nothing can be measured")
        }
        let folder = try BenchmarkFolder()
        let series = try measure(sets(of: photos, in: folder), folder, isCancelled, progress)
        return BenchmarkReport(
            groupName: group.name, bytesOnDisk: photos.reduce(0) { $0 + $1.byteCount },
            settings: BenchmarkReport.Settings(
                runs: runs, workerCounts: counts, processors: WorkerTeam.defaultWorkers),
            cache: BenchmarkReport.Cache(
                residentBefore: residentBefore, residentAfter: PageCache.residentShare(photos.map(\.path)),
                firstPassSeconds: firstPassSeconds),
            series: series, skipped: discovery.skipped + probed.failed + verified.failed.map(\.skipped))
    }

    private var counts: [Int] { workerCounts ?? Self.defaultCounts(processors: WorkerTeam.defaultWorkers) }

    static func defaultCounts(processors: Int) -> [Int] {
        if processors <= 8 { return Array(1...processors) }
        var counts = [1]
        while counts.last! * 2 < processors { counts.append(counts.last! * 2) }
        return counts + [processors]
    }

    private var jobs: [BenchmarkJob] {
        BenchmarkJob.all.filter { job in jobNames.map { $0.contains(job.name) } ?? true }
    }

    // MARK: Measuring

    private struct PhotoSet {
        let name: String
        let photos: Int
        let folder: FilePath
        /// Whether images can be written in the format of each photo.
        let isWritable: Bool
    }

    /// A quarter of the photos and all of them; one set when there are fewer than four.
    private func sets(of photos: [PhotoFile], in folder: BenchmarkFolder) throws(FastPixError) -> [PhotoSet] {
        var sets: [PhotoSet] = []
        for (name, count) in [("small", photos.count / 4), ("large", photos.count)] where count > 0 {
            let some = Array(photos.prefix(count))
            let links = try folder.addSet(name, some)
            sets.append(
                PhotoSet(
                    name: name, photos: count, folder: links,
                    isWritable: some.allSatisfy { [.jpeg, .png].contains($0.header.format) }))
        }
        return sets
    }

    private func measure(
        _ sets: [PhotoSet], _ folder: BenchmarkFolder, _ isCancelled: () -> Bool,
        _ progress: (_ done: Int, _ total: Int) -> Void
    ) throws(FastPixError) -> [BenchmarkReport.Series] {
        var series = jobs.flatMap { job in
            sets.map { set in
                BenchmarkReport.Series(
                    job: job.name, title: job.title, command: job.command, set: set.name, photos: set.photos,
                    points: counts.map { BenchmarkReport.Point(workers: $0) })
            }
        }
        var fingerprints = [Set<ResultFingerprint>](repeating: [], count: series.count)
        let total = (runs + 1) * series.count * counts.count
        var done = 0
        // Everything once, then again: a machine that slows down slows a whole round, not one job.
        for round in 0...runs {
            for index in series.indices {
                let job = jobs[index / sets.count]
                for point in series[index].points.indices {
                    if isCancelled() { throw FastPixError(.interrupted, "interrupted after \(done) of \(total) runs") }
                    let outcome = try run(job, sets[index % sets.count], folder, workers: counts[point])
                    fingerprints[index].insert(outcome.fingerprint)
                    if round > 0 {
                        series[index].points[point].add(outcome.run, peakMemoryBytes: outcome.peakMemoryBytes)
                    }
                    done += 1
                    progress(done, total)
                }
            }
        }
        for index in series.indices { series[index].resultsAgree = fingerprints[index].count == 1 }
        return series
    }

    private struct Measured {
        let run: ChildProcess.Outcome
        let fingerprint: ResultFingerprint
        let peakMemoryBytes: UInt64
    }

    private func run(
        _ job: BenchmarkJob, _ set: PhotoSet, _ folder: BenchmarkFolder, workers: Int
    ) throws(FastPixError) -> Measured {
        // The analysis of maps runs on OpenMP's team, which is to be as large as that of the decoders.
        let child = ChildProcess(program: program, environment: ["OMP_NUM_THREADS": "\(workers)"])
        let options = job.arguments + ["--workers", "\(workers)", job.formatOption, "json", "--quiet"]
        let output = job.writesImages ? [FilePath("--output"), folder.output] : []
        let format = job.writesImages && !set.isWritable ? ["--format", "png"] : []
        let run = try child.run((options + format).map { FilePath($0) } + output + [set.folder])
        let files = job.writesImages ? folder.takeOutput() : [:]
        guard run.exitCode == 0, let fingerprint = ResultFingerprint(json: run.standardOutput, files: files),
            let peak = try? JSONDecoder().decode(PeakMemory.self, from: run.standardOutput),
            !job.writesImages || files.count == set.photos
        else {
            let said =
                String(decoding: run.standardError, as: UTF8.self).split(separator: "\n").last ?? "it said nothing"
            throw FastPixError(
                .unreadable,
                "\(job.command) with \(counted(workers, "worker")) ended with exit code \(run.exitCode), so nothing "
                    + "can be compared: \(said)")
        }
        return Measured(run: run, fingerprint: fingerprint, peakMemoryBytes: peak.peakMemoryBytes)
    }

    private struct PeakMemory: Decodable {
        let peakMemoryBytes: UInt64
    }
}
