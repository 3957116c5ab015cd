import ArgumentParser
import FastPix

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Measures which --tile and --batch are fastest for your photos on this machine.",
        usage: "fastpix tune [<options>] [<path> ...]",
        discussion: """
            Decodes and accumulates the same photos with every pair of tile and batch, in turn, and prints the median \
            of the wall times as a table and as bars. Let nothing else run meanwhile. Results of fastpix hotpixels do \
            not depend on these settings, only their speed does.
            """)

    @OptionGroup var photos: PhotoOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    @OptionGroup(title: "Output") var progress: ProgressOptions

    @Option(help: ArgumentHelp("Photos to measure with at most.", valueName: "number"))
    var photoCount = 24

    @Option(help: ArgumentHelp("Measured runs of every pair.", valueName: "number"))
    var runs = 5

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Threads that decode. (default: one per processor)", valueName: "number"))
    var workers: Int?

    @Option(help: ArgumentHelp("Samples to decode, as in hotpixels.", valueName: "all|luma"))
    var channels: ChannelSelection = .all

    func validate() throws {
        try validating { () throws(FastPixError) in try tuning.validate() }
    }

    private var tuning: PerformanceTuning {
        PerformanceTuning(
            accumulation: AccumulationSettings(workers: workers, channels: channels), maximumPhotos: photoCount,
            runs: runs)
    }

    func run() throws {
        let console = Console(isQuiet: output.quiet)
        try console.reportingErrors { () throws(FastPixError) in
            let discovery = try photos.find(console)
            var files = DistinctFiles(photos: discovery)
            try files.writes(output.output, "--output")
            let sink = try output.sink()
            let bar = progress.bar(console)
            defer { bar.clear() }
            let outcome = try tuning.run(discovery) { bar.update("Measuring", done: $0, of: $1, "runs") }
            bar.clear()
            console.skipped(outcome.skipped)
            try sink.write(outcome.formatted(output.format))
            return outcome.skipped.isEmpty ? .success : .someFilesFailed
        }
    }
}
