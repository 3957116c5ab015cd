/// Parts of a work that several threads take in order, with steps that each part may take only when the part before it has:
/// reading a file from its beginning, say, or writing one. Safe from any thread.
package final class OrderedSteps: @unchecked Sendable {
    // All guarded by the condition's lock.
    private let condition = Condition()
    private let parts: Int
    private let room: Int
    private var begun = 0
    /// By step: the part whose turn it is.
    private var turns: [Int]
    /// By part: whether its place is needed no more.
    private var isReleased: [Bool]
    /// Parts before this one are released.
    private var released = 0
    private var failed: (part: Int, error: FastPixError)?

    /// `room`: how many parts there are places for at the same time; nil: for all.
    package init(parts: Int, steps: Int, room: Int? = nil) {
        self.parts = parts
        self.room = room ?? parts
        turns = [Int](repeating: 0, count: steps)
        isReleased = [Bool](repeating: false, count: parts)
    }

    /// What went wrong, in the first part that failed: the same one, whatever the threads' number and speed.
    package var failure: FastPixError? {
        condition.lock()
        defer { condition.unlock() }
        return failed?.error
    }

    /// The next part, when there is a place for it; nil when there is none, or one has failed.
    package func begin() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        guard begun < parts else { return nil }
        let part = begun
        begun += 1
        while part >= released + room, !isGivenUp(part) { condition.wait() }
        return isGivenUp(part) ? nil : part
    }

    /// Calls `body` when the parts before this one have been through the step. False when the part is given up: it has failed
    /// here, or one before it.
    package func pass(_ step: Int, part: Int, _ body: () throws(FastPixError) -> Void) -> Bool {
        condition.lock()
        while turns[step] != part, !isGivenUp(part) { condition.wait() }
        let isWanted = !isGivenUp(part)
        condition.unlock()
        guard isWanted else { return false }
        do throws(FastPixError) {
            try body()
        } catch {
            fail(part, error)
            return false
        }
        condition.lock()
        defer { condition.unlock() }
        turns[step] += 1
        condition.broadcast()
        return true
    }

    /// The place of this part is needed no more.
    package func release(_ part: Int) {
        condition.lock()
        defer { condition.unlock() }
        isReleased[part] = true
        while released < parts, isReleased[released] { released += 1 }
        condition.broadcast()
    }

    private func fail(_ part: Int, _ error: FastPixError) {
        condition.lock()
        defer { condition.unlock() }
        // Parts before it go on, and may fail, too.
        if failed.map({ part < $0.part }) ?? true { failed = (part, error) }
        condition.broadcast()
    }

    private func isGivenUp(_ part: Int) -> Bool { failed.map { $0.part <= part } ?? false }
}
