import FastPixPlatform
import SystemPackage

/// An open regular file, closed when it goes out of scope.
package struct OpenFile: ~Copyable {
    package let fileDescriptor: Int32
    package let path: FilePath
    /// What the file was when it was opened.
    package let state: State

    /// Changes when somebody writes to the file.
    package struct State: Equatable, Sendable {
        package let byteCount: Int
        let modified: timespec
        let changed: timespec

        package static func == (left: State, right: State) -> Bool {
            left.byteCount == right.byteCount && left.modified.isEqual(to: right.modified)
                && left.changed.isEqual(to: right.changed)
        }
    }

    package init(_ path: FilePath) throws(FastPixError) {
        // O_NONBLOCK: opening a FIFO must not wait for somebody to write to it.
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw Self.notOpened(path, errno) }
        do throws(FastPixError) {
            state = try Self.state(of: descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        fileDescriptor = descriptor
        self.path = path
    }

    private static func notOpened(_ path: FilePath, _ code: Int32) -> FastPixError {
        let isShortage = code == EMFILE || code == ENFILE
        return FastPixError(
            .unreadable, path: path, systemErrno: code,
            isShortage
                ? "the file cannot be opened, because too many are open already; raise the limit (ulimit -n), or use "
                    + "fewer workers or a smaller batch" : "the file cannot be opened")
    }

    /// The whole file, as long as it was when it was opened. Throws when it cannot be read, or changed meanwhile.
    package func content() throws(FastPixError) -> Data {
        var bytes = Data(count: state.byteCount)
        var done = 0
        while done < bytes.count {
            let (descriptor, start) = (fileDescriptor, done)
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + start, $0.count - start, off_t(start))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw FastPixError(.unreadable, path: path, systemErrno: errno, "the file cannot be read")
            }
            if got == 0 { break }
            done += got
        }
        guard done == bytes.count, isUnchanged else {
            throw Self.changed(path)
        }
        return bytes
    }

    /// Throws when the file has been written to since it was opened.
    package func demandUnchanged() throws(FastPixError) {
        guard isUnchanged else { throw Self.changed(path) }
    }

    /// What is said of a file that was read while somebody wrote to it.
    package static func changed(_ path: FilePath) -> FastPixError {
        FastPixError(.corrupt, path: path, "the file changed while it was being read; run again")
    }

    /// True when the file has not been written to since it was opened.
    package var isUnchanged: Bool {
        do throws(FastPixError) {
            return try Self.state(of: fileDescriptor, path) == state
        } catch {
            return false
        }
    }

    private static func state(of descriptor: Int32, _ path: FilePath) throws(FastPixError) -> State {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            throw FastPixError(.unreadable, path: path, systemErrno: errno, "the file cannot be read")
        }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw FastPixError(.unreadable, path: path, "not a regular file")
        }
        #if canImport(Darwin)
            return State(
                byteCount: Int(information.st_size), modified: information.st_mtimespec,
                changed: information.st_ctimespec)
        #else
            return State(
                byteCount: Int(information.st_size), modified: information.st_mtim, changed: information.st_ctim)
        #endif
    }

    deinit { close(fileDescriptor) }

    /// How many files the photos may hold open at once: what the system allows a process, less some for the process
    /// itself and its outputs.
    package static var limit: Int {
        var limit = rlimit()
        #if canImport(Darwin) || canImport(Musl)
            let status = getrlimit(RLIMIT_NOFILE, &limit)
        #else
            let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #endif
        guard status == 0 else { return 128 }
        return max(1, Int(min(limit.rlim_cur, 1 << 20)) - 12)
    }
}

extension timespec {
    fileprivate func isEqual(to other: timespec) -> Bool { tv_sec == other.tv_sec && tv_nsec == other.tv_nsec }
}
