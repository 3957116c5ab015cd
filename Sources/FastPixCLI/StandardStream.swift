import FastPixPlatform

/// stdout and stderr without Foundation's FileHandle, which ends the program when a stream is closed or full.
enum StandardStream {
    /// Writes all bytes; false, with errno set, when the stream does not take them.
    static func write(_ bytes: Data, to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { FastPixPlatform.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(written)
        }
        return true
    }

    /// Opens what the caller left closed. Otherwise the next file opened becomes stdout or stderr, and messages end up
    /// in a photo or a result.
    /// And has writing to a stream that nobody reads any more fail instead of ending the program: a note must not cost
    /// the result, and where the result cannot be written, that is a sentence. So it is where a file would become larger
    /// than the system allows (`ulimit -f`).
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the one just found; read-only makes writes fail instead of vanish.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}
