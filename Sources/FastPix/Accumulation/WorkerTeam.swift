import Dispatch
import Foundation

/// Runs one body on several threads at once and waits for all of them.
enum WorkerTeam {
    /// More threads than any processor has; a bound, so that a slip of the finger starts no ten thousand.
    static let maximumWorkers = 512

    /// Processors that this process may use.
    static var defaultWorkers: Int { min(maximumWorkers, max(1, ProcessInfo.processInfo.activeProcessorCount)) }

    /// Calls `body(0)` on this thread and `body(1)`... on threads of their own. Not a task pool: a worker may
    /// wait for another one, which needs all of them to run at the same time.
    static func run(workers: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let others = DispatchGroup()
        for worker in 1..<max(1, workers) {
            others.enter()
            Thread.detachNewThread {
                body(worker)
                others.leave()
            }
        }
        body(0)
        others.wait()
    }
}

/// Seconds on a clock that only goes forward.
func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}
