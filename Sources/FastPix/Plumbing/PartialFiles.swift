import Synchronization
import SystemPackage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The hidden files in which outputs of this process are being made.
enum PartialFiles {
    private static let inWork = Mutex<Set<String>>([])

    /// Makes a file that does not exist yet and locks it. -1, with errno set, when the system refuses.
    static func create(_ path: String, _ open: (String) -> Int32) -> Int32 {
        // Within the lock, so that `removeAll` misses none.
        inWork.withLock { inWork in
            let descriptor = open(path)
            guard descriptor >= 0 else { return descriptor }
            // Some network file systems have no locks; there, what was left behind stays.
            _ = flock(descriptor, LOCK_EX | LOCK_NB)
            inWork.insert(path)
            return descriptor
        }
    }

    /// The file has its final name.
    static func forget(_ path: String) { inWork.withLock { _ = $0.remove(path) } }

    static func remove(_ path: String) {
        inWork.withLock { inWork in
            _ = unlink(path)
            inWork.remove(path)
        }
    }

    /// Removes all of them and ends the process before another one can be made.
    static func removeAll(andThen end: () -> Never) -> Never {
        inWork.withLock { inWork in
            for path in inWork { _ = unlink(path) }
            end()
        }
    }

    /// Removes what killed processes left in `folder`: files whose names have this beginning and end, and which
    /// nobody has locked.
    static func removeAbandoned(in folder: String, beginning: String, end: String) {
        guard let entries = opendir(folder.isEmpty ? "." : folder) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            guard name.hasPrefix(beginning), name.hasSuffix(end), name.utf8.count > beginning.utf8.count else {
                continue
            }
            let path = folder + name
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { _ = unlink(path) }
            close(descriptor)
        }
    }
}
