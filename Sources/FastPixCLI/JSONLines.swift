import FastPix
import FastPixPlatform
import Synchronization

/// Lines on stdout, each as soon as it is known. Safe from any thread.
final class JSONLines: Sendable {
    private let isWanted: Bool
    /// errno of the first line that was not taken; 0: none.
    private let failure = Mutex<Int32>(0)

    init(isWanted: Bool) { self.isWanted = isWanted }

    func write(_ line: @autoclosure () -> String) {
        guard isWanted else { return }
        let bytes = Data(line().utf8)
        failure.withLock { failure in
            guard failure == 0, !StandardStream.write(bytes, to: STDOUT_FILENO) else { return }
            failure = errno
        }
    }

    /// The last lines. Throws when not all lines could be written.
    func finish(_ lines: @autoclosure () -> String) throws(FastPixError) {
        write(lines())
        let code = failure.withLock { $0 }
        guard code == 0 else {
            throw FastPixError(.unwritable, systemErrno: code, "the result cannot be written to standard output")
        }
    }
}
