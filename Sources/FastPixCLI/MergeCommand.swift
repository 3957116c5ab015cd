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

            Example:
              fastpix hotpixels 2023/ --checkpoint 2023.state
              fastpix hotpixels 2024/ --checkpoint 2024.state
              fastpix merge 2023.state 2024.state
            """)

    @Argument(help: ArgumentHelp("Files that --checkpoint wrote.", valueName: "state"), completion: .file())
    var states: [String] = []

    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(help: ArgumentHelp("How many subpixels of lowest variance to list.", valueName: "number"))
    var top = HotPixelsSearch.defaultTop

    @Flag(
        help: ArgumentHelp(
            "Judge which pixels are defective.",
            discussion: "As hotpixels does with all their photos, to the last bit."))
    var defects = false

    @OptionGroup(title: "Defects (each implies --defects)") var judging: DetectionOptions

    @Option(
        help: ArgumentHelp("Write the combined state.", valueName: "file"), completion: .file())
    var saveState: String?

    @OptionGroup var maps: MapOptions

    @OptionGroup var memory: MemoryOptions

    func validate() throws {
        if states.isEmpty {
            throw ValidationError("Name the states to add up, for example: fastpix merge 2023.state 2024.state")
        }
        try validating { () throws(FastPixError) in try merge.validate() }
    }

    private var merge: StateMerge {
        StateMerge(
            top: top, detection: detection, maps: maps.outputs(overwrites: output.overwrite),
            combined: saveState.map(ArgumentPaths.asGiven),
            memoryLimit: memory.memoryLimit?.byteCount)
    }

    /// Nil when no option asks for defects.
    private var detection: DetectionSettings? { defects || judging.isUsed ? judging.settings : nil }

    func run() throws {
        let console = Console(isQuiet: output.quiet)
        try console.reportingErrors { () throws(FastPixError) in
            let paths = ArgumentPaths.asGiven(states)
            var files = DistinctFiles()
            for path in paths { files.reads(path, as: "a state") }
            try files.writes(output.output, "--output")
            try files.writes(saveState, "--save-state")
            try files.writes(maps)
            try OutputName.check(maps.varianceMap, "--variance-map", ["png"], "a PNG picture")
            let sink = try output.sink()
            let report = try merge.run(paths)
            for group in report.groups { group.detectionWarnings.forEach(console.warning) }
            console.noteTemporaryFile(report)
            try sink.write(report.formatted(output.format))
            for failed in report.failedOutputs { console.error("\(failed.path): \(failed.reason)") }
            return report.failedOutputs.isEmpty ? .success : .someFilesFailed
        }
    }
}
