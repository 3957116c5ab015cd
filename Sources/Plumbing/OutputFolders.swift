import FastPixPlatform
import Synchronization
import SystemPackage

/// The folders that a job makes for its outputs. Those that are empty when it is over are removed again, also when a signal
/// ends the process. Safe from any thread.
package final class OutputFolders: Sendable {
    /// From the top down.
    private let made = Mutex<[FilePath]>([])

    package init() {}

    /// Makes a folder, with those above it, unless it is there. Throws when that is not possible, and when there is one in
    /// which nothing can be made.
    package func make(_ path: FilePath) throws(FastPixError) {
        let missing = try Self.missingFolders(of: path)
        for folder in missing {
            if PartialFiles.makeFolder(folder) {
                made.withLock { $0.append(folder) }
            } else if errno != EEXIST {
                throw FastPixError(
                    .unwritable, path: path, systemErrno: errno,
                    "the folder cannot be made; choose a place that you may write to")
            }
        }
    }

    /// Removes what was made and has nothing in it.
    package func removeEmpty() {
        made.withLock { made in
            PartialFiles.removeEmpty(made)
            made = []
        }
    }

    /// Throws when the folder can neither be written to nor made, as far as the system tells before it is done.
    package static func check(_ path: FilePath) throws(FastPixError) { _ = try missingFolders(of: path) }

    /// Whether there is something of this name, be it a link that leads nowhere.
    package static func holds(_ path: FilePath) -> Bool {
        var information = stat()
        return path.withPlatformString { lstat($0, &information) } == 0
    }

    private static func isLink(_ path: FilePath) -> Bool {
        var information = stat()
        return path.withPlatformString { lstat($0, &information) } == 0 && information.st_mode & S_IFMT == S_IFLNK
    }

    /// Those on the way to `path` that have to be made, from the top down.
    private static func missingFolders(of path: FilePath) throws(FastPixError) -> [FilePath] {
        guard !path.isEmpty else {
            throw FastPixError(.invalidArgument, "the output folder has an empty name; give its path")
        }
        var missing: [FilePath] = []
        var folder = path
        var information = stat()
        while folder.withPlatformString({ stat($0, &information) }) != 0 {
            let code = errno
            let above = folder.removingLastComponent()
            // A link that leads nowhere is in the way, too. What is there and no link was made meanwhile, by another
            // thread or program.
            guard code == ENOENT, !isLink(folder), above != folder else {
                throw FastPixError(
                    .unwritable, path: path, systemErrno: code,
                    "the folder cannot be made; choose a place that you may write to")
            }
            if holds(folder) { continue }
            missing.append(folder)
            folder = above.isEmpty ? "." : above
        }
        guard information.st_mode & S_IFMT == S_IFDIR else {
            throw FastPixError(
                .invalidArgument, path: folder, "a file, and a folder is expected; choose another name")
        }
        guard folder.withPlatformString({ access($0, W_OK | X_OK) }) == 0 else {
            throw FastPixError(
                .unwritable, path: folder, systemErrno: errno,
                "the folder cannot be written to; choose a place that you may write to")
        }
        return missing.reversed()
    }
}
