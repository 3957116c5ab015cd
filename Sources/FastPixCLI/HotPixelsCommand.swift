import ArgumentParser
import FastPix
import FastPixPlatform

struct HotPixelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hotpixels",
        abstract: "Finds stuck and other bad pixels of a camera in many of its photos.",
        discussion: """
            A pixel that is stuck shows the same value whatever is photographed, so its variance over many different \
            photos is far below that of its neighbours; a hot pixel is brighter than they are. Photos are grouped by \
            camera and size; every group gets the mean and variance of each subpixel, its subpixels of lowest \
            variance, and the list of its bad pixels.

            Use many photos (100 are good, 30 the least) of different scenes, straight from the camera: not edited, \
            not resized. Positions are those of the stored picture, counted from 0 at its top left, before any \
            rotation for viewing.

            Examples:
              fastpix hotpixels my-photos/
              fastpix hotpixels -r archive/ --output report.json
              fastpix hotpixels my-photos/ --sensitivity high --classes hot,stuck
              fastpix hotpixels my-photos/ --export map.json --report page.html
              fastpix hotpixels my-photos/ --export .badpixels --raw-sample one.cr2
              fastpix hotpixels my-photos/ --variance-map variance.png --save-maps maps/
              fastpix hotpixels -r archive/ --shard 1/8 --checkpoint 1.state --state-only
            """)

    @OptionGroup var photos: PhotoOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    @OptionGroup(title: "Output") var progress: ProgressOptions

    @OptionGroup(title: "Output") var telling: PlanOptions

    @Option(help: ArgumentHelp("How many subpixels of lowest variance to list.", valueName: "number"))
    var top = HotPixelsSearch.defaultTop

    @Option(
        help: ArgumentHelp(
            "Leave out cameras and sizes with fewer photos than this. "
                + "(default: \(HotPixelsSearch.defaultMinimumFrames); with --state-only 1)", valueName: "photos"))
    var minimumFrames: Int?

    @Option(
        help: ArgumentHelp(
            "Skip photos of more pixels than this; 0 takes any.", valueName: "pixels"))
    var maxPixels = AccumulationSettings.defaultMaximumPixels

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "With --no-defects no pixel is judged: the statistics alone, in less time and much less memory.",
            discussion: """
                Otherwise pixels are judged as stuck, dead, hot, low-gain or unstable. Each entry has a class and a \
                confidence; Guides/Detection.md says what they mean and how far to trust them.
                """))
    var defects = true

    @OptionGroup(title: "Defects") var judging: DetectionOptions

    @Flag(
        help: ArgumentHelp(
            "Read the photos once more at the places of defects.",
            discussion: """
                Tells since when and until when each shows, in how many of these photos, and whether it grows with ISO, exposure \
                time and temperature.
                """))
    var history = false

    @Option(
        help: ArgumentHelp(
            "Of earlier versions: full is --history, none and sample are as without it.", visibility: .hidden))
    var confirm: EarlierConfirmation?

    @Option(
        help: ArgumentHelp(
            "exact: integer sums, the same in any order. welford: float64, blocks of photos joined by Chan's merge.",
            valueName: "exact|welford"))
    var accumulator: AccumulatorKind = .exact

    @Option(
        help: ArgumentHelp(
            "all: red, green and blue. luma: brightness alone, faster and in a third of the memory.",
            valueName: "all|luma"))
    var channels: ChannelSelection = .all

    @OptionGroup(title: "Grouping") var grouping: GroupingOptions

    @Flag(help: "Read raw files with the masked border of the sensor, not only the visible part.")
    var maskedBorder = false

    @OptionGroup var strictness: StrictnessOptions

    @OptionGroup var maps: MapOptions

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp(
            "Write a web page with the maps and pictures of every defect.",
            discussion: "One file that needs no network.", valueName: "file.html"),
        completion: .file(extensions: ["html"]))
    var page: String?

    @OptionGroup(title: "Exports") var export: ExportOptions

    @OptionGroup var checkpoints: CheckpointOptions

    @Flag(
        help: ArgumentHelp(
            "Only bring the checkpoint up to date: nothing is judged.",
            discussion: """
                For shards, whose states fastpix merge judges together. There is no result; --format json tells which files \
                were left out.
                """))
    var stateOnly = false

    @OptionGroup(title: "Performance (no effect on the result)") var performance: PerformanceOptions

    @OptionGroup(title: "Performance (no effect on the result)") var memory: MemoryOptions

    func validate() throws {
        try validating { () throws(FastPixError) in try search.validate() }
        try telling.refuse("--format", unless: (output.chosenFormat ?? .text) == .text)
        if !defects && (page != nil || !export.paths.isEmpty) {
            throw ValidationError(
                "--no-defects leaves nothing for --report and --export to write; leave one of them out.")
        }
        if stateOnly
            && (checkpoints.checkpoint == nil || page != nil || !export.paths.isEmpty || history || confirm != nil)
        {
            throw ValidationError(
                "--state-only needs --checkpoint, and leaves nothing for --report, --export and --history to write; leave one "
                    + "of them out.")
        }
        if !defects && (judging.isUsed || history || confirm != nil) {
            throw ValidationError(
                "--no-defects leaves nothing for --sensitivity, --classes, --frames, --above and --history to do; leave "
                    + "one of them out.")
        }
        if maps.saveSums != nil && accumulator != .exact {
            throw ValidationError("--save-sums needs the exact accumulator; leave out --accumulator welford.")
        }
    }

    private var leastFrames: Int { minimumFrames ?? (stateOnly ? 1 : HotPixelsSearch.defaultMinimumFrames) }

    private var search: HotPixelsSearch {
        var search = HotPixelsSearch(
            accumulation: AccumulationSettings(
                workers: performance.workers, tileSampleCount: performance.tile, batch: performance.batch,
                accumulator: accumulator, channels: channels, maximumPixels: maxPixels,
                memoryLimit: memory.memoryLimit?.byteCount),
            minimumFrames: leastFrames, top: top,
            detection: defects ? judging.settings : nil, history: history || confirm == .full,
            maps: maps.outputs(overwrites: output.overwrite), page: page.map(ArgumentPaths.asGiven),
            checkpoint: checkpoints.settings)
        search.savesOnly = stateOnly
        search.grouping = grouping.rule
        search.reading = PhotoReadingChoice(maskedBorder: maskedBorder, isStrict: strictness.strict)
        return search
    }

    func run() throws {
        let console = Console(isQuiet: output.quiet)
        try console.reportingErrors { () throws(FastPixError) in try find(console) }
    }

    private func find(_ console: Console) throws(FastPixError) -> ExitCode {
        let discovery = try photos.find(console)
        var files = DistinctFiles(photos: discovery) { $0.option }
        export.enterInputs(in: &files)
        try files.writes(output.output, "--output")
        try search.enterOutputs(in: &files)
        let exports = try export.exports(overwrites: output.overwrite)
        try files.writes(exports)
        try OutputName.check(page, "--report", ["html", "htm"], "a web page")
        try maps.checkNames()
        try OutputName.checkState(checkpoints.checkpoint, "--checkpoint")
        let sink = try output.sink()
        for export in exports { try export.prepare() }
        let bar = progress.bar(console)
        defer { bar.clear() }
        if telling.dryRun {
            let plan = try search.plan(discovery, interruption: SignalWatch.interruption) { bar.update($0) }
            bar.clear()
            return try telling.tell(plan, wouldWrite(exports), isEmptyShard: discovery.isEmptyShard)
        }
        let notes = telling.notes(console, bar)
        var search = self.search
        search.decoded = { notes.took($0, "decoded", $1) }
        var isAnyWanted = false
        var report = try search.run(
            discovery, interruption: SignalWatch.interruption,
            planned: { plan in
                isAnyWanted = plan.groups.contains(where: \.isWanted)
                notes.names(plan)
            }, progress: { bar.update($0) })
        bar.clear()
        tell(report, discovery, console)
        guard !report.groups.isEmpty else {
            report.failed = !(stateOnly && isAnyWanted) && !discovery.isEmptyShard
            // A program that reads the result wants to know what was skipped, too.
            if [.json, .jsonl].contains(output.format) { try sink.write(report.formatted(output.format)) }
            if stateOnly, isAnyWanted {
                return report.skipped.contains(where: \.isFailure) ? .someFilesFailed : .success
            }
            if discovery.isEmptyShard {
                console.note("this shard has no photos, and nothing is written for it")
                return .success
            }
            console.error(nothingDone(report, discovery))
            return .failure
        }
        // Before the result, which names those that cannot be written; none of them costs it.
        let remarks = report.write(exports, photos: discovery)
        try sink.write(report.formatted(output.format))
        remarks.forEach(console.warning)
        console.failed(report.failedOutputs)
        return report.skipped.contains(where: \.isFailure) || !report.failedOutputs.isEmpty
            ? .someFilesFailed : .success
    }

    private func wouldWrite(_ exports: [DefectMapExport]) -> PlannedOutputs {
        var outputs = PlannedOutputs(isNumbered: true)
        outputs.add("the result", output.output ?? (stateOnly ? nil : "-"))
        outputs.add("the page", page)
        outputs.add("the state", checkpoints.checkpoint)
        outputs.add(maps)
        outputs.add(exports)
        return outputs
    }

    /// Names what was left out: each file that failed, and the rest by reason.
    private func tell(_ report: HotPixelsReport, _ discovery: PhotoDiscovery, _ console: Console) {
        console.skipped(report.skipped.filter(\.isFailure), namingAll: telling.verbose)
        console.noteRepeated(discovery.repeatedPaths)
        console.noteOdd(report.oddPhotos)
        console.noteUnwanted(report.skipped)
        for warning in report.warnings { console.warning(warning.message) }
        console.noteTemporaryFile(report)
        for camera in Set(report.groups.map(\.camera)).filter({ $0.serial == nil }).map(\.name).sorted() {
            console.note(
                "the photos of \(camera) name no serial number; if they come from several bodies, run fastpix on "
                    + "each body's photos alone")
        }
    }

    private func nothingDone(_ report: HotPixelsReport, _ discovery: PhotoDiscovery) -> String {
        if discovery.files.isEmpty || report.skipped.allSatisfy(\.isFailure) { return photos.nothingRead(discovery) }
        return "no camera and frame size has the \(counted(leastFrames, "photo")) that are needed; "
            + "give more photos or lower --minimum-frames"
    }
}

/// The values of `--confirm`, which earlier versions had.
enum EarlierConfirmation: String, ExpressibleByArgument {
    case none, sample, full
}
