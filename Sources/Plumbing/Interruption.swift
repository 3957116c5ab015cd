import Synchronization

/// A handle to stop a job with. What is complete by then stays; what is half made leaves no file.
///
/// The asynchronous form of a job has one of its own, which the cancellation of its task uses.
public final class Interruption: Sendable {
    private struct State {
        var isAnswered = false
        var isRequested = false
    }

    private let state = Mutex(State())
    /// Asked at every look whether the work shall stop, besides requests.
    private let condition: (@Sendable () -> Bool)?

    /// A handle for one job or several.
    public init() { condition = nil }

    /// Stops the work at the first look at which `condition` holds; from then on it must hold. Called from the
    /// workers' threads: once before each photo and strip of rows.
    init(when condition: @escaping @Sendable () -> Bool) { self.condition = condition }

    /// Asks the job to stop. It finishes the rows it has in hand, saves its checkpoint if it has one, and ends with the
    /// error `interrupted` or with a report of what was complete. A job that is given an interruption that was cancelled
    /// before stops at once. Safe from any thread, any number of times.
    public func cancel() { state.withLock { $0.isRequested = true } }

    /// Whether somebody asked to stop. Safe from any thread.
    public var isCancelled: Bool { condition?() == true || state.withLock { $0.isRequested } }

    /// Throws `interrupted` when somebody asked to stop.
    package func check() throws(FastPixError) {
        if isCancelled { throw FastPixError(.interrupted, "interrupted") }
    }

    // MARK: For a process that can simply end

    /// As `cancel`, for who could end the process instead. False when the work will not stop by itself: because it has
    /// nothing to save or to tidy up, so that its outputs are complete or absent, or because it was asked before.
    package func request() -> Bool {
        state.withLock { state in
            guard state.isAnswered, !state.isRequested else { return false }
            state.isRequested = true
            return true
        }
    }

    /// From here on, a request is answered by stopping in good order.
    package func beginAnswering() { state.withLock { $0.isAnswered = true } }

    /// The opposite. What was requested before stays requested.
    package func endAnswering() { state.withLock { $0.isAnswered = false } }
}

extension Interruption {
    /// Runs blocking work on a thread of its own, which no task pool misses, and waits for it without blocking one. When
    /// the task is cancelled, the work's interruption is.
    package static func byTask<Value: Sendable>(
        _ work: @escaping @Sendable (Interruption) throws(FastPixError) -> Value
    ) async throws(FastPixError) -> Value {
        let interruption = Interruption()
        let result: Result<Value, FastPixError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isStarted = WorkerTeam.detach {
                    continuation.resume(
                        returning: Result { () throws(FastPixError) in
                            try interruption.check()
                            return try work(interruption)
                        })
                }
                if !isStarted {
                    continuation.resume(
                        returning: .failure(
                            FastPixError(
                                .outOfMemory, "the system has no thread to give for the job; run fewer at a time")))
                }
            }
        } onCancel: {
            interruption.cancel()
        }
        return try result.get()
    }
}
