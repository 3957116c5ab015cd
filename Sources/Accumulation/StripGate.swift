import FastPixPlatform
import FastPixPlumbing

/// Lets one worker at a time at the accumulators of a part of a strip.
final class StripGate: Sendable {
    private let parts: [Condition]
    // Each guarded by the lock of its part.
    private nonisolated(unsafe) let isUntouched: UnsafeMutableBufferPointer<Bool>

    /// `parts`: into how many the strip is divided. `isUntouched`: whether nothing has been added to it yet.
    init(parts count: Int, isUntouched: Bool) {
        parts = (0..<count).map { _ in Condition() }
        self.isUntouched = .allocate(capacity: count)
        self.isUntouched.initialize(repeating: isUntouched)
    }

    deinit { isUntouched.deallocate() }

    /// So many that two workers who arrive together hardly ever want the same part.
    static let mostParts = 4

    /// The rows of each part of a strip of `rowCount` rows, counted within it.
    static func parts(rowCount: Int) -> [Range<Int>] {
        let count = min(mostParts, rowCount)
        return (0..<count).map { $0 * rowCount / count..<($0 + 1) * rowCount / count }
    }

    /// Calls `body` once for each part, in any order. `isFirst`: nobody has been at the part since the gate was made
    /// untouched, or since `restart`. Each worker begins with another part, because workers that decode equal photos arrive
    /// together, strip after strip. Parts that another worker is at come last. Returns the seconds spent waiting for them.
    func enterEachPart(worker: Int, of workers: Int, _ body: (_ part: Int, _ isFirst: Bool) -> Void) -> Double {
        let first = worker * parts.count / workers
        let busy = parts.indices.map { ($0 + first) % parts.count }.filter { part in
            guard parts[part].tryLock() else { return true }
            defer { parts[part].unlock() }
            enter(part, body)
            return false
        }
        var waited = 0.0
        for part in busy {
            let arrived = monotonicSeconds()
            parts[part].lock()
            defer { parts[part].unlock() }
            waited += monotonicSeconds() - arrived
            enter(part, body)
        }
        return waited
    }

    private func enter(_ part: Int, _ body: (Int, _ isFirst: Bool) -> Void) {
        let isFirst = isUntouched[part]
        isUntouched[part] = false
        body(part, isFirst)
    }

    /// The gate is now that of another strip. Only while nobody is at any part.
    func restart() {
        for part in parts.indices {
            parts[part].lock()
            defer { parts[part].unlock() }
            isUntouched[part] = true
        }
    }
}
