import FastPix
import FastPixPlatform

/// What happens at Ctrl-C, at a polite request to end (SIGTERM), and when the terminal is closed.
///
/// A thread of its own waits for these signals, so that answering one may do what a signal handler must not: take
/// locks, remove files, print.
enum SignalWatch {
    /// The wish to stop, for work that wants to save or tidy up something first.
    static let interruption = Interruption()

    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    /// Written by the watching thread before it asks for the end.
    private nonisolated(unsafe) static var received: Int32 = SIGTERM

    /// Set before the watching thread begins.
    private nonisolated(unsafe) static var watched = sigset_t()

    /// Call before any other thread exists: threads inherit which signals are kept from them.
    static func begin() {
        sigemptyset(&watched)
        for signal in signals where !isIgnored(signal) { sigaddset(&watched, signal) }
        guard pthread_sigmask(SIG_BLOCK, &watched, nil) == 0 else { return }
        // Where the system has no thread to give, nobody would wait for them: they end the program as ever.
        if !startThread() { pthread_sigmask(SIG_UNBLOCK, &watched, nil) }
    }

    /// Not Foundation's thread, which does not tell when the system refuses one.
    private static func startThread() -> Bool {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, 256 << 10)
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        return pthread_create(&thread, &attributes, { _ -> UnsafeMutableRawPointer? in SignalWatch.wait() }, nil) == 0
    }

    /// `nohup` and shells that put a program into the background have it ignore a signal; it stays so.
    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        sigaction(signal, nil, &action)
        #if canImport(Darwin)
            return unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 1
        #else
            return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
        #endif
    }

    private static func wait() -> Never {
        while true {
            var signal: Int32 = 0
            guard sigwait(&watched, &signal) == 0 else { continue }
            received = signal
            guard interruption.request() else { end() }
            tell("stopping; once more ends at once")
        }
    }

    /// Ends the process as the signal would have, without a trace of unfinished outputs. The shell's exit code is 130
    /// after Ctrl-C and 143 after SIGTERM, and a script that waits for this program sees that it was interrupted.
    static func end() -> Never {
        StagedFile.abandonAll {
            let signal = received
            FastPixPlatform.signal(signal, SIG_DFL)
            var only = sigset_t()
            sigemptyset(&only)
            sigaddset(&only, signal)
            pthread_sigmask(SIG_UNBLOCK, &only, nil)
            raise(signal)
            _exit(128 + signal)
        }
    }

    private static func tell(_ text: String) {
        _ = StandardStream.write(Data("\nfastpix: \(text)\n".utf8), to: STDERR_FILENO)
    }
}
