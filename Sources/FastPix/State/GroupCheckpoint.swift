import Synchronization
import SystemPackage

/// The state file of one group of photos during a run.
final class GroupCheckpoint: Sendable {
    let path: String
    private let group: PhotoGroup
    private let interval: Double
    private let state: Mutex<State>

    private struct State {
        /// The photos whose samples are in the file, by the paths they have in this run.
        var saved: [FilePath: StatePhoto]
        var lastSaveEnded = monotonicSeconds()
        var lastSaveSeconds = 0.0
    }

    /// `saved` are the photos that the file at `path` holds already.
    init(path: String, group: PhotoGroup, interval: Double, saved: [FilePath: StatePhoto]) {
        self.path = path
        self.group = group
        self.interval = interval
        state = Mutex(State(saved: saved))
    }

    /// The photos that the file holds.
    var saved: [FilePath: StatePhoto] { state.withLock { $0.saved } }

    /// Whether it is time to save. A large state on a slow disk is saved less often, so that saving never takes more
    /// than about a twentieth of the time.
    var isDue: Bool {
        state.withLock {
            monotonicSeconds() - $0.lastSaveEnded >= max(interval, Self.longestShare * $0.lastSaveSeconds)
        }
    }

    private static let longestShare = 20.0

    /// Fills empty accumulators with what the file holds. Throws when the file has changed or cannot be read.
    func restore(into accumulators: Accumulators) throws(FastPixError) {
        let expected = saved.count
        guard expected > 0 else { return }
        let reader = try StateReader(FilePath(path))
        guard reader.manifest.matches(group), reader.manifest.photos.count == expected else {
            throw FastPixError(
                .corrupt, path: path, "another run has written this checkpoint meanwhile; give each run its own")
        }
        try reader.add(to: accumulators)
    }

    /// Puts the accumulators, which hold exactly `photos`, into the file. Throws when it cannot be written; it is
    /// then what it was before.
    func save(_ accumulators: Accumulators, _ photos: [FilePath: StatePhoto]) throws(FastPixError) {
        let start = monotonicSeconds()
        try StateWriter.write(
            accumulators, StateManifest(group, codedUnit: group.codedUnit, photos: Array(photos.values)), to: path)
        let end = monotonicSeconds()
        state.withLock { $0 = State(saved: photos, lastSaveEnded: end, lastSaveSeconds: end - start) }
    }
}
