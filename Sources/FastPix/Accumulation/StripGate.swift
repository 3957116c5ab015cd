import Foundation

/// Lets one worker at a time at the accumulators of a strip, or of a part of it.
final class StripGate: Sendable {
    private let rowCount: Int
    private let parts: [NSLock]
    // Each guarded by the lock of its part.
    private nonisolated(unsafe) let isUntouched: UnsafeMutableBufferPointer<Bool>
    private let turn = NSCondition()
    // Guarded by `turn`.
    private nonisolated(unsafe) var nextBatch = 0

    /// A strip of `rowCount` rows.
    init(rowCount: Int) {
        self.rowCount = rowCount
        parts = (0..<min(Self.maximumParts, rowCount)).map { _ in NSLock() }
        isUntouched = .allocate(capacity: parts.count)
        isUntouched.initialize(repeating: true)
    }

    deinit { isUntouched.deallocate() }

    /// So many that two workers who arrive together hardly ever want the same part.
    private static let maximumParts = 4

    /// Calls `body` once for each part of the strip, as rows within it, in any order: enough where sums are exact.
    /// `isFirst`: nobody has been at the part since the gate was made, or since `restart`.
    /// Each worker begins with another part, because workers that decode equal photos arrive together, strip after
    /// strip. Parts that another worker is at come last. Returns the seconds spent waiting for them.
    func enterEachPart(worker: Int, of workers: Int, _ body: (Range<Int>, _ isFirst: Bool) -> Void) -> Double {
        let first = worker * parts.count / workers
        let busy = parts.indices.map { ($0 + first) % parts.count }.filter { part in
            guard parts[part].try() else { return true }
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

    private func enter(_ part: Int, _ body: (Range<Int>, _ isFirst: Bool) -> Void) {
        let isFirst = isUntouched[part]
        isUntouched[part] = false
        body(rows(ofPart: part), isFirst)
    }

    /// The gate is now that of another strip. Only while nobody is at any part.
    func restart() {
        for part in parts.indices { parts[part].withLock { isUntouched[part] = true } }
    }

    private func rows(ofPart part: Int) -> Range<Int> {
        part * rowCount / parts.count..<(part + 1) * rowCount / parts.count
    }

    /// In the order of batches, waiting for the earlier ones: rounding depends on the order. Every batch must
    /// enter once, or the later ones wait for ever. Returns the seconds spent waiting.
    func enterInOrder(batch: Int, _ body: () -> Void) -> Double {
        let arrived = monotonicSeconds()
        turn.lock()
        defer { turn.unlock() }
        while nextBatch != batch { turn.wait() }
        let waited = monotonicSeconds() - arrived
        body()
        nextBatch += 1
        turn.broadcast()
        return waited
    }
}
