import ArgumentParser
import FastPix

extension PhotoWeight: ExpressibleByArgument {}

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Counts photos and their sizes; on request the exact mean and spread of their colours.",
        usage: "fastpix stats [<options>] [<path> ...]",
        discussion: """
            From headers alone: how many photos there are, how large they are on disk and decoded (width x height x \
            channels x bytes per sample; MB are 10^6 bytes, MiB 2^20), by format, frame, depth and camera, and which \
            files are broken. Copies of a photo count once and are named.

            With --moments all photos, of any mixture of sizes, are decoded: mean and standard deviation of each channel, \
            as deep-learning code wants them for Normalize(mean, std). Sums are exact integers, so the result is the same \
            for any number of workers. Damaged photos are named and left out whole; transparency is ignored.

            Examples:
              fastpix stats -r archive/
              fastpix stats -r training-set/ --moments --as-rgb --format json
              fastpix stats -r training-set/ --histogram histogram.png
              fastpix stats -r training-set/ --shard 1/8 --checkpoint 1.state
            """)

    @OptionGroup var photos: PhotoOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    @OptionGroup(title: "Output") var progress: ProgressOptions

    @OptionGroup(title: "Output") var telling: PlanOptions

    @Flag(
        help: ArgumentHelp(
            "Decode every photo to its end, to find damage that headers do not show.",
            discussion: "Nothing is computed from the samples; the time it takes is that of decoding alone."))
    var verify = false

    @Flag(help: "Mean and standard deviation of each channel, exactly. Decodes all photos.")
    var moments = false

    @Option(
        help: ArgumentHelp(
            "Whether every pixel or every image counts alike. (default: pixel)",
            discussion: "With image, a large photo weighs as much as a small one. Implies --moments.",
            valueName: "pixel|image"))
    var weight: PhotoWeight?

    @Flag(
        help: ArgumentHelp(
            "Count grey photos in red, green and blue, not as a channel of their own. Implies --moments."))
    var asRgb = false

    @Flag(
        help: ArgumentHelp(
            "Count how often each value of a channel occurs, for JSON and CSV. Implies --moments.",
            discussion: "Every pixel counts once, whatever --weight says. Takes about a fifth more processor time."))
    var countValues = false

    @Option(
        help: ArgumentHelp("Draw the histograms, as PNG or SVG. Implies --count-values.", valueName: "file.png|svg"),
        completion: .file(extensions: ["png", "svg"]))
    var histogram: String?

    @OptionGroup var checkpoints: CheckpointOptions

    @Option(help: ArgumentHelp("Skip photos of more pixels than this; 0 takes any.", valueName: "pixels"))
    var maxPixels = AccumulationSettings.defaultMaximumPixels

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Threads that read and decode. (default: one per processor)", valueName: "number"))
    var workers: Int?

    @OptionGroup var strictness: StrictnessOptions

    @OptionGroup var memory: PhotoMemoryOptions

    func validate() throws {
        try telling.refuse("--format", unless: (output.chosenFormat ?? .text) == .text)
        try validating { () throws(FastPixError) in
            try statistics.validate()
            if let histogram { _ = try DrawingFormat(path: histogram) }
        }
    }

    private var statistics: PhotoStatistics {
        let counts = countValues || histogram != nil
        let wantsMoments = moments || weight != nil || asRgb || counts || checkpoints.checkpoint != nil
        var statistics = PhotoStatistics(
            workers: workers, maximumPixels: maxPixels, verifies: verify,
            moments: wantsMoments ? weight ?? .pixel : nil, greyAsRGB: asRgb,
            memoryLimit: memory.memoryLimit?.byteCount)
        statistics.countsValues = counts
        statistics.checkpoint = checkpoints.settings
        statistics.reading.isStrict = strictness.strict
        return statistics
    }

    func run() throws {
        let console = Console(isQuiet: output.quiet)
        try console.reportingErrors { () throws(FastPixError) in try count(console) }
    }

    private func count(_ console: Console) throws(FastPixError) -> ExitCode {
        let discovery = try photos.find(console)
        var files = DistinctFiles(photos: discovery) { $0.option }
        try files.writes(output.output, "--output")
        try files.writes(histogram, "--histogram")
        try statistics.enterOutputs(in: &files)
        try OutputName.checkState(checkpoints.checkpoint, "--checkpoint")
        let sink = try output.sink()
        let picture = try histogram.map { path throws(FastPixError) in
            try PictureFile(ArgumentPaths.asGiven(path), overwrites: output.overwrite)
        }
        let bar = progress.bar(console)
        defer { bar.clear() }
        if telling.dryRun {
            let plan = try statistics.plan(discovery, interruption: SignalWatch.interruption) { bar.update($0) }
            bar.clear()
            return try telling.tell(plan, wouldWrite, isEmptyShard: discovery.isEmptyShard)
        }
        let notes = telling.notes(console, bar)
        var statistics = self.statistics
        statistics.decoded = { notes.took($0, "decoded", $1) }
        var report = try statistics.run(
            discovery, interruption: SignalWatch.interruption, planned: telling.verbose ? { notes.names($0) } : nil,
            progress: { bar.update($0) })
        bar.clear()
        console.skipped(report.skipped.filter(\.isFailure), namingAll: telling.verbose)
        console.noteRepeated(discovery.repeatedPaths)
        console.noteUnwanted(report.skipped)
        console.noteOdd(report.oddPhotos)
        guard report.inventory.all.photos > 0 else {
            // A program that reads the result wants to know what was skipped, too.
            report.failed = !discovery.isEmptyShard
            if output.format == .json { try sink.write(report.formatted(.json)) }
            if discovery.isEmptyShard {
                console.note(
                    "this shard has no photos\(checkpoints.checkpoint == nil ? "" : ", and no state is written for it")"
                )
                return .success
            }
            console.error(photos.nothingRead(discovery))
            return .failure
        }
        if let picture, let histograms = report.moments?.histograms {
            do throws(FastPixError) {
                try picture.write(HistogramDrawing.drawing(of: histograms))
            } catch {
                report.failedOutputs.append(FailedOutput(error, of: picture.path))
            }
        }
        try sink.write(report.formatted(output.format))
        console.failed(report.failedOutputs)
        return report.skipped.contains(where: \.isFailure) || !report.failedOutputs.isEmpty
            ? .someFilesFailed : .success
    }

    private var wouldWrite: PlannedOutputs {
        var outputs = PlannedOutputs(isNumbered: false)
        outputs.add("the result", output.output ?? "-")
        outputs.add("the histograms", histogram)
        outputs.add("the state", checkpoints.checkpoint)
        return outputs
    }
}
