import ArgumentParser
import FastPix

/// What is told of files and outputs before and while a command works.
struct PlanOptions: ParsableArguments {
    @Flag(
        name: .shortAndLong,
        help: "Name every file on stderr: its group, or where it goes, and its time; or why it is left out.")
    var verbose = false

    @Flag(help: "Say what would be read, grouped and written, from headers alone, and do none of it.")
    var dryRun = false

    /// Throws when a plan is asked for in another form than text.
    func refuse(_ option: String, unless isText: Bool) throws {
        if dryRun, !isText {
            throw ValidationError("--dry-run tells its plan as text; leave \(option) out.")
        }
    }

    func notes(_ console: Console, _ bar: ProgressBar) -> FileNotes {
        FileNotes(console: console, bar: bar, isWanted: verbose)
    }

    // MARK: --dry-run

    func tell(
        _ plan: ReadingPlan, _ outputs: PlannedOutputs, isEmptyShard: Bool = false
    ) throws(FastPixError) -> ExitCode {
        let isAnyWanted = plan.groups.contains(where: \.isWanted)
        try ResultSink(nil).write(
            OptionWords.added(to: plan.text(namingFiles: verbose)) + (isAnyWanted ? outputs.text : ""))
        guard isAnyWanted else { return isEmptyShard ? .success : .failure }
        return plan.skipped.contains(where: \.isFailure) ? .someFilesFailed : .success
    }

    /// Of images that would be made one by one, into these files, or the one of them that goes to stdout.
    func tell(
        _ text: String, _ outputs: [String], isStream: Bool, _ skipped: [SkippedPhoto], _ console: Console
    ) throws(FastPixError) -> ExitCode {
        console.skipped(skipped, namingAll: verbose)
        let shown = isStream ? outputs.reduce(text) { $0.replacing($1.printable, with: "standard output") } : text
        try ResultSink(nil).write(shown)
        return outputs.isEmpty ? .failure : skipped.isEmpty ? .success : .someFilesFailed
    }
}

/// A note for each file, when --verbose asks for it. Safe from any thread.
struct FileNotes: Sendable {
    let console: Console
    let bar: ProgressBar
    let isWanted: Bool

    /// The group of each file of a plan, or why it is left out.
    func names(_ plan: ReadingPlan) {
        guard isWanted else { return }
        bar.clear {
            for (index, group) in plan.groups.filter(\.isWanted).enumerated() {
                for file in group.files { console.note("\(file): group \(index + 1), \(group.name)") }
            }
            for photo in plan.skipped {
                console.note("\(photo.path): left out, \(photo.reason)")
            }
        }
    }

    /// What was done with a file, the time that took, and what else there is to say of it.
    func took(_ file: String, _ deed: String, _ seconds: Double, _ more: String = "") {
        guard isWanted else { return }
        bar.clear { console.note("\(file): \(deed) in \(String(printf: "%.3f", seconds)) s\(more)") }
    }
}

/// The outputs of a run, as --dry-run names them.
struct PlannedOutputs {
    private let isNumbered: Bool
    private var lines: [String] = []

    /// `isNumbered`: whether there may be several of each, for several groups.
    init(isNumbered: Bool) { self.isNumbered = isNumbered }

    mutating func add(_ what: String, _ path: String?) {
        guard let path else { return }
        lines.append("  \(what): \(path == "-" ? "standard output" : path.printable)")
    }

    mutating func add(_ maps: MapOptions) {
        add("the picture of the variance", maps.varianceMap)
        add(maps.outputs().mapNames.joined(separator: ", "), maps.saveMaps)
        add("sum.npy, sum_of_squares.npy", maps.saveSums)
    }

    mutating func add(_ exports: [DefectMapExport]) {
        for export in exports { add("the list of defects (\(export.format.rawValue))", export.path.string) }
    }

    /// With a final line break.
    var text: String {
        let head = isNumbered ? "Would be written, with -2 and so on for further groups:" : "Would be written:"
        return lines.isEmpty ? "" : ([head] + lines).joined(separator: "\n") + "\n"
    }
}
