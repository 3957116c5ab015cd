import Foundation

/// Lets one worker at a time at the accumulators of a strip.
final class StripGate: Sendable {
    private let condition = NSCondition()
    // Guarded by `condition`.
    private nonisolated(unsafe) var nextBatch = 0

    /// In any order: enough where sums are exact. Returns when the body began (`monotonicSeconds`).
    @discardableResult
    func enter(_ body: () -> Void) -> Double {
        condition.lock()
        defer { condition.unlock() }
        let entered = monotonicSeconds()
        body()
        return entered
    }

    /// In the order of batches, waiting for the earlier ones: rounding depends on the order. Every batch must
    /// enter once, or the later ones wait for ever. Returns when the body began.
    func enterInOrder(batch: Int, _ body: () -> Void) -> Double {
        condition.lock()
        defer { condition.unlock() }
        while nextBatch != batch { condition.wait() }
        let entered = monotonicSeconds()
        body()
        nextBatch += 1
        condition.broadcast()
        return entered
    }
}
