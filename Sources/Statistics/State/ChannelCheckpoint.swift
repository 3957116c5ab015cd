import FastPixAccumulation
import FastPixCodecs
import FastPixPlumbing
import Synchronization
import SystemPackage

/// The state file of a run of channel statistics: what it holds already, and what is added. Safe from any thread.
final class ChannelCheckpoint: Sendable {
    private let settings: CheckpointSettings
    private let weight: PhotoWeight
    private let greyAsRGB: Bool
    private let countsValues: Bool
    private let photos: [PhotoFile]
    private let hashes = FileHashes()
    private let state: Mutex<State>
    /// Held by who saves.
    private let saving = Mutex(())

    private struct State {
        var totals = ChannelTotals()
        var taken: [PhotoFile.Place: StatePhoto] = [:]
        var savedCount = 0
        var lastSaveEnded = monotonicSeconds()
        var lastSaveSeconds = 0.0
    }

    /// `photos`: all that are given. Reads the state, if there is one, and then the photos' content. Throws when the file
    /// cannot be written, is damaged or of another kind, or holds photos that are not given.
    init(
        _ settings: CheckpointSettings, _ photos: [PhotoFile], weight: PhotoWeight, greyAsRGB: Bool,
        countsValues: Bool, workers: Int
    ) throws(FastPixError) {
        self.settings = settings
        self.weight = weight
        self.greyAsRGB = greyAsRGB
        self.countsValues = countsValues
        self.photos = photos
        var state = State()
        if let reader = try Self.reader(settings.path) {
            guard reader.manifest.countsValues == countsValues else {
                throw FastPixError(
                    .invalidArgument, path: settings.path,
                    "this checkpoint was made with\(countsValues ? "out" : "") counts of values; ask for the same, or "
                        + "choose another name for the checkpoint")
            }
            guard reader.manifest.weight == weight, reader.manifest.greyAsRGB == greyAsRGB else {
                throw FastPixError(
                    .invalidArgument, path: settings.path,
                    "this checkpoint was made with another weight of images, or with grey counted otherwise; ask for the "
                        + "same, or choose another name for the checkpoint")
            }
            var held: [StatePhoto] = []
            let cursor = reader.photos()
            while let photo = try cursor.next() { held.append(photo) }
            state.totals = try reader.totals()
            state.taken = try CheckpointMatch.content(held, of: settings.path, among: photos, workers: workers)
            state.savedCount = held.count
            try reader.checkUnchanged()
        }
        self.state = Mutex(state)
        StagedFile.removeAbandoned(targets: [settings.path])
        // Before hours of work end in an error.
        _ = try StagedFile(target: settings.path)
    }

    /// Nil when there is no such file yet.
    private static func reader(_ path: FilePath) throws(FastPixError) -> ChannelStateReader? {
        do throws(FastPixError) {
            return try ChannelStateReader(path)
        } catch {
            if error.systemErrno == Errno.noSuchFileOrDirectory.rawValue { return nil }
            throw error
        }
    }

    func holds(_ photo: PhotoFile) -> Bool { state.withLock { $0.taken[photo.place] != nil } }

    var totals: ChannelTotals { state.withLock { $0.totals } }

    /// What a photo's content is known by, while its file is open. Throws when it changed since it was opened.
    func hash(_ photo: PhotoFile, _ file: borrowing OpenFile) throws(FastPixError) -> ContentHash {
        try hashes.hash(photo, file)
    }

    /// Takes in a photo that is sound to its end; saves when that is due. Throws when that fails.
    func add(_ sums: consuming PhotoSums, of photo: PhotoFile, _ hash: ContentHash) throws(FastPixError) {
        let known = StatePhoto(hash: hash, page: photo.pageInStack, name: photo.fileName)
        let isDue = state.withLock { state in
            sums.enter(&state.totals)
            state.taken[photo.place] = known
            return monotonicSeconds() - state.lastSaveEnded
                >= max(settings.interval, CheckpointSettings.longestShare * state.lastSaveSeconds)
        }
        guard isDue else { return }
        // Whoever else comes while one saves goes on.
        let failure = saving.withLockIfAvailable { _ in Result { () throws(FastPixError) in try write() } }
        try failure?.get()
    }

    /// Saves what has come since it was saved last. Throws when that fails.
    func save() throws(FastPixError) {
        try saving.withLock { _ throws(FastPixError) in try write() }
    }

    private func write() throws(FastPixError) {
        let start = monotonicSeconds()
        let now = state.withLock { $0 }
        guard now.taken.count > now.savedCount else { return }
        let records = now.taken.values.sorted { $0.precedes($1) }
        let manifest = ChannelStateManifest(
            now.totals, PhotoInventory(photos.filter { now.taken[$0.place] != nil }), weight: weight,
            greyAsRGB: greyAsRGB, countsValues: countsValues,
            photoBytes: records.reduce(0) { $0 + StatePhotoRecord.byteCount($1) })
        try ChannelStateWriter.write(manifest, now.totals, to: settings.path) { add throws(FastPixError) in
            for photo in records { try add(photo) }
        }
        let end = monotonicSeconds()
        state.withLock {
            $0.savedCount = now.taken.count
            $0.lastSaveEnded = end
            $0.lastSaveSeconds = end - start
        }
    }

    /// Saves, and throws what tells that the run was interrupted.
    func endInterrupted() throws(FastPixError) -> Never {
        try save()
        throw FastPixError(
            .interrupted, path: settings.path,
            "interrupted; the state of \(counted(state.withLock { $0.savedCount }, "photo")) is saved, run the same "
                + "command again to go on")
    }
}
