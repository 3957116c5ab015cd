import FastPixCodecs
import FastPixPlumbing
import Synchronization
import SystemPackage

/// Content hashes of files of which several pictures are read: each file is hashed once. Safe from any thread.
package final class FileHashes: Sendable {
    private struct Known {
        let state: OpenFile.State
        let hash: ContentHash
    }

    private let known = Mutex<[FilePath: Known]>([:])

    package init() {}

    /// The hash of the photo's file, which is open as `file`. Throws when it changed since it was opened, or cannot be
    /// read.
    package func hash(_ photo: PhotoFile, _ file: borrowing OpenFile) throws(FastPixError) -> ContentHash {
        let state = file.state
        if photo.isInStack, let known = known.withLock({ $0[photo.path] }), known.state == state { return known.hash }
        let hash = try ContentHash(of: file)
        guard file.isUnchanged else { throw PhotoReading.changed(photo) }
        if photo.isInStack { known.withLock { $0[photo.path] = Known(state: state, hash: hash) } }
        return hash
    }
}
