import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Runs a program to its end and says what it cost, as the system counts it for that process alone.
struct ChildProcess: Sendable {
    struct Outcome: Sendable {
        /// 0 to 255, or 128 and the signal that ended the program.
        let exitCode: Int32
        /// From before the start to after the end.
        let wallSeconds: Double
        let userSeconds: Double
        let systemSeconds: Double
        /// Pages that were mapped without reading a file: the price of touching memory for the first time.
        let minorPageFaults: Int
        /// Pages that had to be read first.
        let majorPageFaults: Int
        let standardOutput: Data
        let standardError: Data
    }

    let program: String
    /// Laid over this process's own environment.
    var environment: [String: String] = [:]

    /// Throws when the program cannot be started.
    func run(_ arguments: [FilePath]) throws(FastPixError) -> Outcome {
        // Files, because a pipe that nobody empties would block the program.
        let output = try ScratchFile()
        let errors = try ScratchFile()
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let start = monotonicSeconds()
        let process = try spawn(
            CStrings([FilePath(program)] + arguments), CStrings(merged.map { FilePath("\($0.key)=\($0.value)") }),
            output.descriptor, errors.descriptor)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
        let wallSeconds = monotonicSeconds() - start
        // What the macros WIFEXITED, WEXITSTATUS and WTERMSIG do.
        let signal = status & 0x7f
        return Outcome(
            exitCode: signal == 0 ? status >> 8 & 0xff : 128 + signal, wallSeconds: wallSeconds,
            userSeconds: Self.seconds(usage.ru_utime), systemSeconds: Self.seconds(usage.ru_stime),
            minorPageFaults: usage.ru_minflt, majorPageFaults: usage.ru_majflt,
            standardOutput: output.content(), standardError: errors.content())
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }

    private func spawn(
        _ arguments: borrowing CStrings, _ variables: borrowing CStrings, _ output: Int32, _ errors: Int32
    ) throws(FastPixError) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        var process: pid_t = 0
        let status = posix_spawn(&process, program, &actions, nil, arguments.pointers, variables.pointers)
        guard status == 0 else {
            throw FastPixError(.unreadable, path: program, systemErrno: status, "the program cannot be started")
        }
        return process
    }
}

/// Zero-terminated strings as C functions take them, with the bytes they have.
private struct CStrings: ~Copyable {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [FilePath]) {
        pointers = strings.map { path in path.withPlatformString { strdup($0) } } + [nil]
    }

    deinit { for pointer in pointers { free(pointer) } }
}

/// A file without a name, for what a program says.
private struct ScratchFile: ~Copyable {
    let descriptor: Int32

    init() throws(FastPixError) {
        let folder = FileManager.default.temporaryDirectory.path
        var name = (folder + (folder.hasSuffix("/") ? "" : "/") + "fastpix.XXXXXX").utf8CString.map { $0 }
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw FastPixError(
                .unwritable, path: folder, systemErrno: errno,
                "no temporary file can be made; TMPDIR chooses the folder")
        }
        unlink(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    func content() -> Data {
        var content = Data()
        var piece = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = pread(descriptor, &piece, piece.count, off_t(content.count))
            guard count > 0 else { return content }
            content.append(contentsOf: piece[..<count])
        }
    }
}
