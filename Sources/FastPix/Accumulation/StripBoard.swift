import Foundation

/// Which strip of rows of which batch is decoded next, where all batches go from top to bottom side by side.
///
/// Some batches lead, and the others may follow into a strip when it has been opened to them. Workers take the batch that
/// is furthest behind, so that batches stay together, and every strip is soon complete. No batch gets further ahead
/// than there is room for strips that are still needed. Safe from any thread.
final class StripBoard: Sendable {
    struct Turn: Equatable, Sendable {
        let batch: Int
        let strip: Int
    }

    private struct State {
        /// By batch.
        var nextStrips: [Int]
        var isTaken: [Bool]
        /// By strip: whether batches may follow.
        var isOpen: [Bool]
        /// By place: which strip it is for, and how many batches that lead, and that follow, have not added to it yet.
        var strips: [Int]
        var leadingLeft: [Int]
        var followingLeft: [Int]
        var isStopped = false
    }

    private let stripCount: Int
    private let leadingCount: Int
    private let room: Int
    private let change = NSCondition()
    // Guarded by `change`.
    private nonisolated(unsafe) var state: State

    /// The first `leading` of the batches lead. `room`: places for strips that are begun and still needed.
    init(leading: Int, following: Int = 0, strips: Int, room: Int) {
        stripCount = strips
        leadingCount = leading
        self.room = room
        state = State(
            nextStrips: [Int](repeating: 0, count: leading + following),
            isTaken: [Bool](repeating: false, count: leading + following),
            isOpen: [Bool](repeating: false, count: strips), strips: Array(0..<room),
            leadingLeft: [Int](repeating: leading, count: room),
            followingLeft: [Int](repeating: following, count: room))
    }

    func leads(_ batch: Int) -> Bool { batch < leadingCount }

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
                    && (leads(batch) || state.isOpen[strip])
            }
            if let batch = batches.min(by: { state.nextStrips[$0] < state.nextStrips[$1] }) {
                state.isTaken[batch] = true
                return Turn(batch: batch, strip: state.nextStrips[batch])
            }
            change.wait()
        }
        return nil
    }

    /// The batch's strip is added. True when it was the last batch of those that lead, or of those that follow.
    func finish(_ turn: Turn) -> Bool {
        change.lock()
        defer { change.unlock() }
        state.isTaken[turn.batch] = false
        state.nextStrips[turn.batch] += 1
        change.broadcast()
        let place = turn.strip % room
        if leads(turn.batch) {
            state.leadingLeft[place] -= 1
            return state.leadingLeft[place] == 0
        }
        state.followingLeft[place] -= 1
        return state.followingLeft[place] == 0
    }

    /// Batches may follow into this strip.
    func open(strip: Int) {
        change.lock()
        defer { change.unlock() }
        state.isOpen[strip] = true
        change.broadcast()
    }

    /// The place of a complete strip can be used for a later one.
    func free(strip: Int) {
        change.lock()
        defer { change.unlock() }
        state.strips[strip % room] = strip + room
        state.leadingLeft[strip % room] = leadingCount
        state.followingLeft[strip % room] = state.nextStrips.count - leadingCount
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
