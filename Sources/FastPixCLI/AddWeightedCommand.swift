import ArgumentParser
import FastPix
import SystemPackage

struct AddWeightedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "addweighted",
        abstract: "Blends images with others or with their own blur, as OpenCV's addWeighted does, file to file.",
        discussion: """
            Each sample of an output is alpha * A + beta * B + gamma, rounded and saturated as OpenCV does. B is an \
            image, or with --blur A itself after OpenCV's GaussianBlur. Without --blur name exactly two paths: two \
            images, two folders (their images are paired), or a folder and one image that goes with each of it.

            Outputs have A's size, format, EXIF data with the orientation, colour profile, resolution and \
            transparency. B's transparency is left out. Grey beside colour becomes colour; 8 bits beside 16 become 16. \
            JPEG files have chroma at half resolution, as OpenCV writes them. Existing files are left alone without \
            --overwrite, and a file appears under its name when it is complete.

            Examples:
              fastpix addweighted a.jpg b.jpg --alpha 0.7 --beta 0.3 --output blend.jpg
              fastpix addweighted photos/ masks/ --output blended/
              fastpix addweighted photos/ -r --blur 15 --output softer/
              fastpix addweighted photos/ --blur 15 --alpha 4 --beta -4 --gamma 128 -o out/
            """)

    @Argument(
        help: ArgumentHelp("A and B; with --blur any number of images and folders.", valueName: "path"),
        completion: .file())
    var paths: [String] = []

    @OptionGroup(title: "Arithmetic") var arithmetic: BlendWeightOptions

    @OptionGroup(title: "Inputs") var pairing: BlendPairingOptions

    @OptionGroup(title: "Which photos") var selecting: SelectionOptions

    @Option(help: ArgumentHelp("Skip images of more pixels than this; 0 takes any.", valueName: "pixels"))
    var maxPixels = AccumulationSettings.defaultMaximumPixels

    @OptionGroup(title: "Output") var output: BlendOutputOptions

    @OptionGroup var progress: ProgressOptions

    @OptionGroup var telling: PlanOptions

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Threads; no effect on the outputs. (default: one per processor)", valueName: "number"))
    var workers: Int?

    @OptionGroup var memory: PhotoMemoryOptions

    @OptionGroup var strictness: StrictnessOptions

    private var settings: BlendSettings {
        BlendSettings(
            weights: arithmetic.weights, resizesSecond: pairing.resizeSecond, encoding: output.encoding,
            overwrites: output.overwrite, workers: workers, maximumPixels: maxPixels, isStrict: strictness.strict,
            memoryLimit: memory.memoryLimit?.byteCount)
    }

    func validate() throws {
        if arithmetic.blur == nil && paths.count != 2 {
            throw ValidationError(
                "Name two images or folders to blend, or one and --blur, for example: "
                    + "fastpix addweighted photos/ --blur 15 --output softer/")
        }
        if arithmetic.blur == nil && !selecting.filesFrom.isEmpty {
            throw ValidationError("--files-from is for --blur; without it, name two images or folders.")
        }
        if paths.isEmpty && selecting.filesFrom.isEmpty {
            throw ValidationError("Name an image or a folder of images to blend with its own blur.")
        }
        if arithmetic.sigma != nil && arithmetic.blur == nil {
            throw ValidationError("--sigma is for the blur; give its size, too: --blur 15.")
        }
        if arithmetic.blur != nil && pairing.resizeSecond {
            throw ValidationError("--resize-b is for a second image; with --blur there is none.")
        }
        if output.output == "-", output.summary != .text {
            throw ValidationError("With --output - the image goes to standard output; leave --summary out.")
        }
        try telling.refuse("--summary", unless: output.summary == .text)
        try validating { () throws(FastPixError) in
            try settings.validate()
            try arithmetic.gaussianBlur?.validate()
            try output.naming().validate()
        }
    }

    func run() throws {
        let console = Console(isQuiet: output.quiet)
        try console.reportingErrors { () throws(FastPixError) in try blend(console) }
    }

    private func blend(_ console: Console) throws(FastPixError) -> ExitCode {
        let stream = try StandardOutputPicture(output.output)
        let plan = try plan(output.naming(stream))
        if stream != nil { try StandardOutputPicture.refuseSeveral(plan.jobs.count) }
        plan.notRead.forEach(console.noteNotRead)
        console.noteUnselected(plan.unselected, try selecting.selection())
        console.noteRepeated(plan.repeatedPaths)
        if telling.dryRun {
            return try telling.tell(
                plan.text, plan.jobs.map(\.output.string), isStream: stream != nil, plan.skipped, console)
        }
        let interruption = SignalWatch.interruption
        interruption.beginAnswering()
        let bar = progress.bar(console)
        defer { bar.clear() }
        let lines = JSONLines(isWanted: output.summary == .jsonl)
        let notes = telling.notes(console, bar)
        let isStream = stream != nil
        var blending = ImageBlending(settings)
        blending.blended = { image, seconds in
            lines.write(image.line)
            let output = isStream ? "standard output" : image.output.string
            notes.took(
                image.first.string, "blended", seconds, ", with \(image.second?.string ?? "its blur"), to \(output)")
        }
        let report = try blending.run(
            plan, interruption: interruption,
            progress: { bar.update("Blending", done: $0.done, of: $0.total, "images") })
        bar.clear()
        console.skipped(report.skipped, namingAll: telling.verbose)
        console.noteLeftOut(plan.leftOut)
        tellNotes(report.images, console)
        if report.images.isEmpty && !report.isInterrupted { console.error(nothingDone(report)) }
        try lines.finish(report.endLines)
        if let stream {
            if let image = report.images.first { try stream.send(image.output) }
        } else if output.summary == .json || output.summary == .text && !output.quiet && !report.images.isEmpty {
            try ResultSink(nil).write(output.summary == .json ? report.json : report.text)
        }
        if report.isInterrupted {
            console.error("interrupted; \(report.images.count) of \(plan.jobs.count) images are complete")
            SignalWatch.end()
        }
        if report.images.isEmpty { return .failure }
        return report.skipped.isEmpty ? .success : .someFilesFailed
    }

    /// Each note once, with the first image that it is about: folders tend to have the same about all.
    private func tellNotes(_ images: [BlendedImage], _ console: Console) {
        var told: [String: Int] = [:]
        for note in images.flatMap(\.notes) { told[note, default: 0] += 1 }
        for image in images {
            for note in image.notes {
                guard let count = told.removeValue(forKey: note) else { continue }
                console.warning("\(image.first)\(count > 1 ? " and \(counted(count - 1, "other"))" : ""): \(note)")
            }
        }
    }

    private func plan(_ naming: BlendNaming) throws(FastPixError) -> BlendPlan {
        let paths = ArgumentPaths.asGiven(paths)
        let selection = try selecting.selection()
        if let blur = arithmetic.gaussianBlur {
            return try BlendPlan(
                PhotoSource(
                    paths: paths, lists: selecting.lists, recursive: pairing.recursive, selection: selection),
                blur: blur, naming: naming, overwrites: output.overwrite)
        }
        return try BlendPlan(
            paths[0], with: paths[1], pairing: pairing.pairBy, recursive: pairing.recursive, selection: selection,
            naming: naming, overwrites: output.overwrite)
    }

    private func nothingDone(_ report: BlendReport) -> String {
        guard report.skipped.isEmpty else { return "no image could be made" }
        let hint = pairing.recursive ? "" : " (subfolders are searched with --recursive)"
        return "no images, JPEG or PNG, in \(paths.joined(separator: ", "))\(hint)"
    }
}
