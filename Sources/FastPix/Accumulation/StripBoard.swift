import Foundation

/// Which strip of rows of which batch is decoded next, where all batches go from top to bottom side by side.
///
/// Workers take the batch that is furthest behind, so that batches stay together, and every strip is soon complete. No
/// batch gets further ahead than there is room for strips that are not complete. Safe from any thread.
final class StripBoard: Sendable {
    struct Turn: Equatable, Sendable {
        let batch: Int
        let strip: Int
    }

    private struct State {
        /// By batch.
        var nextStrips: [Int]
        var isTaken: [Bool]
        /// By place: which strip it is for, and how many batches have not added to it yet.
        var strips: [Int]
        var batchesLeft: [Int]
        var isStopped = false
    }

    private let stripCount: Int
    private let room: Int
    private let change = NSCondition()
    // Guarded by `change`.
    private nonisolated(unsafe) var state: State

    /// `room`: places for strips that are begun and not complete.
    init(batches: Int, strips: Int, room: Int) {
        stripCount = strips
        self.room = room
        state = State(
            nextStrips: [Int](repeating: 0, count: batches), isTaken: [Bool](repeating: false, count: batches),
            strips: Array(0..<room), batchesLeft: [Int](repeating: batches, count: room))
    }

    /// Where the accumulators of a strip are, among `room` places.
    func place(ofStrip strip: Int) -> Int { strip % room }

    /// A strip of a batch that nobody else is at: of the batch furthest behind, and among equals of the one that comes
    /// first from `preferred` on. Waits when there may be one later; nil when there will be none.
    func next(preferring preferred: Int) -> Turn? {
        change.lock()
        defer { change.unlock() }
        while !state.isStopped, state.nextStrips.contains(where: { $0 < stripCount }) {
            let count = state.nextStrips.count
            let batches = (0..<count).map { ($0 + preferred) % count }.filter { batch in
                let strip = state.nextStrips[batch]
                return !state.isTaken[batch] && strip < stripCount && state.strips[strip % room] == strip
            }
            if let batch = batches.min(by: { state.nextStrips[$0] < state.nextStrips[$1] }) {
                state.isTaken[batch] = true
                return Turn(batch: batch, strip: state.nextStrips[batch])
            }
            change.wait()
        }
        return nil
    }

    /// The batch's strip is added. True when it was the last batch: the strip is complete, and its place is the caller's
    /// until `free`.
    func finish(_ turn: Turn) -> Bool {
        change.lock()
        defer { change.unlock() }
        state.isTaken[turn.batch] = false
        state.nextStrips[turn.batch] += 1
        state.batchesLeft[turn.strip % room] -= 1
        change.broadcast()
        return state.batchesLeft[turn.strip % room] == 0
    }

    /// The place of a complete strip can be used for a later one.
    func free(strip: Int) {
        change.lock()
        defer { change.unlock() }
        state.strips[strip % room] = strip + room
        state.batchesLeft[strip % room] = state.nextStrips.count
        change.broadcast()
    }

    /// Nobody gets another turn.
    func stop() {
        change.lock()
        defer { change.unlock() }
        state.isStopped = true
        change.broadcast()
    }
}
