import ArgumentParser
import FastPix
import SystemPackage

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Tells which defects of a camera are new, gone, grown or unchanged between two lists.",
        usage: "fastpix compare [<options>] <old> <new>",
        discussion: """
            The lists are results of fastpix hotpixels (--format json, or --export), or any others that fastpix repair \
            reads. Lists of one camera and frame size are compared with each other. Defects are the same when they share a \
            pixel; where a list shows that compression has smeared its photos, when a pixel of one is next to a pixel of \
            the other.

            Classes and offsets are shown where they differ, and do not count as changes: they depend on the photos.

            What lies where the other list did not judge is "not judged", and what is of a class that the other was not \
            asked for "not listed": neither new nor gone. Lists of fastpix say so, but for masks, tables and PixInsight's.

            Exit codes: 0 nothing is new, gone, grown, shrunk or reshaped; 3 something is, or it cannot be told, as for \
            what is not judged, not listed, or in a list without a counterpart; 1 the lists cannot be compared; 64 wrong \
            usage.

            Example:
              fastpix hotpixels 2023/ --export 2023.json
              fastpix hotpixels 2024/ --export 2024.json
              fastpix compare 2023.json 2024.json
            """)

    @Argument(help: "The earlier list.", completion: .file())
    var old: String

    @Argument(help: "The later list.", completion: .file())
    var new: String

    @OptionGroup var frames: MapFrameOptions

    @Flag(help: "Compare lists of different cameras, too, as long as the frame size agrees.")
    var anyCamera = false

    @Option(
        help: ArgumentHelp(
            "How many pixels apart places may be and still be the same. (default: 1 for smeared photos, else 0)",
            valueName: "pixels"))
    var tolerance: Int?

    @Option(
        name: [.customShort("f"), .customLong("format")],
        help: ArgumentHelp(
            "Form of the result. (default: what the name of --output says, else text)",
            discussion: "jsonl: JSON Lines, an object for each defect.", valueName: "text|json|jsonl"))
    var chosenFormat: ComparisonForm?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the result to a file; - is standard output. (default: -)", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Replace the file if it is there already.")
    var overwrite = false

    @Flag(name: .shortAndLong, help: "No notes on stderr; errors still are.")
    var quiet = false

    @Option(help: ArgumentHelp("Refuse masks of more pixels than this; 0 takes any.", valueName: "pixels"))
    var maxPixels = AccumulationSettings.defaultMaximumPixels

    private var format: ComparisonForm {
        chosenFormat ?? OutputName.form(of: output).flatMap { ComparisonForm(rawValue: $0.rawValue) } ?? .text
    }

    private var comparison: DefectComparison {
        DefectComparison(takesAnyCamera: anyCamera, tolerance: tolerance, maximumPixels: maxPixels)
    }

    func validate() throws {
        _ = try frames.inputs([FilePath(old), FilePath(new)])
        try validating { () throws(FastPixError) in try comparison.validate() }
    }

    func run() throws {
        let console = Console(isQuiet: quiet)
        let paths = ArgumentPaths.asGiven([old, new])
        let inputs = try frames.inputs(paths)
        try console.reportingErrors { () throws(FastPixError) in
            var files = DistinctFiles()
            for path in paths { files.reads(path, as: "a list") }
            try files.writes(output, "--output")
            try OutputName.checkResult(output, format.rawValue, forms: ".json, .jsonl or .txt")
            let sink = try ResultSink(output, overwrites: overwrite)
            let report = try comparison.run(old: inputs[0], new: inputs[1])
            if report.groups.contains(where: { $0.width == nil }) {
                console.warning(
                    "neither list says which frame it is for; they are compared as if both counted in the same one")
            }
            switch format {
            case .text: try sink.write(report.text)
            case .json: try sink.write(report.json)
            case .jsonl: try sink.write(report.lines)
            }
            return report.isUnchanged ? .success : .differs
        }
    }
}

/// How `fastpix compare` tells what it found.
enum ComparisonForm: String, ExpressibleByArgument, CaseIterable {
    case text, json, jsonl
}
