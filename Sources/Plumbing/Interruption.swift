import Synchronization

/// Lets whoever hears of a wish to stop (a signal, for instance) know whether the work stops by itself.
///
/// Some work does, because it has something to save or to tidy up: it finishes the rows it has in hand and ends with
/// `interrupted` or a partial report. All other work has nothing to save, and its outputs are complete or absent, so
/// that the process can simply end.
public final class Interruption: Sendable {
    private struct State {
        var isAnswered = false
        var isRequested = false
    }

    private let state = Mutex(State())
    /// Asked at every look whether the work shall stop, besides requests.
    private let condition: (@Sendable () -> Bool)?

    public init() { condition = nil }

    /// Stops the work at the first look at which `condition` holds; from then on it must hold. Called from the
    /// workers' threads: once before each photo and strip of rows.
    init(when condition: @escaping @Sendable () -> Bool) { self.condition = condition }

    /// Asks the work to stop. False when it will not do so by itself: because it has nothing to save, or because it
    /// was asked before. Safe from any thread.
    public func request() -> Bool {
        state.withLock { state in
            guard state.isAnswered, !state.isRequested else { return false }
            state.isRequested = true
            return true
        }
    }

    /// Safe from any thread.
    public var isRequested: Bool { condition?() == true || state.withLock { $0.isRequested } }

    /// From here on, a request is answered by stopping in good order.
    public func beginAnswering() { state.withLock { $0.isAnswered = true } }

    /// The opposite. What was requested before stays requested.
    public func endAnswering() { state.withLock { $0.isAnswered = false } }
}
