import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// What a search of defects takes in, known from headers alone.
package struct SearchPlan: Sendable {
    /// Photos of one camera and one frame shape.
    package struct Group: Sendable {
        /// Camera and shape in words.
        package let name: String
        package let shape: FrameShape
        /// The photos' paths, in their order, the pictures of a file with "#" and their number.
        package let photos: [String]
        /// False when it has fewer photos than are asked for, and is left out.
        package let isWanted: Bool
        /// Bytes of the photos' files; a file counts for each of its pictures.
        package let byteCount: Int
    }

    /// The largest first; `HotPixelsReport.groups` are those of the wanted ones that came through.
    package let groups: [Group]
    /// Files that do not enter: not readable, copies of others, of a group that is too small; ordered by path.
    package let skipped: [SkippedPhoto]
    /// Files of the folders looked through that are not read, by kind.
    package let leftOut: [LeftOutFiles]

    init(_ groups: [PhotoGroup], minimumFrames: Int, skipped: [SkippedPhoto], leftOut: [LeftOutFiles]) {
        self.groups = groups.map { group in
            Group(
                name: group.name, shape: group.shape, photos: group.photos.map(\.name),
                isWanted: group.photos.count >= minimumFrames,
                byteCount: group.photos.reduce(0) { $0 + $1.byteCount })
        }
        self.skipped = skipped.sorted { $0.path < $1.path }
        self.leftOut = leftOut
    }
}

extension SearchPlan {
    /// For people, with a final line break; with the photos of each group by name, when all are wanted.
    package func text(namingPhotos: Bool = false) -> String {
        let wanted = groups.filter(\.isWanted)
        var lines = [
            "\(counted(wanted.reduce(0) { $0 + $1.photos.count }, "photo")) would be read, in "
                + counted(wanted.count, "group")
        ]
        for (index, group) in wanted.enumerated() {
            lines.append("  \(index + 1). \(group.name.printable): \(counted(group.photos.count, "photo"))")
            if namingPhotos { lines += group.photos.map { "     \($0.printable)" } }
        }
        let reasons = Dictionary(grouping: skipped, by: \.reason).sorted { $0.key < $1.key }
        for (reason, photos) in reasons {
            lines.append("\(counted(photos.count, "file")) left out: \(reason.printable)")
            if namingPhotos { lines += photos.map { "     \($0.path.printable)" } }
        }
        if !leftOut.isEmpty { lines.append("Not read: \(leftOut.text)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
