import FastPixPlatform
import SystemPackage

/// An output that appears under its name only when it is complete.
///
/// Bytes go to a hidden file beside the target, which `commit()` renames into place; a reader of the target sees
/// the old content or the new, never half of it. Dropped without `commit()`, it leaves nothing behind.
///
/// Each hidden file is locked (`flock`) while somebody writes it, so that one left behind by a process that was killed
/// can be told from one in work.
///
/// A symbolic link stays a link: the file it leads to is replaced. Targets that cannot be replaced (devices, pipes,
/// `/dev/stdout`, `/dev/fd/3`) are written directly; pipes and devices are opened at the first write, once, so that whoever
/// reads a named pipe sees one writer from the first byte to the last.
package struct StagedFile: ~Copyable, Sendable {
    private static let bufferSize = 64 * 1024

    private let target: FilePath
    /// Whether a file that is there already may be replaced.
    private let replaces: Bool
    /// The file to rename into place; nil when the target is written directly.
    private let staged: Staged?
    private var descriptor: Int32
    private var buffer: [UInt8]
    /// The first failure to write. A file with a hole in it must not be committed, even if a caller swallowed the
    /// error, and a C caller in between can only report that there was one.
    package private(set) var failure: FastPixError?

    private struct Staged: Sendable {
        let partialPath: FilePath
        let finalPath: FilePath

        /// Calls rename or link.
        func rename(_ call: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32) -> Int32 {
            partialPath.withPlatformString { partial in finalPath.withPlatformString { call(partial, $0) } }
        }
    }

    /// Prepares to write `path`, which is not touched until `commit()`.
    ///
    /// - Parameters:
    ///   - path: a file in an existing folder; it may exist already and keeps its permissions then.
    ///   - replacing: without it, a file that exists already, or by the time of `commit()`, is left as it is and an error.
    /// - Throws: `invalidArgument` for an empty path or a folder, `notFound` when the folder or what a link leads to
    ///   does not exist, `unwritable` when the system refuses to create or open the file.
    package init(target path: FilePath, replacing: Bool = true) throws(FastPixError) {
        let opened = try Self.open(path, replacing: replacing)
        target = path
        replaces = replacing
        staged = opened.staged
        descriptor = opened.descriptor
        buffer = []
        buffer.reserveCapacity(Self.bufferSize)
        failure = nil
    }

    /// The same for a path as text.
    package init(target path: String, replacing: Bool = true) throws(FastPixError) {
        guard !path.utf8.contains(0) else { throw Self.noName(path) }
        // A slash at the end says that a folder is meant.
        guard !path.hasSuffix("/") else {
            throw FastPixError(
                .invalidArgument, path: path,
                "the output names a folder and a file is expected; add a file name after the slash")
        }
        try self.init(target: FilePath(path), replacing: replacing)
    }

    private static func noName(_ path: String) -> FastPixError {
        FastPixError(
            .invalidArgument, path: path,
            "the output's path is empty or contains a zero byte; give the path of a file to write")
    }

    deinit {
        guard descriptor >= 0 else { return }
        // Removed while still locked.
        if let staged { PartialFiles.remove(staged.partialPath) }
        _ = close(descriptor)
    }

    /// Appends `bytes`; they may stay in memory until `commit()`.
    ///
    /// - Throws: `unwritable` when the system refuses them, for example because the disk is full. The file can no
    ///   longer be committed then.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FastPixError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count >= Self.bufferSize {
            try writeThrough(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    /// Appends `bytes`, like `write(_:)` for a buffer.
    package mutating func write(_ bytes: [UInt8]) throws(FastPixError) {
        let result: Result<Void, FastPixError> = bytes.withUnsafeBytes { buffer in
            do throws(FastPixError) {
                return .success(try write(buffer))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Appends `string` as UTF-8, like `write(_:)` for bytes.
    package mutating func write(_ string: String) throws(FastPixError) {
        var string = string
        let result: Result<Void, FastPixError> = string.withUTF8 { utf8 in
            do throws(FastPixError) {
                return .success(try write(UnsafeRawBufferPointer(utf8)))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Writes what is still in memory, waits until the disk has it, and gives the file its name.
    ///
    /// - Parameters:
    ///   - replacing: without it, a target that exists by now is left as it is and an error.
    ///   - durably: without it, the disk may still be writing afterwards. That spares a wait for each of many files
    ///     which could be made again; only a crash of the whole system could then lose what is under the name.
    /// - Throws: `unwritable` when any of this, or an earlier write, failed. The target is then as it was before.
    package consuming func commit(replacing: Bool = true, durably: Bool = true) throws(FastPixError) {
        if let failure { throw failure }
        try openDirectly()
        try flush()
        if staged != nil && durably { try synchronize() }

        let closing = descriptor
        descriptor = -1
        // The descriptor is gone after close, whatever it says; EINTR is no news about the data.
        let closeFailed = close(closing) != 0 && errno != EINTR
        guard let staged else {
            if closeFailed { throw Self.incomplete(target) }
            return
        }
        if closeFailed {
            let error = Self.incomplete(target)
            PartialFiles.remove(staged.partialPath)
            throw error
        }
        if !(replacing && replaces) { return try Self.nameWithoutReplacing(staged, target) }
        if staged.rename(rename) != 0 {
            let error = Self.systemFailure(
                .unwritable, target, "could not be replaced by the finished output",
                "check that nothing else took its place and that its folder is writable")
            PartialFiles.remove(staged.partialPath)
            throw error
        }
        PartialFiles.forget(staged.partialPath)
    }

    /// Sees whether `path` can be written, and removes what a killed process has left of an earlier attempt. Nothing is
    /// left behind until there is an output. Throws as `init` does.
    package static func prepare(target path: FilePath, replacing: Bool = true) throws(FastPixError) {
        _ = try StagedFile(target: path, replacing: replacing)
        removeAbandoned(targets: [path])
    }

    // MARK: - Processes that end early

    /// Removes the hidden files of all outputs that are being written, and ends the process: `end` may not return.
    /// Safe from any thread but a signal handler.
    package static func abandonAll(andThen end: () -> Never) -> Never { PartialFiles.removeAll(andThen: end) }

    /// Removes hidden files for `targets` whose processes were killed, looking through each of their folders once. Files in
    /// work are left alone.
    package static func removeAbandoned(targets: [FilePath]) {
        var folders: [FilePath: Set<[UInt8]>] = [:]
        for target in targets {
            guard case .replaceable(let finalPath, _)? = try? kind(of: target) else { continue }
            let name = partialName(finalPath)
            folders[name.folder, default: []].insert(name.beginning)
        }
        for (folder, beginnings) in folders {
            PartialFiles.removeAbandoned(in: folder) { name in
                // ".name." + digits of base 36 + ".partial"
                guard name.hasEnding(Self.partialExtension) else { return false }
                let rest = name.dropLast(Self.partialExtension.count)
                guard let dot = rest.lastIndex(of: UInt8(ascii: ".")), dot + 1 < rest.endIndex,
                    rest[(dot + 1)...].allSatisfy(Self.isDigitOfBase36)
                else { return false }
                return beginnings.contains(Array(rest[...dot]))
            }
        }
    }

    private static func isDigitOfBase36(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    /// A second name for the file fails when the name is taken, in one step; then the first name goes.
    private static func nameWithoutReplacing(_ staged: Staged, _ target: FilePath) throws(FastPixError) {
        defer { PartialFiles.remove(staged.partialPath) }
        guard staged.rename(link) != 0 else { return }
        let code = errno
        // Some file systems have no second names. There, somebody could take the name between these two steps.
        if code != EEXIST, staged.finalPath.withPlatformString({ access($0, F_OK) }) != 0, staged.rename(rename) == 0 {
            return
        }
        throw FastPixError(
            .unwritable, path: target, systemErrno: code,
            "the output could not be given its name; check that nothing else took its place and that its folder is "
                + "writable")
    }

    // MARK: - Writing

    private mutating func flush() throws(FastPixError) {
        guard !buffer.isEmpty else { return }
        var full: [UInt8] = []
        swap(&full, &buffer)
        let result: Result<Void, FastPixError> = full.withUnsafeBytes { bytes in
            do throws(FastPixError) {
                return .success(try writeThrough(bytes))
            } catch {
                return .failure(error)
            }
        }
        full.removeAll(keepingCapacity: true)
        swap(&full, &buffer)
        try result.get()
    }

    private mutating func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(FastPixError) {
        if let failure { throw failure }
        guard let base = bytes.baseAddress else { return }
        try openDirectly()
        var written = 0
        while written < bytes.count {
            let descriptor = descriptor
            let rest = bytes.count - written
            let count = Self.retrying {
                #if canImport(Darwin)
                    Darwin.write(descriptor, base + written, min(rest, Int(Int32.max)))
                #elseif canImport(Glibc)
                    Glibc.write(descriptor, base + written, rest)
                #else
                    Musl.write(descriptor, base + written, rest)
                #endif
            }
            guard count >= 0 else {
                let error = Self.incomplete(target)
                failure = error
                throw error
            }
            written += count
        }
    }

    private borrowing func synchronize() throws(FastPixError) {
        let descriptor = descriptor
        guard Self.retrying({ fsync(descriptor) }) != 0 else { return }
        // Some network and user-space file systems have no fsync; the data is as safe there as it can be.
        if errno == EINVAL || errno == ENOTSUP || errno == ENOSYS { return }
        throw Self.incomplete(target)
    }

    // MARK: - Opening

    /// Opens a device or pipe, unless it is open.
    private mutating func openDirectly() throws(FastPixError) {
        guard descriptor < 0 else { return }
        descriptor = Self.openDescriptor(target, O_WRONLY | O_NOCTTY)
        guard descriptor >= 0 else {
            let error = Self.systemFailure(
                .unwritable, target, "cannot be opened for writing", "check its permissions")
            failure = error
            throw error
        }
    }

    /// The descriptor is -1 for what is opened at the first write.
    private static func open(
        _ path: FilePath, replacing: Bool
    ) throws(FastPixError) -> (descriptor: Int32, staged: Staged?) {
        guard !path.isEmpty else { throw noName(path.string) }
        if let number = descriptorNumber(path) {
            // A duplicate shares the position and the append mode; opening /dev/stdout again would not.
            let descriptor = fcntl(number, F_DUPFD_CLOEXEC, 0)
            guard descriptor >= 0 else {
                throw systemFailure(
                    .unwritable, path, "cannot be written to", "check that the descriptor is open for writing")
            }
            return (descriptor, nil)
        }
        switch try kind(of: path) {
        case .special:
            guard path.withPlatformString({ access($0, W_OK) }) == 0 else {
                throw systemFailure(.unwritable, path, "cannot be opened for writing", "check its permissions")
            }
            return (-1, nil)
        case .replaceable(let finalPath, let permissions):
            if permissions != nil && !replacing {
                throw FastPixError(.unwritable, path: path, "is there already; allow overwriting to replace it")
            }
            let partial = try createPartialFile(beside: finalPath, target: path)
            // Without the old permissions, a private file would become readable for all by being written again.
            if let permissions { _ = fchmod(partial.descriptor, permissions) }
            return (partial.descriptor, Staged(partialPath: partial.path, finalPath: finalPath))
        }
    }

    private static func openDescriptor(_ path: FilePath, _ flags: Int32) -> Int32 {
        path.withPlatformString { path in
            retrying {
                #if canImport(Darwin)
                    Darwin.open(path, flags | O_CLOEXEC, 0o666)
                #elseif canImport(Glibc)
                    Glibc.open(path, flags | O_CLOEXEC, 0o666)
                #else
                    Musl.open(path, flags | O_CLOEXEC, 0o666)
                #endif
            }
        }
    }

    private enum Kind {
        /// A device, pipe or socket.
        case special
        /// A regular file, with its permissions, or a name that is still free.
        case replaceable(finalPath: FilePath, permissions: mode_t?)
    }

    private static func kind(of path: FilePath) throws(FastPixError) -> Kind {
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else {
            let code = errno
            guard code == ENOENT else {
                throw systemFailure(.unwritable, path, "cannot be examined", "check the permissions of its folders")
            }
            guard path.withPlatformString({ lstat($0, &information) }) != 0 else {
                throw FastPixError(
                    .notFound, path: path, systemErrno: code,
                    "the output is a symbolic link that leads nowhere; remove the link or create its target")
            }
            return .replaceable(finalPath: path, permissions: nil)
        }
        switch information.st_mode & S_IFMT {
        case S_IFDIR:
            throw FastPixError(
                .invalidArgument, path: path,
                "the output is a folder and a file is expected; give the path of a file inside it")
        case S_IFREG:
            // rename would replace even a file its owner has protected against writing.
            guard path.withPlatformString({ access($0, W_OK) }) == 0 else {
                throw systemFailure(
                    .unwritable, path, "is protected against writing", "choose another file or make it writable")
            }
            return .replaceable(finalPath: try resolvingLinks(path), permissions: information.st_mode & 0o777)
        default:
            return .special
        }
    }

    private static func resolvingLinks(_ path: FilePath) throws(FastPixError) -> FilePath {
        guard let resolved = path.withPlatformString({ realpath($0, nil) }) else {
            throw systemFailure(.unwritable, path, "cannot be resolved", "check the permissions of its folders")
        }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// The number in `/dev/fd/3` and its other spellings.
    private static func descriptorNumber(_ path: FilePath) -> Int32? {
        let path = path.string
        switch path {
        case "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
                return Int32(path.dropFirst(prefix.count))
            }
            return nil
        }
    }

    private static let partialExtension = Array(".partial".utf8)

    /// The folder, and how the names of hidden files for this target begin.
    private static func partialName(_ finalPath: FilePath) -> (folder: FilePath, beginning: [UInt8]) {
        // File systems allow 255 bytes in a name; a long target must leave room for what is added to it.
        var name = (finalPath.lastComponent.map { FilePath(root: nil, components: $0) } ?? FilePath()).bytes.prefix(200)
        // Not in the middle of a character (UTF-8), which some file systems refuse.
        if name.count == 200 { while let last = name.last, last & 0xc0 == 0x80 { name.removeLast() } }
        return (finalPath.removingLastComponent(), [UInt8(ascii: ".")] + name + [UInt8(ascii: ".")])
    }

    private static func createPartialFile(
        beside finalPath: FilePath, target: FilePath
    ) throws(FastPixError) -> (path: FilePath, descriptor: Int32) {
        let name = partialName(finalPath)
        for _ in 0..<16 {
            let random = String(UInt64.random(in: .min ... .max), radix: 36)
            let path = name.folder.appending(
                FilePath(bytes: name.beginning + Array(random.utf8) + partialExtension).components)
            let descriptor = PartialFiles.create(path) { openDescriptor($0, O_WRONLY | O_CREAT | O_EXCL) }
            if descriptor >= 0 { return (path, descriptor) }
            if errno != EEXIST { break }
        }
        if errno == ENOENT {
            throw FastPixError(
                .notFound, path: target, systemErrno: ENOENT,
                "the output cannot be created, its folder does not exist; create the folder or choose another place")
        }
        throw systemFailure(
            .unwritable, target, "cannot be created", "check that its folder is writable and its disk not full")
    }

    // MARK: - Errors

    private static func incomplete(_ target: FilePath) -> FastPixError {
        systemFailure(
            .unwritable, target, "could not be written completely",
            "make room on the disk or choose another place, and run again")
    }

    /// An error from `errno`, read before anything else can change it.
    private static func systemFailure(
        _ code: FastPixError.Code, _ path: FilePath, _ problem: String, _ advice: String
    ) -> FastPixError {
        FastPixError(code, path: path, systemErrno: errno, "the output \(problem); \(advice)")
    }

    private static func retrying<Count: SignedInteger>(_ call: () -> Count) -> Count {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
