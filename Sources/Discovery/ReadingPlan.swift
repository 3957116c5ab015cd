import FastPixPlumbing

/// What a command takes in, known from headers alone.
package struct ReadingPlan: Sendable {
    /// What belongs together: photos of one camera and one frame shape, states of such.
    package struct Group: Sendable {
        /// Camera and shape in words.
        package let name: String
        /// Paths in their order, the pictures of a file with "#" and their number.
        package let files: [String]
        /// As many as there are files, unless these are states.
        package let photoCount: Int
        /// False when it has fewer photos than are asked for, and is left out.
        package let isWanted: Bool

        package init(name: String, files: [String], photoCount: Int, isWanted: Bool = true) {
            self.name = name
            self.files = files
            self.photoCount = photoCount
            self.isWanted = isWanted
        }
    }

    /// What is done with the files.
    package enum Deed: Sendable {
        /// Photos are decoded.
        case reading
        /// Of photos only the headers are looked at.
        case counting
        /// States are added up.
        case adding
    }

    /// The largest first.
    package let groups: [Group]
    /// Files that do not enter: not readable, copies of others, of a group that is too small; ordered by path.
    package let skipped: [SkippedPhoto]
    /// Files of the folders looked through that are not read, by kind.
    package let leftOut: [LeftOutFiles]
    private let deed: Deed

    package init(_ deed: Deed, _ groups: [Group], skipped: [SkippedPhoto], leftOut: [LeftOutFiles] = []) {
        self.deed = deed
        self.groups = groups
        self.skipped = skipped.byPath
        self.leftOut = leftOut
    }

    /// For photos that are decoded, or counted.
    package init(
        _ deed: Deed, photos groups: [PhotoGroup], minimumFrames: Int = 1, skipped: [SkippedPhoto],
        leftOut: [LeftOutFiles]
    ) {
        self.init(
            deed,
            groups.map { group in
                Group(
                    name: group.name, files: group.photos.map(\.name), photoCount: group.photos.count,
                    isWanted: group.photos.count >= minimumFrames)
            }, skipped: skipped, leftOut: leftOut)
    }
}

extension ReadingPlan {
    /// For people, with a final line break; with the files of each group by name, when all are wanted.
    package func text(namingFiles: Bool = false) -> String {
        let wanted = groups.filter(\.isWanted)
        let fileCount = wanted.reduce(0) { $0 + $1.files.count }
        let would =
            switch deed {
            case .reading: "\(counted(fileCount, "photo")) would be read"
            case .counting: "\(counted(fileCount, "photo")) would be counted, from headers alone"
            case .adding: "\(counted(fileCount, "state")) would be added up"
            }
        var lines = ["\(would), in \(counted(wanted.count, "group"))"]
        for (index, group) in wanted.enumerated() {
            let states = deed == .adding ? " in \(counted(group.files.count, "state"))" : ""
            lines.append("  \(index + 1). \(group.name.printable): \(counted(group.photoCount, "photo"))\(states)")
            if namingFiles { lines += group.files.map { "     \($0.printable)" } }
        }
        let reasons = Dictionary(grouping: skipped, by: \.reason).sorted { $0.key < $1.key }
        for (reason, photos) in reasons {
            lines.append("\(counted(photos.count, "file")) left out: \(reason.printable)")
            if namingFiles { lines += photos.map { "     \($0.path.string.printable)" } }
        }
        if !leftOut.isEmpty { lines.append("Not read: \(leftOut.text)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
