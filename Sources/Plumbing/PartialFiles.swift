import FastPixPlatform
import Synchronization
import SystemPackage

/// The hidden files in which outputs of this process are being made, the folders made for them, and temporary ones.
enum PartialFiles {
    private struct InWork {
        var files: Set<FilePath> = []
        /// From the top down.
        var folders: [FilePath] = []
        var temporaryFolders: Set<FilePath> = []
    }

    private static let inWork = Mutex(InWork())

    /// Makes a file that does not exist yet and locks it. -1, with errno set, when the system refuses.
    static func create(_ path: FilePath, _ open: (FilePath) -> Int32) -> Int32 {
        // Within the lock, so that `removeAll` misses none.
        inWork.withLock { inWork in
            let descriptor = open(path)
            guard descriptor >= 0 else { return descriptor }
            // Some network file systems have no locks; there, what was left behind stays.
            _ = flock(descriptor, LOCK_EX | LOCK_NB)
            inWork.files.insert(path)
            return descriptor
        }
    }

    /// The file has its final name.
    static func forget(_ path: FilePath) { inWork.withLock { _ = $0.files.remove(path) } }

    static func remove(_ path: FilePath) {
        inWork.withLock { inWork in
            _ = path.withPlatformString { unlink($0) }
            inWork.files.remove(path)
        }
    }

    /// Makes a folder. False, with errno set, when the system refuses, also when there is one.
    static func makeFolder(_ path: FilePath) -> Bool {
        inWork.withLock { inWork in
            guard path.withPlatformString({ mkdir($0, 0o777) }) == 0 else { return false }
            inWork.folders.append(path)
            return true
        }
    }

    /// Removes those of the folders, made here and given from the top down, that are empty.
    static func removeEmpty(_ folders: [FilePath]) {
        inWork.withLock { inWork in
            for folder in folders.reversed() { _ = folder.withPlatformString { rmdir($0) } }
            let done = Set(folders)
            inWork.folders.removeAll { done.contains($0) }
        }
    }

    /// `make` makes a folder and returns its path; nil, with errno set, when the system refuses.
    static func makeTemporaryFolder(_ make: () -> FilePath?) -> FilePath? {
        inWork.withLock { inWork in
            guard let path = make() else { return nil }
            inWork.temporaryFolders.insert(path)
            return path
        }
    }

    /// With all that is in it.
    static func removeTemporaryFolder(_ path: FilePath) {
        try? FileManager.default.removeItem(atPath: path.string)
        inWork.withLock { _ = $0.temporaryFolders.remove(path) }
    }

    /// Removes all of them, and folders that are empty then, and ends the process before another one can be made.
    static func removeAll(andThen end: () -> Never) -> Never {
        inWork.withLock { inWork in
            for path in inWork.files { _ = path.withPlatformString { unlink($0) } }
            for folder in inWork.folders.reversed() { _ = folder.withPlatformString { rmdir($0) } }
            for folder in inWork.temporaryFolders { try? FileManager.default.removeItem(atPath: folder.string) }
            end()
        }
    }

    /// Removes what killed processes left in `folder`: files whose names `isOurs` accepts and which nobody has locked.
    static func removeAbandoned(in folder: FilePath, _ isOurs: ([UInt8]) -> Bool) {
        let place = folder.isEmpty ? "." : folder
        guard let entries = place.withPlatformString({ opendir($0) }) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CInterop.PlatformChar.self, capacity: 1) { FilePath(platformString: $0) }
            }
            guard isOurs(name.bytes) else { continue }
            let path = folder.appending(name.components)
            let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW) }
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { _ = path.withPlatformString { unlink($0) } }
            close(descriptor)
        }
    }
}

extension FilePath {
    /// As the system stores it.
    package var bytes: [UInt8] {
        withPlatformString { text in Array(UnsafeRawBufferPointer(start: text, count: strlen(text))) }
    }

    package init(bytes: [UInt8]) {
        self.init(platformString: bytes.map { CInterop.PlatformChar(bitPattern: $0) } + [0])
    }
}

extension [UInt8] {
    func hasEnding(_ ending: [UInt8]) -> Bool { count >= ending.count && suffix(ending.count).elementsEqual(ending) }
}
