import FastPixCodecs
import FastPixPlumbing
import SystemPackage

/// Finds the photos of a state among those of a group, by content: equal contents are interchangeable, so each is
/// matched as often as it is there.
package enum CheckpointMatch {
    /// Which of `photos` the state at `path` holds, and as what; `held`: what it holds. Reads the content of all photos.
    /// Throws when the state holds photos that are not given.
    package static func content(
        _ held: [StatePhoto], of path: FilePath, among photos: [PhotoFile], workers: Int
    ) throws(FastPixError) -> [PhotoFile.Place: StatePhoto] {
        // Nil for a photo that cannot be read; it is named when it is decoded.
        let known = FileHashes()
        let hashes = WorkerTeam.map(photos.count, workers: min(workers, OpenFile.limit)) { index in
            do throws(FastPixError) {
                return ContentHash?.some(try known.hash(photos[index], try OpenFile(photos[index].path)))
            } catch {
                return nil
            }
        }
        var unmatched = Dictionary(grouping: held, by: \.identity)
        var content: [PhotoFile.Place: StatePhoto] = [:]
        for (photo, hash) in zip(photos, hashes) {
            guard let hash else { continue }
            let identity = StatePhoto.Identity(hash: hash, page: photo.pageInStack ?? 0)
            guard let found = unmatched[identity]?.popLast() else { continue }
            content[photo.place] = found
        }
        let missing = unmatched.values.flatMap { $0 }
        guard let first = missing.map(\.name).min() else { return content }
        throw FastPixError(
            .invalidArgument, path: path,
            "this checkpoint holds \(counted(missing.count, "photo")) that \(missing.count == 1 ? "is" : "are") not "
                + "among those given (\(first)\(missing.count > 1 ? ", ..." : "")); give all of them, or choose another "
                + "name for the checkpoint")
    }
}
