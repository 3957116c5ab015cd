import FastPixPlatform
import FastPixPlumbing

/// Which strip of rows of which batch is decoded next, where batches go from top to bottom side by side.
///
/// Batches are begun in their order, no more at a time than may be open. Workers take the batch that is furthest behind,
/// so that batches stay together, and every strip is soon complete. No batch gets further ahead than there is room for
/// strips that are still needed. Safe from any thread.
final class StripBoard: Sendable {
    struct Turn: Equatable, Sendable {
        let batch: Int
        let strip: Int
    }

    private struct State {
        /// By batch.
        var nextStrips: [Int]
        var isTaken: [Bool]
        /// Batches before this one are begun.
        var begun = 0
        var openCount = 0
        /// By place: which strip it is for.
        var strips: [Int]
        /// By strip: how many batches have not finished it yet.
        var batchesLeft: [Int]
        var isStopped = false
        var isDraining = false
    }

    private let stripCount: Int
    private let mostOpen: Int
    private let room: Int
    private let isOrdered: Bool
    private let change = Condition()
    // Guarded by `change`.
    private nonisolated(unsafe) var state: State

    /// `mostOpen`: batches that may be in work at the same time. `room`: places for strips that are begun and still
    /// needed; with as many as there are strips nobody waits. `isOrdered`: a batch may only be at strips that the batch
    /// before it has finished, because rounding depends on the order.
    init(batches: Int, mostOpen: Int, strips: Int, room: Int, isOrdered: Bool = false) {
        stripCount = strips
        self.mostOpen = mostOpen
        self.room = room
        self.isOrdered = isOrdered
        state = State(
            nextStrips: [Int](repeating: 0, count: batches), isTaken: [Bool](repeating: false, count: batches),
            strips: Array(0..<room), batchesLeft: [Int](repeating: batches, count: strips))
    }

    /// A strip of a batch that nobody else is at: of the batch furthest behind, and among equals of the one that comes
    /// first from `preferred` on. Waits when there may be one later; nil when there will be none.
    func next(preferring preferred: Int) -> Turn? {
        change.lock()
        defer { change.unlock() }
        let count = state.nextStrips.count
        while !state.isStopped {
            if state.begun == count || state.isDraining,
                !state.nextStrips[..<state.begun].contains(where: { $0 < stripCount })
            {
                return nil
            }
            var best: Int?
            for step in 0..<count {
                let batch = (preferred + step) % count
                guard mayBeTaken(batch) else { continue }
                if best.map({ state.nextStrips[batch] < state.nextStrips[$0] }) ?? true { best = batch }
            }
            if let batch = best {
                if batch >= state.begun { begin(batch) }
                state.isTaken[batch] = true
                return Turn(batch: batch, strip: state.nextStrips[batch])
            }
            change.wait()
        }
        return nil
    }

    private func mayBeTaken(_ batch: Int) -> Bool {
        let strip = state.nextStrips[batch]
        guard !state.isTaken[batch], strip < stripCount, state.strips[strip % room] == strip else { return false }
        if batch >= state.begun, batch > state.begun || state.openCount == mostOpen || state.isDraining { return false }
        return !isOrdered || batch == 0 || state.nextStrips[batch - 1] > strip
    }

    private func begin(_ batch: Int) {
        state.begun = batch + 1
        state.openCount += 1
    }

    /// The batch's strip is added. True when it was the last batch for this strip.
    func finish(_ turn: Turn) -> Bool {
        change.lock()
        defer { change.unlock() }
        state.isTaken[turn.batch] = false
        state.nextStrips[turn.batch] += 1
        if state.nextStrips[turn.batch] == stripCount { state.openCount -= 1 }
        state.batchesLeft[turn.strip] -= 1
        change.broadcast()
        return state.batchesLeft[turn.strip] == 0
    }

    /// The place of a complete strip can be used for a later one.
    func free(strip: Int) {
        change.lock()
        defer { change.unlock() }
        state.strips[strip % room] = strip + room
        change.broadcast()
    }

    /// Nobody gets another turn.
    func stop() {
        change.lock()
        defer { change.unlock() }
        state.isStopped = true
        change.broadcast()
    }

    /// No further batch is begun; those that are open go on to their end. `go` takes it back.
    func drain() {
        change.lock()
        defer { change.unlock() }
        state.isDraining = true
        change.broadcast()
    }

    /// Batches are begun again after `drain`.
    func go() {
        change.lock()
        defer { change.unlock() }
        state.isDraining = false
    }

    /// Whether every batch has finished every strip.
    var isComplete: Bool {
        change.lock()
        defer { change.unlock() }
        return !state.nextStrips.contains { $0 < stripCount }
    }
}
