import FastPixPlatform

/// A file without a name, on a disk: gone when it is closed, however the process ends.
struct TemporaryFile: ~Copyable {
    let descriptor: Int32

    /// Makes a file of `byteCount` bytes, for which the disk has room: a mapping of it cannot run into a full disk.
    /// `purpose` completes the message when that is refused ("the accumulators").
    init(byteCount: Int, purpose: String) throws(FastPixError) {
        let folder = Self.defaultFolder
        let opened = try Self.open(folder, purpose)
        do throws(FastPixError) {
            try Self.reserve(byteCount, opened, folder, purpose)
        } catch {
            _ = close(opened)
            throw error
        }
        descriptor = opened
    }

    deinit { _ = close(descriptor) }

    /// `/tmp` is in memory on many systems, `/var/tmp` on none.
    private static var defaultFolder: String {
        if let named = getenv("TMPDIR").map({ String(cString: $0) }), !named.isEmpty { return named }
        return "/var/tmp"
    }

    private static func open(_ folder: String, _ purpose: String) throws(FastPixError) -> Int32 {
        var template = Array("\(folder)/fastpix-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw FastPixError(
                .unwritable, path: folder, systemErrno: errno,
                "no temporary file can be made here for \(purpose), which do not fit the memory limit; let TMPDIR name "
                    + "a folder on a disk that can be written to")
        }
        _ = unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func reserve(
        _ byteCount: Int, _ descriptor: Int32, _ folder: String, _ purpose: String
    ) throws(FastPixError) {
        guard !isInMemory(descriptor) else {
            throw FastPixError(
                .unwritable, path: folder,
                "this folder for temporary files is itself in memory, so it is no place for \(purpose), which do not "
                    + "fit the memory limit; let TMPDIR name a folder on a disk")
        }
        let refusal = allocate(byteCount, descriptor)
        guard refusal == 0 else {
            throw FastPixError(
                .unwritable, path: folder, systemErrno: refusal,
                "there is no room here for a temporary file of \(byteCount / 1_048_576) MiB with \(purpose), which do "
                    + "not fit the memory limit; let TMPDIR name a folder on a disk with more room, or raise "
                    + "the memory limit")
        }
    }

    private static func isInMemory(_ descriptor: Int32) -> Bool {
        #if os(Linux)
            var file = stat()
            guard fstat(descriptor, &file) == 0,
                let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            else { return false }
            return isInMemory(device: UInt64(file.st_dev), mounts: mounts)
        #else
            return false
        #endif
    }

    /// Whether `mounts` (the text of `/proc/self/mountinfo`) has a file system in memory with this device number.
    static func isInMemory(device: UInt64, mounts: String) -> Bool {
        // As the C library's `major` and `minor`, which are macros.
        let number = "\((device >> 8) & 0xfff):\((device & 0xff) | ((device >> 12) & 0xfff00))"
        return mounts.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == number, let dash = fields.firstIndex(of: "-") else { return false }
            return dash + 1 < fields.count && ["tmpfs", "ramfs"].contains(fields[dash + 1])
        }
    }

    /// 0, or the system's error number.
    private static func allocate(_ byteCount: Int, _ descriptor: Int32) -> Int32 {
        #if canImport(Darwin)
            var wish = fstore_t(
                fst_flags: UInt32(F_ALLOCATEALL), fst_posmode: F_PEOFPOSMODE, fst_offset: 0,
                fst_length: off_t(byteCount), fst_bytesalloc: 0)
            if fcntl(descriptor, F_PREALLOCATE, &wish) == -1 { return errno }
            return ftruncate(descriptor, off_t(byteCount)) == 0 ? 0 : errno
        #else
            return posix_fallocate(descriptor, 0, off_t(byteCount))
        #endif
    }
}
