import FastPixCodecs
import FastPixPlumbing
import SystemPackage

/// Finds the photos of a state among those of a group, by content: equal contents are interchangeable, so each is
/// matched as often as it is there.
enum CheckpointMatch {
    /// Which of `photos` the state holds, and as what. Reads the content of all photos. Throws when the state holds photos
    /// that are not given.
    static func content(
        _ reader: borrowing StateReader, _ photos: [PhotoFile], workers: Int
    ) throws(FastPixError) -> GroupCheckpoint.Content {
        // Nil for a photo that cannot be read; it is named when it is decoded.
        let known = FileHashes()
        let hashes = WorkerTeam.map(photos.count, workers: min(workers, OpenFile.limit)) { index in
            do throws(FastPixError) {
                return ContentHash?.some(try known.hash(photos[index], try OpenFile(photos[index].path)))
            } catch {
                return nil
            }
        }
        let manifest = reader.manifest
        var unmatched = Dictionary(grouping: manifest.photos + manifest.unfinished, by: \.identity)
        var content = GroupCheckpoint.Content()
        for (photo, hash) in zip(photos, hashes) {
            guard let hash else { continue }
            let identity = StatePhoto.Identity(hash: hash, page: photo.pageInStack ?? 0)
            guard let found = unmatched[identity]?.popLast() else { continue }
            content.taken[photo.place] = found
        }
        let missing = unmatched.values.flatMap { $0 }
        guard let first = missing.map(\.name).min() else { return content }
        throw FastPixError(
            .invalidArgument, path: reader.path,
            "this checkpoint holds \(counted(missing.count, "photo")) that \(missing.count == 1 ? "is" : "are") not "
                + "among those given (\(first)\(missing.count > 1 ? ", ..." : "")); give all of them, or choose another "
                + "name for the checkpoint")
    }
}
