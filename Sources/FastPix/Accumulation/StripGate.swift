import Foundation

/// Lets one worker at a time at the accumulators of a strip.
final class StripGate: Sendable {
    private let condition = NSCondition()
    // Guarded by `condition`.
    private nonisolated(unsafe) var nextBatch = 0

    /// In any order: enough where sums are exact.
    func enter(_ body: () -> Void) {
        condition.lock()
        defer { condition.unlock() }
        body()
    }

    /// In the order of batches, waiting for the earlier ones: rounding depends on the order. Every batch must
    /// enter once, or the later ones wait for ever.
    func enterInOrder(batch: Int, _ body: () -> Void) {
        condition.lock()
        defer { condition.unlock() }
        while nextBatch != batch { condition.wait() }
        body()
        nextBatch += 1
        condition.broadcast()
    }
}
