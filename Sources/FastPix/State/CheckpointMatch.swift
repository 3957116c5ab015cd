import SystemPackage

/// Finds the photos of a state among those of a group, by content: equal contents are interchangeable, so each is
/// matched as often as it is there.
struct CheckpointMatch {
    private let manifest: StateManifest
    private let path: String
    private let photos: [PhotoFile]
    /// Nil for a photo that cannot be read; it is named when it is decoded.
    private let hashes: [ContentHash?]

    /// Reads the content of all photos.
    init(_ reader: borrowing StateReader, _ photos: [PhotoFile], workers: Int) {
        manifest = reader.manifest
        path = reader.path.string
        self.photos = photos
        hashes = WorkerTeam.map(photos.count, workers: min(workers, OpenFile.limit)) { index in
            do throws(FastPixError) {
                return try ContentHash(of: try OpenFile(photos[index].path))
            } catch {
                return nil
            }
        }
    }

    /// For a run that accumulates all photos alike. Throws when the state holds photos that are not given.
    func content() throws(FastPixError) -> GroupCheckpoint.Content {
        var unmatched = Dictionary(grouping: manifest.photos + manifest.unfinished, by: \.hash)
        var content = GroupCheckpoint.Content()
        for (photo, hash) in zip(photos, hashes) {
            guard let hash, var found = unmatched[hash]?.popLast() else { continue }
            found.half = nil
            content.taken[photo.path] = found
        }
        try refuseMissing(unmatched.values.flatMap { $0 })
        return content
    }

    /// For a run that accumulates in halves and looks for candidates of this sensitivity. `leftOut`: photos that belong to
    /// no half, unless the state holds them. Throws when the state holds
    /// photos that are not given, or that belong to another half now; when photos have come to the first half since it
    /// was complete; when the state was made without halves, or with another sensitivity.
    func contentInHalves(
        _ sensitivity: DetectionSensitivity, codedUnit: CodedUnit, without leftOut: Set<FilePath>
    ) throws(FastPixError) -> GroupCheckpoint.Content {
        var content = GroupCheckpoint.Content()
        guard let confirmation = manifest.confirmation else {
            guard manifest.photos.isEmpty, manifest.unfinished.isEmpty else { throw withoutHalves }
            return content
        }
        let damaged = Dictionary(confirmation.damaged.map { ($0.hash, $0) }) { first, _ in first }
        for (photo, hash) in zip(photos, hashes) { content.damaged[photo.path] = hash.flatMap { damaged[$0] } }
        struct Key: Hashable {
            let hash: ContentHash
            let half: Int?
        }
        var unmatched = Dictionary(grouping: manifest.photos + manifest.unfinished) {
            Key(hash: $0.hash, half: $0.half)
        }
        let held = Set(unmatched.keys.map(\.hash))
        let sound = photos.indices.filter { index in
            let path = photos[index].path
            let isHeld = hashes[index].map(held.contains) ?? false
            return content.damaged[path] == nil && (isHeld || !leftOut.contains(path))
        }
        var newInFirstHalf: String?
        for (place, index) in sound.enumerated() {
            let half = PhotoHalves.half(ofPhotoAt: place)
            if let hash = hashes[index], let found = unmatched[Key(hash: hash, half: half)]?.popLast() {
                content.taken[photos[index].path] = found
            } else if half == 0, newInFirstHalf == nil {
                newInFirstHalf = photos[index].path.string
            }
        }
        let missing = unmatched.values.flatMap { $0 }
        let given = Set(hashes.compactMap { $0 })
        try refuseMissing(missing.filter { !given.contains($0.hash) })
        if let moved = missing.map(\.name).min() { throw otherHalves(moved) }
        guard let scouting = confirmation.scouting else { return content }
        if let newInFirstHalf { throw otherHalves(newInFirstHalf) }
        guard codedUnit == manifest.codedUnit else { throw otherHalves(nil) }
        guard scouting.sensitivity == sensitivity else {
            throw refused(
                "this checkpoint was begun with --sensitivity \(scouting.sensitivity.rawValue), which decides what is looked "
                    + "at in single photos; give it again")
        }
        return content
    }

    // MARK: Refusals

    private func refused(_ reason: String) -> FastPixError {
        FastPixError(.invalidArgument, path: path, "\(reason), or choose another name for the checkpoint")
    }

    private func refuseMissing(_ missing: [StatePhoto]) throws(FastPixError) {
        guard let first = missing.map(\.name).min() else { return }
        throw refused(
            "this checkpoint holds \(counted(missing.count, "photo")) that \(missing.count == 1 ? "is" : "are") not "
                + "among those given (\(first)\(missing.count > 1 ? ", ..." : "")); give all of them")
    }

    private var withoutHalves: FastPixError {
        refused(
            "this checkpoint was made without looking at single photos, so that defects cannot be confirmed in those it "
                + "holds; add --confirm none, or --no-defects")
    }

    /// Halves are every other photo.
    private func otherHalves(_ name: String?) -> FastPixError {
        refused(
            "photos were added, removed or renamed since this checkpoint was made\(name.map { " (\($0))" } ?? ""), and "
                + "confirming defects in every second photo needs the same ones in the same order; give the same photos, "
                + "or add --confirm none to take in others")
    }
}
