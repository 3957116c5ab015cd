import ArgumentParser
import FastPix
import FastPixPlatform

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures what each command takes on your photos, with one worker and with more.",
        usage: "fastpix bench [<options>] [<path> ...]",
        discussion: """
            Runs each job (\(PhotoBenchmark.allJobNames.joined(separator: ", "))) on a quarter of the photos and on all of \
            them, with 1 to as many workers as there are processors, in turn; every run is a process of its own. Prints \
            time, photos per second, speed-up against one worker, efficiency (speed-up for each worker), processor time, \
            peak memory and page faults, and checks that all runs of a job gave the same result. One worker is the serial \
            run: a single thread. Let nothing else run meanwhile.

            Only photos of the largest group, one camera and one frame size, are measured with.

            Examples:
              fastpix bench my-photos/
              fastpix bench my-photos/ --plot scaling.svg --format csv --output scaling.csv
            """)

    @OptionGroup var photos: PhotoOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    @OptionGroup(title: "Output") var progress: ProgressOptions

    @Option(
        help: ArgumentHelp("Draw elapsed time against workers, as SVG or PNG.", valueName: "file.svg|png"),
        completion: .file(extensions: ["svg", "png"]))
    var plot: String?

    @Option(
        name: .customLong("photos"), help: ArgumentHelp("Photos of the large set at most.", valueName: "number"))
    var photoCount = PhotoBenchmark.defaultPhotos

    @Option(help: ArgumentHelp("Measured runs of everything, after one warm-up.", valueName: "number"))
    var runs = 5

    @Option(
        help: ArgumentHelp(
            "Numbers of workers to measure, ascending from 1, separated by commas. (default: 1 to the processors here)",
            valueName: "numbers"))
    var workers: NumberList?

    @Option(help: ArgumentHelp("Jobs to measure, separated by commas. (default: all)", valueName: "jobs"))
    var jobs: NameList?

    func validate() throws {
        try validating { () throws(FastPixError) in
            try benchmark.validate()
            if let plot { _ = try DrawingFormat(path: plot) }
        }
    }

    /// The file of this program.
    private static var program: String {
        #if canImport(Darwin)
            Bundle.main.executablePath ?? CommandLine.arguments[0]
        #else
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        #endif
    }

    private var benchmark: PhotoBenchmark {
        PhotoBenchmark(
            program: Self.program, maximumPhotos: photoCount, runs: runs,
            workerCounts: workers?.numbers, jobNames: jobs?.names)
    }

    func run() throws {
        let console = Console(isQuiet: output.quiet)
        try console.reportingErrors { () throws(FastPixError) in
            let discovery = try photos.find(console)
            var files = DistinctFiles(photos: discovery)
            try files.writes(output.output, "--output")
            try files.writes(plot, "--plot")
            let sink = try output.sink()
            let picture = try plot.map { path throws(FastPixError) in
                try PictureFile(ArgumentPaths.asGiven(path), overwrites: output.overwrite)
            }
            let bar = progress.bar(console)
            defer { bar.clear() }
            let interruption = SignalWatch.interruption
            interruption.beginAnswering()
            let report = try benchmark.run(discovery, isCancelled: { interruption.isCancelled }) {
                bar.update("Measuring", done: $0, of: $1, "runs")
            }
            bar.clear()
            console.skipped(report.skipped)
            try sink.write(report.formatted(output.format))
            var isDrawn = true
            do throws(FastPixError) {
                try picture?.write(BenchmarkDrawing.drawing(of: report))
            } catch {
                console.error("\(error)")
                isDrawn = false
            }
            guard report.resultsAgree else {
                console.error("runs of one job gave different results; see the report, and please report this")
                return .failure
            }
            return report.skipped.isEmpty && isDrawn ? .success : .someFilesFailed
        }
    }
}

/// Numbers separated by commas.
struct NumberList: ExpressibleByArgument {
    let numbers: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard !parts.contains(nil) else { return nil }
        numbers = parts.compactMap { $0 }
    }
}

/// Names separated by commas.
struct NameList: ExpressibleByArgument {
    let names: [String]

    init?(argument: String) {
        names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
