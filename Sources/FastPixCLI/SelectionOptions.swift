import ArgumentParser
import FastPix
import SystemPackage

/// Lists of photos, and which of all photos are taken.
struct SelectionOptions: ParsableArguments {
    @OptionGroup var listing: ListOptions

    @Option(
        help: ArgumentHelp(
            "Take only files that match a shell pattern; may be given several times.",
            discussion: """
                '*.jpg' is compared with names, a pattern with a slash with the path, in which * matches slashes, too. \
                Upper and lower case differ.
                """,
            valueName: "pattern"))
    var include: [String] = []

    @Option(
        help: ArgumentHelp(
            "Leave out files, and subfolders, that match; likewise.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take only files written later than this file, or than this date.",
            discussion: "2024-05-31 or 2024-05-31T18:30:00Z, in UTC unless a zone is given: ...+02:00.",
            valueName: "file|date"))
    var newer: String?

    @Option(
        help: ArgumentHelp(
            "Take only part I of N, for N machines; each photo is in exactly one part.",
            discussion: """
                Told by the name without folders, so that machines agree without talking, whatever the mount point. \
                Guides/Scale.md has the rest.
                """,
            valueName: "I/N"),
        transform: { argument in
            guard let shard = Shard(argument) else {
                throw ValidationError("a shard is I/N with I from 1 to N, such as 3/8.")
            }
            return shard
        })
    var shard: Shard?

    /// The selection. Throws when the value of --newer is neither a file nor a date.
    func selection() throws(FastPixError) -> PhotoSelection {
        PhotoSelection(
            include: ArgumentPaths.asGiven(include), exclude: ArgumentPaths.asGiven(exclude),
            newerThan: try newerThan(),
            shard: shard)
    }

    private func newerThan() throws(FastPixError) -> FileTime? {
        guard let newer else { return nil }
        if let time = FileTime(of: ArgumentPaths.asGiven(newer)) ?? FileTime(date: newer) { return time }
        throw FastPixError(
            .contradiction,
            "--newer \(newer.printable) is neither a file nor a date such as 2024-05-31 or 2024-05-31T18:30:00Z")
    }

    var filesFrom: [String] { listing.filesFrom }
    var lists: [PhotoList] { listing.lists }
}

extension Console {
    /// Says how many files were not selected: a part must not be taken for the whole.
    func noteUnselected(_ count: Int, _ selection: PhotoSelection) {
        if let shard = selection.shard {
            note("shard \(shard.text): \(counted(count, "file")) left to other shards or not selected")
        } else if count > 0 {
            note("\(counted(count, "file")) left out by --include, --exclude or --newer")
        }
    }
}
