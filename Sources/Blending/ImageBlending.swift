import FastPixCodecs
import FastPixPlumbing
import Synchronization
import SystemPackage

/// The job of `fastpix addweighted`: image files in, blended image files out.
///
/// ```swift
/// let plan = try BlendPlan(["photos"], blur: GaussianBlur(size: 15), naming: BlendNaming(output: "sharper"))
/// let report = try ImageBlending(BlendSettings(weights: BlendWeights(alpha: 1.5, beta: -0.5))).run(plan)
/// print(report.images.count, "images,", report.skipped.count, "left out")
/// ```
///
/// Each worker takes an image of its own; workers without one help with the others' (one decodes while another
/// encodes), so that a single image, too, is made on several processors. An output depends on its inputs, the weights
/// and the encoding alone, to the last byte.
public struct ImageBlending: Sendable {
    /// How images are blended and written.
    public var settings: BlendSettings
    /// Hears of each image as soon as it is complete, from any thread, and how long it was worked on.
    package var blended: @Sendable (BlendedImage, _ seconds: Double) -> Void = { _, _ in }

    /// A job with these settings; `run` refuses those out of their range.
    public init(_ settings: BlendSettings) { self.settings = settings }

    /// Makes the images of `plan`. One that cannot be made is listed in the report with its reason and leaves no file
    /// behind; the others are made all the same.
    ///
    /// - Parameters:
    ///   - plan: which files are read and written.
    ///   - interruption: once it is cancelled, images that are not complete are given up, and the report says so.
    ///   - progress: called from several threads.
    /// - Throws: `invalidArgument` when a setting is out of its range.
    ///
    /// Blocks until it is done, and may be called from any thread.
    public func run(
        _ plan: BlendPlan, interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> BlendReport {
        let isCancelled = { @Sendable in interruption?.isCancelled == true }
        try settings.validate()
        let jobs = plan.jobs
        for case .blur(let blur) in jobs.map(\.second) { try blur.validate() }
        let start = monotonicSeconds()
        // A worker holds two images and the output open.
        let workers = max(
            1, min(settings.workerCount, jobs.count * Self.usefulWorkersPerImage, OpenFile.limit / 3))
        let board = BlendBoard(jobCount: jobs.count, workerCount: workers)
        let results = Mutex(Results(count: jobs.count))
        let settings = settings
        let blended = blended
        let folders = OutputFolders()
        defer { folders.removeEmpty() }
        StagedFile.removeAbandoned(targets: jobs.map(\.output))
        let memory = MemoryBudget(limit: settings.memoryLimitBytes, otherBytes: jobs.count * PhotoFile.listedBytes)
        WorkerTeam.run(workers: workers) { _ in
            while let (index, expectsHelp) = board.takeJob() {
                let result = Self.make(jobs[index], settings, memory, folders, board, expectsHelp, isCancelled, results)
                if case .success(let made) = result { blended(made.image, made.seconds) }
                let done = results.withLock { $0.record(result.map { $0.image }, at: index) }
                progress(JobProgress(done: done, total: jobs.count))
            }
            while let image = board.imageToHelp() { image.work() }
        }
        return results.withLock { results in
            BlendReport(
                settings: BlendReport.Settings(settings, plan), outcomes: zip(jobs, results.outcomes).map { ($0, $1!) },
                skipped: plan.skipped, timing: results.timing, totalSeconds: monotonicSeconds() - start,
                peakMemoryBytes: ProcessMemory.peakBytes)
        }
    }

    /// The same without blocking, on a thread of its own. When the task is cancelled, images that are not complete are given
    /// up, and the report says so.
    public func run(
        _ plan: BlendPlan, progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws(FastPixError) -> BlendReport {
        try await Interruption.byTask { (interruption) throws(FastPixError) in
            try run(plan, interruption: interruption, progress: progress)
        }
    }

    /// Decode, decode, blend, encode: more workers than stages could only wait.
    private static let usefulWorkersPerImage = 4

    private typealias Made = (image: BlendedImage, seconds: Double)

    private struct Results {
        var outcomes: [Result<BlendedImage, FastPixError>?]
        var timing = ImageBlend.Timing()
        private var done = 0

        init(count: Int) { outcomes = [Result<BlendedImage, FastPixError>?](repeating: nil, count: count) }

        mutating func record(_ result: Result<BlendedImage, FastPixError>, at index: Int) -> Int {
            outcomes[index] = result
            done += 1
            return done
        }

        mutating func add(_ more: ImageBlend.Timing) {
            timing.decodeSeconds += more.decodeSeconds
            timing.blendSeconds += more.blendSeconds
            timing.encodeSeconds += more.encodeSeconds
        }
    }

    private static func make(
        _ job: BlendJob, _ settings: BlendSettings, _ memory: MemoryBudget, _ folders: OutputFolders,
        _ board: BlendBoard,
        _ expectsHelp: Bool, _ isCancelled: @escaping @Sendable () -> Bool, _ results: borrowing Mutex<Results>
    ) -> Result<Made, FastPixError> {
        var isOpened = false
        // Whatever became of it, the board must hear of it.
        defer { if !isOpened { board.opened(nil) } }
        do throws(FastPixError) {
            if isCancelled() { throw FastPixError(.interrupted, "interrupted") }
            // Before anything is decoded that could not be written.
            let folder = job.output.removingLastComponent()
            try folders.make(folder.isEmpty ? "." : folder)
            let byteCount = try ImageBlend.memoryBytes(job, settings: settings)
            return .success(
                try memory.using(byteCount, for: job.first) { () throws(FastPixError) in
                    if isCancelled() { throw FastPixError(.interrupted, "interrupted") }
                    let image = try ImageBlend(
                        job, settings: settings, expectsHelp: expectsHelp, isCancelled: isCancelled)
                    isOpened = true
                    board.opened(image)
                    image.work()
                    let result = image.result()
                    board.closed(image)
                    let timing = image.timing
                    results.withLock { $0.add(timing) }
                    return (try result.get(), timing.decodeSeconds + timing.blendSeconds + timing.encodeSeconds)
                })
        } catch {
            return .failure(error)
        }
    }
}
