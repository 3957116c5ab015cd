import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import Synchronization
import SystemPackage

/// The state file of one group of photos during a run.
package final class GroupCheckpoint: Sendable {
    /// Which photos a state holds, by the places they have in this run.
    struct Content: Sendable, Equatable {
        var taken: [PhotoFile.Place: StatePhoto] = [:]

        var wholeCount: Int { taken.values.count(where: \.isWhole) }
        var unfinishedCount: Int { taken.count - wholeCount }
    }

    package let path: FilePath
    /// Whether the state counts extremes, so that what is added to it has to.
    package let hasExtremes: Bool
    private let group: PhotoGroup
    private let interval: Double
    private let state: Mutex<State>

    private struct State {
        var saved: Content
        var lastSaveEnded = monotonicSeconds()
        var lastSaveSeconds = 0.0
    }

    /// `saved` is what the file at `path` holds already.
    init(path: FilePath, group: PhotoGroup, hasExtremes: Bool, interval: Double, saved: Content) {
        self.path = path
        self.hasExtremes = hasExtremes
        self.group = group
        self.interval = interval
        state = Mutex(State(saved: saved))
    }

    /// What the file holds.
    var saved: Content { state.withLock { $0.saved } }

    /// Whether it is time to save.
    var isDue: Bool {
        state.withLock {
            monotonicSeconds() - $0.lastSaveEnded >= max(interval, CheckpointSettings.longestShare * $0.lastSaveSeconds)
        }
    }

    /// Goes on as if the file held nothing, until it is saved again: for a state that holds rows of a damaged photo.
    func forget() { state.withLock { $0.saved = Content() } }

    /// Fills empty accumulators, and coarse sums where extremes are counted, with what the file holds. Throws when it has
    /// changed or cannot be read.
    func restore(into accumulators: Accumulators, _ coarse: CoarseSums?) throws(FastPixError) {
        let expected = saved
        guard !expected.taken.isEmpty else { return }
        let reader = try StateReader(path)
        guard reader.manifest.matches(group), reader.manifest.photos.count == expected.wholeCount,
            reader.manifest.unfinished.count == expected.unfinishedCount
        else {
            throw FastPixError(
                .corrupt, path: path, "another run has written this checkpoint meanwhile; give each run its own")
        }
        try reader.add(rows: 0..<accumulators.shape.height, to: accumulators)
        if let coarse { try reader.add(to: coarse) }
        try reader.checkUnchanged()
    }

    /// Puts the statistics, which hold exactly `content`, into the file. Throws when it cannot be written; it is then what
    /// it was before.
    func save(
        _ accumulators: Accumulators, _ coarse: CoarseSums?, _ content: Content, workers: Int
    ) throws(FastPixError) {
        let start = monotonicSeconds()
        let manifest = StateManifest(
            group, codedUnit: group.codedUnit, hasExtremes: coarse != nil, photos: content.taken.values)
        try StateWriter.write(accumulators, coarse, manifest, to: path, workers: workers)
        let end = monotonicSeconds()
        state.withLock { $0 = State(saved: content, lastSaveEnded: end, lastSaveSeconds: end - start) }
    }
}
