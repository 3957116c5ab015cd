import Synchronization
import SystemPackage

/// The state file of one group of photos during a run.
final class GroupCheckpoint: Sendable {
    /// Which photos a state holds, and which it leaves out, by the paths they have in this run.
    struct Content: Sendable, Equatable {
        var taken: [FilePath: StatePhoto] = [:]
        /// Remembered only where photos are accumulated in halves.
        var damaged: [FilePath: DamagedPhoto] = [:]

        var wholeCount: Int { taken.values.count(where: \.isWhole) }
        var unfinishedCount: Int { taken.count - wholeCount }
    }

    let path: String
    private let group: PhotoGroup
    private let interval: Double
    private let isInHalves: Bool
    private let state: Mutex<State>

    private struct State {
        var saved: Content
        var lastSaveEnded = monotonicSeconds()
        var lastSaveSeconds = 0.0
    }

    /// `saved` is what the file at `path` holds already; `isInHalves`: whether this run accumulates in halves.
    init(path: String, group: PhotoGroup, interval: Double, isInHalves: Bool, saved: Content) {
        self.path = path
        self.group = group
        self.interval = interval
        self.isInHalves = isInHalves
        state = Mutex(State(saved: saved))
    }

    /// What the file holds.
    var saved: Content { state.withLock { $0.saved } }

    /// Whether it is time to save. A large state on a slow disk is saved less often, so that saving never takes more
    /// than about a twentieth of the time.
    var isDue: Bool {
        state.withLock {
            monotonicSeconds() - $0.lastSaveEnded >= max(interval, Self.longestShare * $0.lastSaveSeconds)
        }
    }

    private static let longestShare = 20.0

    /// Throws when the photos that the file holds are not among those to be accumulated, or not in the halves they were
    /// in; `halves` are all of them, or one list of all.
    func check(_ halves: [[PhotoFile]]) throws(FastPixError) {
        var half: [FilePath: Int] = [:]
        for (number, photos) in halves.enumerated() {
            for photo in photos { half[photo.path] = number }
        }
        for (path, photo) in saved.taken where half[path] != (photo.half ?? 0) {
            throw FastPixError(
                .invalidArgument, path: self.path,
                "\(path.string) is in this checkpoint but no longer in its half of the photos; give the same photos, or "
                    + "choose another name for the checkpoint")
        }
    }

    /// Fills empty accumulators with what the file holds, and returns what was scouted; nil before that, and where
    /// photos are not accumulated in halves. Throws when the file has changed or cannot be read.
    func restore(into accumulators: Accumulators) throws(FastPixError) -> Scouting? {
        let expected = saved
        guard !expected.taken.isEmpty else { return nil }
        let reader = try StateReader(FilePath(path))
        guard reader.manifest.matches(group), reader.manifest.photos.count == expected.wholeCount,
            reader.manifest.unfinished.count == expected.unfinishedCount
        else {
            throw FastPixError(
                .corrupt, path: path, "another run has written this checkpoint meanwhile; give each run its own")
        }
        try reader.add(to: accumulators)
        return isInHalves ? try reader.scouting() : nil
    }

    /// Puts the accumulators, which hold exactly `content`, into the file, and what was scouted, if anything. Throws
    /// when it cannot be written; it is then what it was before.
    func save(_ accumulators: Accumulators, _ content: Content, _ scouting: Scouting?) throws(FastPixError) {
        let start = monotonicSeconds()
        let manifest = StateManifest(
            group, codedUnit: group.codedUnit, photos: content.taken.values,
            confirmation: isInHalves
                ? StateConfirmation(damaged: content.damaged.values, scouting: scouting) : nil)
        try StateWriter.write(accumulators, manifest, scouting?.recorder, to: path)
        let end = monotonicSeconds()
        state.withLock { $0 = State(saved: content, lastSaveEnded: end, lastSaveSeconds: end - start) }
    }
}
