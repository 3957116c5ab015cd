import Synchronization

/// Lets whoever hears of a wish to stop (a signal, for instance) know whether the work stops by itself.
///
/// Work that keeps a checkpoint does: it finishes the photos in hand, saves its state and throws `interrupted`. All
/// other work has nothing to save, and its outputs are complete or absent, so that the process can simply end.
public final class Interruption: Sendable {
    private struct State {
        var savesBeforeEnding = false
        var isRequested = false
    }

    private let state = Mutex(State())

    public init() {}

    /// Asks the work to stop. False when it will not do so by itself: because it has nothing to save, or because it
    /// was asked before. Safe from any thread.
    public func request() -> Bool {
        state.withLock { state in
            guard state.savesBeforeEnding, !state.isRequested else { return false }
            state.isRequested = true
            return true
        }
    }

    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// From here on, a request is answered by saving.
    func beginSaving() { state.withLock { $0.savesBeforeEnding = true } }

    /// The opposite. What was requested before stays requested.
    func endSaving() { state.withLock { $0.savesBeforeEnding = false } }
}
