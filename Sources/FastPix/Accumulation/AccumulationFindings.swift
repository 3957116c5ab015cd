import Synchronization
import SystemPackage

/// A photo that could not be decoded, and why.
struct FailedPhoto: Sendable {
    // Not a string: names that are no valid UTF-8 would look alike.
    let place: PhotoFile.Place
    /// As results call it.
    let name: String
    let reason: String

    init(_ photo: PhotoFile, reason: String) {
        place = photo.place
        name = photo.name
        self.reason = reason
    }

    /// The first picture of a file.
    init(path: FilePath, reason: String) {
        place = PhotoFile.Place(path: path, pageNumber: 0)
        name = path.string
        self.reason = reason
    }

    var path: FilePath { place.path }

    var skipped: SkippedPhoto { SkippedPhoto(path: name, reason: reason) }
}

/// What the workers of one pass over the photos find: which photos are in the accumulators, and which cannot be. Safe
/// from any thread.
final class AccumulationFindings: Sendable {
    struct SoFar: Sendable {
        var failed: [FailedPhoto] = []
        /// What is in the accumulators, and what is damaged; filled with a checkpoint only.
        var content: GroupCheckpoint.Content
        /// Photos that this pass has taken in whole.
        var doneCount = 0
        var timing = AccumulationTiming()
        /// A damaged photo has left samples, or a gap, in the accumulators: the pass must be made again.
        var isSpoiled = false
        /// What ends the work for good.
        var fatal: FastPixError?
    }

    /// Whether a damaged photo's samples can be taken out again. Not rounded ones, and not where halves change without
    /// it.
    let canTakeBack: Bool
    private let isInHalves: Bool
    private let saved: GroupCheckpoint.Content
    private let state: Mutex<SoFar>

    /// `saved` is in the accumulators before the pass begins.
    init(
        after saved: GroupCheckpoint.Content, isInHalves: Bool, isExact: Bool
    ) {
        self.saved = saved
        self.isInHalves = isInHalves
        canTakeBack = isExact && !isInHalves
        state = Mutex(SoFar(content: saved))
    }

    var soFar: SoFar { state.withLock { $0 } }

    var isSpoiled: Bool { state.withLock { $0.isSpoiled } }

    var fatal: FastPixError? { state.withLock { $0.fatal } }

    func add(_ timing: AccumulationTiming) { state.withLock { $0.timing += timing } }

    /// Rows of a photo, from its top, that were in the accumulators before the pass began.
    func rowsBefore(_ photo: PhotoFile) -> Int { saved.taken[photo.path]?.rows ?? 0 }

    /// `leavesNothing`: no sample of the photo is in the accumulators, or none any more. `identity`: what it is known
    /// by in a checkpoint, if it can be.
    func photoFailed(_ error: FastPixError, _ photo: PhotoFile, leavesNothing: Bool, identity: StatePhoto?) {
        state.withLock { state in
            state.failed.append(FailedPhoto(photo, reason: error.reason))
            state.content.taken[photo.path] = nil
            if isInHalves, let identity {
                state.content.damaged[photo.path] = DamagedPhoto(
                    hash: identity.hash, name: identity.name, reason: error.reason)
            }
            // Welford counts the batch's photos from its first strip on, so even an unread one spoils the pass. So it does
            // where every other photo makes a half: those behind it belong to the other one.
            if !leavesNothing || !canTakeBack { state.isSpoiled = true }
            if !leavesNothing, canTakeBack, rowsBefore(photo) > 0 { state.fatal = stuck(photo, error) }
        }
    }

    /// Rows that came with the checkpoint cannot be taken out any more, and a pass without it would lose the others.
    private func stuck(_ photo: PhotoFile, _ error: FastPixError) -> FastPixError {
        FastPixError(
            .unreadable, path: photo.path.string, systemErrno: error.systemErrno,
            "upper rows of this photo are in the checkpoint, and the others cannot be added: \(error.message); the "
                + "checkpoint is as it was, run again when the photo can be read, or choose another name for it")
    }

    /// `photos` are complete in the accumulators; `identities` are theirs, when asked for.
    func photosDone(_ count: Int, _ identities: [FilePath: StatePhoto]) {
        state.withLock {
            $0.doneCount += count
            $0.content.taken.merge(identities) { $1 }
        }
    }

    /// The work stops with only some rows of this photo in the accumulators.
    func photoLeft(_ photo: PhotoFile, _ identity: StatePhoto) {
        state.withLock { $0.content.taken[photo.path] = identity }
    }
}
