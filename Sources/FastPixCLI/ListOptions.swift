import ArgumentParser
import FastPix

/// Files that name what a command reads.
struct ListOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read names from a file, one a line; - is standard input.",
            discussion: "Relative names start at the current folder. May be given several times, and with paths.",
            valueName: "file|-"),
        completion: .file())
    var filesFrom: [String] = []

    @Flag(
        name: [.customShort("0"), .long],
        help: "The names of --files-from end in zero bytes, as find -print0 writes them.")
    var null = false

    var lists: [PhotoList] {
        ArgumentPaths.asGiven(filesFrom).map { PhotoList($0 == "-" ? nil : $0, isNullSeparated: null) }
    }

    func validate() throws {
        if null && filesFrom.isEmpty { throw ValidationError("--null (-0) is for --files-from; give that, too.") }
        if filesFrom.count(where: { $0 == "-" }) > 1 {
            throw ValidationError("Standard input can be read once; give --files-from - once.")
        }
    }
}
