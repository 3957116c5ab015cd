import ArgumentParser
import FastPix
import SystemPackage

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Adds up states of several runs into the result of all their photos.",
        usage: "fastpix merge [<options>] [<state> ...]",
        discussion: """
            States are what fastpix hotpixels --checkpoint writes: for parts of an archive, on several machines, or \
            year by year. The result is that of one run over all photos, to the last bit. States that share a photo, \
            by content, are refused, and so are states of different cameras or frame shapes.

            States of fastpix stats --checkpoint give what stats --moments gives for all their photos, of any mixture of \
            cameras; of the options --save-state and those of the output are for them.

            Examples:
              fastpix hotpixels 2023/ --checkpoint 2023.state
              fastpix hotpixels 2024/ --checkpoint 2024.state
              fastpix merge 2023.state 2024.state
              fastpix merge shards/*.state --export map.json --report page.html
              find shards -name '*.state' | fastpix merge --files-from -
              fastpix merge channels/*.state --format json
            """)

    @Argument(
        help: ArgumentHelp("Files that --checkpoint of hotpixels or stats wrote.", valueName: "state"),
        completion: .file())
    var states: [String] = []

    @OptionGroup var listing: ListOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    @OptionGroup(title: "Output") var progress: ProgressOptions

    @OptionGroup(title: "Output") var telling: PlanOptions

    @Option(help: ArgumentHelp("How many subpixels of lowest variance to list.", valueName: "number"))
    var top = HotPixelsSearch.defaultTop

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "With --no-defects no pixel is judged: the statistics alone. (default: --defects)",
            discussion: """
                Pixels are judged as hotpixels does with all their photos, to the last bit. States that hotpixels \
                --no-defects has made do not count what it takes.
                """))
    var defects: Bool?

    @OptionGroup(title: "Defects") var judging: DetectionOptions

    @Option(
        help: ArgumentHelp("Write the combined state.", valueName: "file"), completion: .file())
    var saveState: String?

    @Flag(
        help: ArgumentHelp(
            "Take states of several cameras and frame sizes, and give each its result, as one run would.",
            discussion: "Without it they are refused. Shards of a mixed archive have a state for each camera and size.")
    )
    var separateGroups = false

    @Option(
        help: ArgumentHelp(
            "With --separate-groups, leave out cameras and sizes with fewer photos than this. (default: \(HotPixelsSearch.defaultMinimumFrames))",
            valueName: "photos"))
    var minimumFrames: Int?

    @OptionGroup var maps: MapOptions

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp(
            "Write a web page with the maps and every defect.",
            discussion: "With --photos it shows parts of some photos, too.", valueName: "file.html"),
        completion: .file(extensions: ["html"]))
    var page: String?

    @Option(
        help: ArgumentHelp(
            "Photos of the states, or a folder of them, for --report and what their headers tell; may be given several "
                + "times.", valueName: "path"),
        completion: .file())
    var photos: [String] = []

    @Flag(name: .shortAndLong, help: "Look into subfolders of --photos, too.")
    var recursive = false

    @OptionGroup(title: "Exports") var export: ExportOptions

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Threads that add up. (default: one per processor)", valueName: "number"))
    var workers: Int?

    @OptionGroup var memory: MemoryOptions

    func validate() throws {
        if states.isEmpty && listing.filesFrom.isEmpty {
            throw ValidationError("Name the states to add up, for example: fastpix merge 2023.state 2024.state")
        }
        try telling.refuse("--format", unless: (output.chosenFormat ?? .text) == .text)
        if minimumFrames != nil && !separateGroups {
            throw ValidationError("--minimum-frames is for --separate-groups; give that, too.")
        }
        if defects == false && isDefectWanted {
            throw ValidationError(
                "--no-defects leaves nothing for --report, --export, --sensitivity, --classes, --frames and --above to do; "
                    + "leave one of them out.")
        }
        if recursive && photos.isEmpty { throw ValidationError("--recursive is for --photos; give that, too.") }
        try validating { () throws(FastPixError) in try merge.validate() }
    }

    private var merge: StateMerge {
        var merge = StateMerge(
            top: top, detection: detection, maps: maps.outputs(overwrites: output.overwrite),
            page: page.map(ArgumentPaths.asGiven),
            photos: photos.isEmpty
                ? nil : PhotoSource(paths: ArgumentPaths.asGiven(photos), recursive: recursive),
            combined: saveState.map(ArgumentPaths.asGiven), workers: workers, memoryLimit: memory.memoryLimit?.byteCount
        )
        merge.separatesGroups = separateGroups
        if separateGroups { merge.minimumFrames = minimumFrames ?? HotPixelsSearch.defaultMinimumFrames }
        return merge
    }

    private var detection: DetectionSettings? { defects ?? true ? judging.settings : nil }

    /// Whether an option has no meaning without defects.
    private var isDefectWanted: Bool { judging.isUsed || page != nil || !export.paths.isEmpty }

    func run() throws {
        let console = Console(isQuiet: output.quiet)
        try console.reportingErrors { () throws(FastPixError) in
            let paths = try statePaths()
            let merge = self.merge
            let shown = try merge.shownPhotos()
            var files = DistinctFiles { $0.option }
            merge.enterInputs(paths, shown, in: &files)
            for list in listing.lists.compactMap(\.path) { files.reads(list, as: "--files-from") }
            export.enterInputs(in: &files)
            try files.writes(output.output, "--output")
            try merge.enterOutputs(in: &files)
            let exports = try export.exports(overwrites: output.overwrite)
            try files.writes(exports)
            try OutputName.check(page, "--report", ["html", "htm"], "a web page")
            try maps.checkNames()
            try OutputName.checkState(saveState, "--save-state")
            let bar = progress.bar(console)
            defer { bar.clear() }
            let notes = telling.notes(console, bar)
            if try areOfChannels(paths) { return try mergeChannels(paths, notes, console, bar) }
            let sink = try output.sink()
            let inputs = PhotoDiscovery(paths: paths + (shown?.files ?? []))
            for export in exports { try export.prepare() }
            if photos.isEmpty, let siril = exports.first(where: { $0.format == .siril }) {
                console.warning(
                    "\(siril.path): states do not say whether their photos are FITS files, whose rows Siril counts from "
                        + "the bottom; this list counts from the top, unless --photos names some of them")
            }
            if telling.dryRun { return try telling.tell(try merge.plan(paths), wouldWrite(exports)) }
            var report = try merge.run(paths, shown: shown, planned: notes.names) {
                bar.update("Adding up", done: $0.done, of: $0.total, "rows")
            }
            bar.clear()
            console.skipped(report.skipped.filter(\.isFailure), namingAll: telling.verbose)
            for photo in report.skipped where !photo.isFailure && photo.copyOf == nil {
                console.note("\(photo.path) left out: \(photo.reason)")
            }
            // States say nothing of how photos were edited.
            for warning in photos.isEmpty ? report.groups.flatMap(\.detectionWarnings) : report.warnings.map(\.message)
            {
                console.warning(warning)
            }
            console.noteTemporaryFile(report)
            // Before the result, which names those that cannot be written; none of them costs it.
            let remarks = report.write(exports, photos: inputs)
            try sink.write(report.formatted(output.format))
            remarks.forEach(console.warning)
            console.failed(report.failedOutputs)
            return report.skipped.contains(where: \.isFailure) || !report.failedOutputs.isEmpty
                ? .someFilesFailed : .success
        }
    }

    private func wouldWrite(_ exports: [DefectMapExport]) -> PlannedOutputs {
        var outputs = PlannedOutputs(isNumbered: separateGroups)
        outputs.add("the result", output.output ?? "-")
        outputs.add("the page", page)
        outputs.add("the state", saveState)
        outputs.add(maps)
        outputs.add(exports)
        return outputs
    }

    private func statePaths() throws(FastPixError) -> [FilePath] {
        var paths = ArgumentPaths.asGiven(states)
        for list in listing.lists { paths += try list.paths() }
        guard !paths.isEmpty else {
            throw FastPixError(
                .invalidArgument, "the lists of --files-from name no state, so there is nothing to add up")
        }
        return paths
    }

    // MARK: States of fastpix stats

    /// Whether all states are of fastpix stats; throws when some are.
    private func areOfChannels(_ paths: [FilePath]) throws(FastPixError) -> Bool {
        var kinds: [Bool] = []
        for path in paths { kinds.append(try StatisticsMerge.isState(path)) }
        guard kinds.contains(true) else { return false }
        guard let other = kinds.firstIndex(of: false) else { return true }
        throw FastPixError(
            .invalidArgument, path: paths[other],
            "not a state of fastpix stats, as \(paths[kinds.firstIndex(of: true)!].string) is one; merge states of one kind"
        )
    }

    private func mergeChannels(
        _ paths: [FilePath], _ notes: FileNotes, _ console: Console, _ bar: ProgressBar
    ) throws(FastPixError) -> ExitCode {
        guard defects == nil, !isDefectWanted, maps.outputs().isEmpty, !separateGroups, photos.isEmpty,
            top == HotPixelsSearch.defaultTop
        else {
            throw FastPixError(
                .contradiction,
                "these are states of fastpix stats, which know nothing of single pixels; leave out all options but "
                    + "--save-state and those of the output")
        }
        let sink = try output.sink()
        let merge = StatisticsMerge(combined: saveState.map(ArgumentPaths.asGiven), overwrites: output.overwrite)
        if telling.dryRun { return try telling.tell(try merge.plan(paths), wouldWrite([])) }
        let report = try merge.run(paths, planned: notes.names) {
            bar.update("Adding up", done: $0.done, of: $0.total, "states")
        }
        bar.clear()
        try sink.write(report.formatted(output.format))
        console.failed(report.failedOutputs)
        return report.failedOutputs.isEmpty ? .success : .someFilesFailed
    }
}
