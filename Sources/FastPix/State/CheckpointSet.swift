import SystemPackage

/// The state files of a run: finds out, before any photo is decoded, which group each belongs to and which of the
/// group's photos it holds.
struct CheckpointSet {
    private var byGroup: [Int: GroupCheckpoint] = [:]

    /// Nil for a group without a checkpoint.
    subscript(group: Int) -> GroupCheckpoint? { byGroup[group] }

    /// Throws when a state file cannot be written, is damaged or of another version, belongs to none of `groups`, or
    /// holds photos that are not among theirs. Reads the photos' content when there is a state to go on from.
    init(_ settings: CheckpointSettings, groups: [PhotoGroup], workers: Int) throws(FastPixError) {
        var number = 1
        while let reader = try Self.state(Self.path(settings, number)) {
            guard let index = groups.firstIndex(where: { reader.manifest.matches($0) }) else {
                throw Self.foreign(reader)
            }
            guard byGroup[index] == nil else {
                throw FastPixError(
                    .invalidArgument, path: reader.path.string,
                    "a second state of the same camera and frame, \(groups[index].name); remove it, or combine both "
                        + "with fastpix merge")
            }
            let saved = try Self.match(reader, groups[index].photos, workers: workers)
            byGroup[index] = GroupCheckpoint(
                path: reader.path.string, group: groups[index], interval: settings.interval, saved: saved)
            number += 1
        }
        for (index, group) in groups.enumerated() where byGroup[index] == nil {
            let path = Self.path(settings, number)
            byGroup[index] = GroupCheckpoint(path: path, group: group, interval: settings.interval, saved: [:])
            number += 1
        }
        for checkpoint in byGroup.values {
            StagedFile.removeAbandoned(target: checkpoint.path)
            // Before hours of work end in an error.
            _ = try StagedFile(target: checkpoint.path)
        }
    }

    private static func path(_ settings: CheckpointSettings, _ number: Int) -> String {
        guard number > 1 else { return settings.path }
        let path = FilePath(settings.path)
        let suffix = path.extension.map { ".\($0)" } ?? ""
        return path.removingLastComponent().appending("\(path.stem ?? "state")-\(number)\(suffix)").string
    }

    /// Nil when there is no such file yet.
    private static func state(_ path: String) throws(FastPixError) -> StateReader? {
        do throws(FastPixError) {
            return try StateReader(FilePath(path))
        } catch {
            if error.systemErrno == Errno.noSuchFileOrDirectory.rawValue { return nil }
            throw error
        }
    }

    private static func foreign(_ reader: borrowing StateReader) -> FastPixError {
        FastPixError(
            .invalidArgument, path: reader.path.string,
            "this checkpoint is of \(reader.manifest.group.name), and no group of the photos given is; give the "
                + "photos and the --channels it was made with, or choose another name for the checkpoint")
    }

    /// Which of `photos` the state holds. Equal contents are interchangeable, so each is matched as often as it is
    /// there.
    private static func match(
        _ reader: borrowing StateReader, _ photos: [PhotoFile], workers: Int
    ) throws(FastPixError) -> [FilePath: StatePhoto] {
        let hashes = hash(photos, workers: workers)
        var unmatched = Dictionary(grouping: reader.manifest.photos, by: \.hash)
        var saved: [FilePath: StatePhoto] = [:]
        for (photo, hash) in zip(photos, hashes) {
            guard let hash, let found = unmatched[hash]?.popLast() else { continue }
            saved[photo.path] = found
        }
        let missing = unmatched.values.flatMap { $0 }.map(\.name).sorted()
        guard missing.isEmpty else {
            throw FastPixError(
                .invalidArgument, path: reader.path.string,
                "this checkpoint holds \(counted(missing.count, "photo")) that \(missing.count == 1 ? "is" : "are") "
                    + "not among those given (\(missing[0])\(missing.count > 1 ? ", ..." : "")); give all of them, or "
                    + "choose another name for the checkpoint")
        }
        return saved
    }

    /// Nil for a photo that cannot be read; it is named when it is decoded.
    private static func hash(_ photos: [PhotoFile], workers: Int) -> [ContentHash?] {
        WorkerTeam.map(photos.count, workers: min(workers, OpenFile.limit)) { index in
            do throws(FastPixError) {
                return try ContentHash(of: try OpenFile(photos[index].path))
            } catch {
                return nil
            }
        }
    }
}
