import FastPixPlatform
import Synchronization

/// Runs one body on several threads at once and waits for all of them.
package enum WorkerTeam {
    /// More threads than any processor has; a bound, so that a slip of the finger starts no ten thousand.
    package static let maximumWorkers = 512

    /// Processors that this process may use.
    package static var defaultWorkers: Int { min(maximumWorkers, max(1, ProcessInfo.processInfo.activeProcessorCount)) }

    /// Throws when a number of workers that was given is out of its range.
    package static func validate(workers: Int?) throws(FastPixError) {
        guard let workers, !(1...maximumWorkers).contains(workers) else { return }
        throw FastPixError(.invalidArgument, "workers must be 1 to \(maximumWorkers), not \(workers)")
    }

    /// Calls `body(0)` on this thread and `body(1)`... on threads of their own. Not a task pool: a worker may
    /// wait for another one, so those that are running must all go on. When the system gives no more threads, fewer
    /// workers are called; each takes work until none is left, so that nothing is lost.
    package static func run(workers: Int, _ body: @escaping @Sendable (Int) -> Void) {
        var others: [WorkerThread] = []
        for worker in 1..<max(1, workers) {
            guard let thread = WorkerThread({ body(worker) }) else { break }
            others.append(thread)
        }
        body(0)
        for thread in others { thread.join() }
    }

    /// The same; returns the seconds that workers who found no more work waited for the others, added up.
    package static func runMeasuringIdleness(workers: Int, _ body: @escaping @Sendable (Int) -> Void) -> Double {
        let finishTimes = Mutex<[Double]>([])
        run(workers: workers) { worker in
            body(worker)
            finishTimes.withLock { $0.append(monotonicSeconds()) }
        }
        let times = finishTimes.withLock { $0 }
        let end = times.max() ?? 0
        return times.reduce(0) { $0 + (end - $1) }
    }

    /// Calls `body` on a thread that nobody waits for. False when the system has none to give.
    static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = WorkerThread(body) else { return false }
        thread.detach()
        return true
    }

    /// Calls `body` once for each worker, with what gives it one of the indexes in 0..<`count` after the other, each to one
    /// worker, and nil when there are no more.
    package static func share(
        _ count: Int, workers: Int, _ body: @escaping @Sendable (_ next: () -> Int?) -> Void
    ) {
        let taken = Atomic(0)
        run(workers: min(workers, max(1, count))) { _ in
            body {
                let index = taken.add(1, ordering: .relaxed).oldValue
                return index < count ? index : nil
            }
        }
    }

    /// Calls `body` once for each index in 0..<`count` and returns the results in order. For work between or beside
    /// decoding: the kernels' team of threads (`ParallelTiles`) keeps its processors busy for a while when it is done.
    package static func map<Result: Sendable>(
        _ count: Int, workers: Int, _ body: @escaping @Sendable (Int) -> Result
    ) -> [Result] {
        map(count, workers: workers, while: { true }, body).map { $0! }
    }

    /// The same as long as `goesOn` says so, which is asked before each; nil for those that were not begun. `done` hears in
    /// order how many are.
    package static func map<Result: Sendable>(
        _ count: Int, workers: Int, while goesOn: @escaping @Sendable () -> Bool,
        done: @escaping @Sendable (Int) -> Void = { _ in }, _ body: @escaping @Sendable (Int) -> Result
    ) -> [Result?] {
        let results = Mutex((done: 0, all: [Result?](repeating: nil, count: count)))
        share(count, workers: workers) { next in
            while goesOn(), let index = next() {
                let result = body(index)
                results.withLock { results in
                    results.all[index] = result
                    results.done += 1
                    done(results.done)
                }
            }
        }
        return results.withLock { $0.all }
    }
}

/// A POSIX thread that is waited for. Foundation's does not tell when the system refuses one.
private struct WorkerThread {
    private let thread: pthread_t

    private final class Body {
        let call: @Sendable () -> Void
        init(_ call: @escaping @Sendable () -> Void) { self.call = call }
    }

    /// Nil when the system has no thread to give.
    init?(_ call: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(call))
        #if canImport(Darwin)
            var thread: pthread_t?
            let status = pthread_create(&thread, nil, { Self.run($0) }, body.toOpaque())
        #else
            var thread: pthread_t? = pthread_t()
            let status = pthread_create(&thread!, nil, { Self.run($0!) }, body.toOpaque())
        #endif
        guard status == 0, let thread else {
            body.release()
            return nil
        }
        self.thread = thread
    }

    private static func run(_ body: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<Body>.fromOpaque(body).takeRetainedValue().call()
        return nil
    }

    func join() { pthread_join(thread, nil) }

    func detach() { pthread_detach(thread) }
}
