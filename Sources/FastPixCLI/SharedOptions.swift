import ArgumentParser
import FastPix
import SystemPackage

extension ReportFormat: ExpressibleByArgument {}
extension AccumulatorKind: ExpressibleByArgument {}
extension ChannelSelection: ExpressibleByArgument {}

/// What every subcommand that takes photos understands.
struct PhotoOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Photos (JPEG, PNG, TIFF, FITS, raw) and folders of photos.",
            discussion: "Named files are always tried. Of a folder, files called or beginning like photos are.",
            valueName: "path"),
        completion: .file())
    var paths: [String] = []

    var filePaths: [FilePath] { ArgumentPaths.asGiven(paths) }

    @Flag(name: .shortAndLong, help: "Look into subfolders, too.")
    var recursive = false

    @OptionGroup(title: "Which photos") var selecting: SelectionOptions

    /// What was named. Throws when the selection is wrong.
    func source() throws(FastPixError) -> PhotoSource {
        PhotoSource(
            paths: filePaths, lists: selecting.lists, recursive: recursive, selection: try selecting.selection())
    }

    /// Finds the photos, and says when some were not selected.
    func find(_ console: Console) throws(FastPixError) -> PhotoDiscovery {
        let found = try PhotoDiscovery(try source())
        console.noteUnselected(found.unselected, found.selection)
        return found
    }

    func validate() throws {
        if paths.isEmpty && selecting.filesFrom.isEmpty {
            throw ValidationError("Name a photo or a folder of photos, for example: \(CommandWords.example)")
        }
    }
}

/// Which photos belong to one sensor.
struct GroupingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What tells sensors apart, separated by commas. (default: make,model,serial,band)",
            discussion: """
                Frame size, colour pattern and binning always do. Gain is ISO for cameras that have it. A drone's cameras \
                are told apart by band.
                """,
            valueName: "folder|make|model|serial|band|gain|exposure,..."),
        completion: .list(GroupingFields.allValueStrings))
    var groupBy: GroupingFields?

    @Option(
        help: ArgumentHelp(
            "Take all photos as those of this camera, whatever they say themselves.", valueName: "name"))
    var camera: String?

    var rule: GroupingRule {
        GroupingRule(fields: groupBy?.fields ?? GroupingRule.defaultFields, camera: camera)
    }
}

/// The value of --group-by: "folder,band".
struct GroupingFields: ExpressibleByArgument {
    let fields: Set<GroupingField>

    static let allValueStrings = GroupingField.allCases.map(\.rawValue)

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        let fields = names.compactMap { GroupingField(rawValue: String($0)) }
        guard fields.count == names.count else { return nil }
        self.fields = Set(fields)
    }
}

/// How results are written.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("format")],
        help: ArgumentHelp(
            "Form of the result. (default: what the name of --output says, else text)",
            discussion: "jsonl: JSON Lines, an object a line.", valueName: "text|json|csv|jsonl"))
    var chosenFormat: ReportFormat?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the result to a file; - is standard output. (default: -)", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Replace files that are there already. Photos that are read are never replaced.")
    var overwrite = false

    @Flag(name: .shortAndLong, help: "No progress and no notes on stderr; errors still are.")
    var quiet = false

    var format: ReportFormat { chosenFormat ?? OutputName.form(of: output) ?? .text }

    /// Where the result goes. Throws when it cannot be written there, or the file's name says another form.
    func sink() throws(FastPixError) -> ResultSink {
        try OutputName.checkResult(output, format.rawValue)
        return try ResultSink(output, overwrites: overwrite)
    }
}

/// How the machine is used. None of it changes a result.
struct PerformanceOptions: ParsableArguments {
    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Threads that decode. (default: one per processor)", valueName: "number"))
    var workers: Int?

    @Option(
        help: ArgumentHelp(
            "Samples of a photo decoded before they are accumulated. (default: from the level-2 cache)",
            discussion: """
                A worker decodes its photos in step, this many samples of each (rounded up to whole rows) at a time. \
                Small tiles stay in the cache but switch between photos more often; large ones fall out of it.
                """,
            valueName: "samples"))
    var tile: Int?

    @Option(
        help: ArgumentHelp(
            "Photos that a worker decodes in step.",
            discussion: "More of them mean fewer passes over the accumulators and more memory per worker.",
            valueName: "photos"))
    var batch = AccumulationSettings.defaultBatch
}
