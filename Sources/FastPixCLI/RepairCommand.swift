import ArgumentParser
import FastPix
import SystemPackage

struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Replaces the defective pixels of photos by what is around them.",
        discussion: """
            The list of defects comes from fastpix hotpixels --export map.json (or --format json); CSV, masks (PNG, \
            TIFF) and the lists of dcraw, RawTherapee, Siril, PixInsight, jpegpixi and CHDK are read, too. Each photo must \
            have the size and, where both name it, the camera of the list. A list that does not name the size needs \
            --map-size and --map-offset.

            JPEG is repaired without compressing the picture again: only the 8 x 8 blocks that hold a defect change, all \
            other coefficients and all metadata stay as they are. PNG, TIFF and FITS keep all \
            other samples and headers. Positions count in the stored picture, so that it does not matter how it is \
            rotated for viewing.

            Example:
              fastpix hotpixels my-photos/ --export map.json
              fastpix repair my-photos/ --map map.json --output repaired/
            """)

    @OptionGroup var photos: PhotoOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A list of defects; may be given several times, and all of them count.", valueName: "file"),
        completion: .file())
    var map: [String] = []

    @OptionGroup var frames: MapFrameOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Where the repaired photos go, under their own names; - is standard output, for one photo.",
            valueName: "folder"),
        completion: .directory)
    var output: String

    @Flag(help: "Replace files that are there already. Photos that are read are never replaced.")
    var overwrite = false

    @Flag(help: "Use the list for photos of another camera, too, as long as the size agrees.")
    var anyCamera = false

    @Option(
        help: ArgumentHelp(
            "Pixels around a defect that go with it. (default: 3 in JPEG, 0 in PNG)",
            discussion: "For lists of bare positions; fastpix's own lists know how far each defect reaches.",
            valueName: "pixels"))
    var radius: Int?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "json: write what was done to stdout, file by file. jsonl: an object a line, for each photo when it is done.",
            valueName: "text|json|jsonl"))
    var format: RepairSummaryForm = .text

    @Flag(name: .shortAndLong, help: "No progress and no summary on stderr; errors still are.")
    var quiet = false

    @OptionGroup var progress: ProgressOptions

    @OptionGroup var telling: PlanOptions

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Photos repaired at the same time. (default: one per processor)", valueName: "number"))
    var workers: Int?

    @Option(help: ArgumentHelp("Skip photos of more pixels than this; 0 takes any.", valueName: "pixels"))
    var maxPixels = AccumulationSettings.defaultMaximumPixels

    @OptionGroup var memory: PhotoMemoryOptions

    @OptionGroup var strictness: StrictnessOptions

    func validate() throws {
        if map.isEmpty { throw ValidationError("Name the list of defects, for example: --map map.json") }
        if output == "-", format != .text {
            throw ValidationError("With --output - the photo goes to standard output; leave --format out.")
        }
        try telling.refuse("--format", unless: format == .text)
        _ = try frames.inputs(map.map { FilePath($0) })
        try validating { () throws(FastPixError) in
            try OutputName.checkFolder(output, "--output")
            try repair(ArgumentPaths.asGiven(output)).validate()
        }
    }

    private func repair(_ folder: FilePath) -> PhotoRepair {
        PhotoRepair(
            folder: folder, overwrites: overwrite, takesAnyCamera: anyCamera, radius: radius, workers: workers,
            maximumPixels: maxPixels, isStrict: strictness.strict, memoryLimit: memory.memoryLimit?.byteCount)
    }

    func run() throws {
        let console = Console(isQuiet: quiet)
        let maps = try frames.inputs(ArgumentPaths.asGiven(map))
        try console.reportingErrors { () throws(FastPixError) in
            let source = try photos.source()
            let stream = try StandardOutputPicture(output)
            var repair = repair(stream?.path ?? ArgumentPaths.asGiven(output))
            if stream != nil {
                try StandardOutputPicture.refuseSeveral(try repair.plan(source, maps: maps).photos.count)
            }
            if telling.dryRun {
                let plan = try repair.plan(source, maps: maps)
                console.noteNotRead(plan.notRead)
                console.noteUnselected(plan.unselected, source.selection)
                console.noteRepeated(plan.repeatedPaths)
                return try telling.tell(
                    plan.text, plan.photos.map(\.output.string), isStream: stream != nil, plan.skipped, console)
            }
            let bar = progress.bar(console)
            defer { bar.clear() }
            let lines = JSONLines(isWanted: format == .jsonl)
            let notes = telling.notes(console, bar)
            let isStream = stream != nil
            repair.repaired = { photo, seconds in
                lines.write(photo.line)
                let output = isStream ? "standard output" : photo.output.string
                notes.took(
                    photo.path.string, "repaired", seconds, ", \(counted(photo.defects, "defect")), to \(output)")
            }
            let report = try repair.run(
                source, maps: maps,
                progress: { bar.update("Repairing", done: $0.done, of: $0.total, "photos") })
            bar.clear()
            console.skipped(report.skipped, namingAll: telling.verbose)
            console.noteOdd(report.photos)
            console.noteLeftOut(report.leftOut)
            console.noteNotRead(report.notRead)
            console.noteUnselected(report.unselected, source.selection)
            console.noteRepeated(report.repeatedPaths)
            if format == .json { try ResultSink(nil).write(report.json) }
            try lines.finish(report.endLines)
            guard !report.photos.isEmpty else {
                console.error("no photo was repaired")
                return .failure
            }
            if let stream, let photo = report.photos.first { try stream.send(photo.output) }
            console.note(report.summary)
            return report.skipped.isEmpty ? .success : .someFilesFailed
        }
    }
}

/// How `fastpix repair` tells what it did.
enum RepairSummaryForm: String, ExpressibleByArgument, CaseIterable {
    case text, json, jsonl
}
