import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// The state files of a run: finds out, before any photo is decoded, which group each belongs to and which of the
/// group's photos it holds.
package struct CheckpointSet {
    private var byGroup: [Int: GroupCheckpoint] = [:]

    /// Nil for a group without a checkpoint.
    package subscript(group: Int) -> GroupCheckpoint? { byGroup[group] }

    /// Throws when a state file cannot be written, is damaged or of another version, belongs to none of `groups`, or holds
    /// photos that are not among theirs; where `judging` defects, also when a state counts no extremes. Reads the photos'
    /// content when there is a state to go on from.
    package init(
        _ settings: CheckpointSettings, groups: [PhotoGroup], judging: Bool, workers: Int
    ) throws(FastPixError) {
        var number = 1
        while let reader = try Self.state(NumberedOutput.file(settings.path, number)) {
            guard let index = groups.firstIndex(where: { reader.manifest.matches($0) }) else {
                throw Self.foreign(reader)
            }
            guard byGroup[index] == nil else {
                throw FastPixError(
                    .invalidArgument, path: reader.path,
                    "a second state of the same camera and frame, \(groups[index].name); remove it, or combine both "
                        + "with fastpix merge")
            }
            guard reader.manifest.hasExtremes || !judging else {
                throw FastPixError(
                    .invalidArgument, path: reader.path,
                    "this checkpoint was made without looking for defects, so that they cannot be judged in the photos it "
                        + "holds; leave defects out again, or choose another name for the checkpoint")
            }
            byGroup[index] = GroupCheckpoint(
                path: reader.path, group: groups[index], hasExtremes: reader.manifest.hasExtremes,
                interval: settings.interval,
                saved: GroupCheckpoint.Content(
                    taken: try CheckpointMatch.content(
                        reader.manifest.photos + reader.manifest.unfinished, of: reader.path,
                        among: groups[index].photos, workers: workers)))
            number += 1
        }
        // Floating-point samples have rounded moments, which depend on the order of photos: nothing to go on from.
        for (index, group) in groups.enumerated() where byGroup[index] == nil && group.shape.sampleType != .f32 {
            byGroup[index] = GroupCheckpoint(
                path: NumberedOutput.file(settings.path, number), group: group, hasExtremes: judging,
                interval: settings.interval,
                saved: GroupCheckpoint.Content())
            number += 1
        }
        for checkpoint in byGroup.values {
            StagedFile.removeAbandoned(targets: [checkpoint.path])
            // Before hours of work end in an error.
            _ = try StagedFile(target: checkpoint.path)
        }
    }

    /// Nil when there is no such file yet.
    private static func state(_ path: FilePath) throws(FastPixError) -> StateReader? {
        do throws(FastPixError) {
            return try StateReader(path)
        } catch {
            if error.systemErrno == Errno.noSuchFileOrDirectory.rawValue { return nil }
            throw error
        }
    }

    private static func foreign(_ reader: borrowing StateReader) -> FastPixError {
        FastPixError(
            .invalidArgument, path: reader.path,
            "this checkpoint is of \(reader.manifest.group.name), and no group of the photos given is; give the "
                + "photos and the channels it was made with, or choose another name for the checkpoint")
    }
}
