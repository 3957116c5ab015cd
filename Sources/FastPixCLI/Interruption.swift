import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// Notices that the user, or the system, wants the program to stop (Control-C, `kill`, a closed terminal), so that
/// half-written files can be removed first. A second time ends it at once.
final class Interruption: Sendable {
    private let signal = Atomic<Int32>(0)
    // Sources deliver as long as they live.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    init() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // Ignored signals stay so: a program started with nohup outlives its terminal. Handlers cannot be
            // compared in Swift, their addresses can.
            let previous = unsafeBitCast(Foundation.signal(number, SIG_IGN), to: Int.self)
            guard previous != unsafeBitCast(SIG_IGN, to: Int.self) else { continue }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                guard let self else { return }
                if self.signal.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
            }
            source.resume()
            sources.append(source)
        }
    }

    var hasHappened: Bool { signal.load(ordering: .relaxed) != 0 }

    /// As the shell counts: 128 + the signal; nil when nothing has happened.
    var exitCode: ExitCode? {
        let number = signal.load(ordering: .relaxed)
        return number == 0 ? nil : ExitCode(128 + number)
    }
}
