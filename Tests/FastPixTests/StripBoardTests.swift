import FastPixPlumbing
import Synchronization
import Testing

@testable import FastPixAccumulation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Who decodes what next, against the rules in words: in every order of events of small cases, in random ones of larger
/// cases, and with threads.
@Suite(.timeLimit(.minutes(10))) struct StripBoardTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var batches: Int
        var strips: Int
        var room: Int
        var mostOpen: Int
        var isOrdered = false

        var board: StripBoard {
            StripBoard(batches: batches, mostOpen: mostOpen, strips: strips, room: room, isOrdered: isOrdered)
        }
        var testDescription: String {
            "\(batches) batches, \(strips) strips, room for \(room), \(mostOpen) open" + (isOrdered ? ", ordered" : "")
        }
    }

    /// The rules, with all that has happened.
    private struct Model: Hashable {
        var next: [Int]
        var taken: Set<Int> = []
        var freed: Set<Int> = []
        var isDraining = false
        /// Batches that have had a turn.
        var begun = 0

        init(_ wanted: Case) { next = [Int](repeating: 0, count: wanted.batches) }

        func isComplete(_ strip: Int) -> Bool { next.allSatisfy { $0 > strip } }

        /// The batch of the next turn; nil when there is none now.
        func turn(_ wanted: Case, preferring preferred: Int) -> Int? {
            let open = (0..<begun).count { next[$0] < wanted.strips }
            let possible = (0..<wanted.batches).filter { batch in
                let strip = next[batch]
                guard !taken.contains(batch), strip < wanted.strips else { return false }
                // Its place is free of the strip that had it before.
                guard strip < wanted.room || freed.contains(strip - wanted.room) else { return false }
                // Batches are begun one after the other.
                guard batch < begun || batch == begun && open < wanted.mostOpen && !isDraining else { return false }
                return !wanted.isOrdered || batch == 0 || next[batch - 1] > strip
            }
            return possible.min { left, right in
                let count = wanted.batches
                return (next[left], (left - preferred + count) % count)
                    < (next[right], (right - preferred + count) % count)
            }
        }

        /// Whether there will be no turn any more.
        func isOver(_ wanted: Case) -> Bool {
            (begun == wanted.batches || isDraining) && next[..<begun].allSatisfy { $0 == wanted.strips }
        }
    }

    private enum Event: Hashable {
        case take(preferring: Int)
        case finish(Int)
        case free(Int)
        case drain, go
    }

    /// What can happen next.
    private static func events(_ model: Model, _ wanted: Case, draining: Bool) -> [Event] {
        var events: [Event] = model.taken.sorted().map { .finish($0) }
        events += (0..<wanted.strips).filter { model.isComplete($0) && !model.freed.contains($0) }.map { .free($0) }
        events += (0..<wanted.batches).filter { model.turn(wanted, preferring: $0) != nil || model.isOver(wanted) }
            .map { .take(preferring: $0) }
        if draining, !model.isDraining { events.append(.drain) }
        // Nobody is at work when it is taken back.
        if model.isDraining, model.taken.isEmpty, model.isOver(wanted) { events.append(.go) }
        return events
    }

    /// Both go on; expects that they agree.
    private static func apply(_ event: Event, _ board: StripBoard, _ model: inout Model, _ wanted: Case) {
        switch event {
        case .take(let preferred):
            let expected = model.turn(wanted, preferring: preferred)
            let turn = board.next(preferring: preferred)
            // Not expected each time: that takes longer than all else.
            if turn != expected.map({ StripBoard.Turn(batch: $0, strip: model.next[$0]) }) {
                Issue.record("\(wanted): \(String(describing: turn)) in \(model)")
            }
            guard let batch = expected else { return }
            model.taken.insert(batch)
            model.begun = max(model.begun, batch + 1)
        case .finish(let batch):
            let strip = model.next[batch]
            model.taken.remove(batch)
            model.next[batch] += 1
            if board.finish(StripBoard.Turn(batch: batch, strip: strip)) != model.isComplete(strip) {
                Issue.record("\(wanted): strip \(strip) in \(model)")
            }
        case .free(let strip):
            model.freed.insert(strip)
            board.free(strip: strip)
        case .drain:
            model.isDraining = true
            board.drain()
        case .go:
            model.isDraining = false
            board.go()
        }
    }

    /// Every state that can be reached, by one way each, and every event in it.
    @Test(arguments: [
        Case(batches: 1, strips: 3, room: 2, mostOpen: 1), Case(batches: 2, strips: 3, room: 1, mostOpen: 2),
        Case(batches: 2, strips: 3, room: 2, mostOpen: 2), Case(batches: 2, strips: 3, room: 3, mostOpen: 1),
        Case(batches: 3, strips: 2, room: 1, mostOpen: 3), Case(batches: 3, strips: 3, room: 2, mostOpen: 3),
        Case(batches: 3, strips: 2, room: 2, mostOpen: 2), Case(batches: 4, strips: 2, room: 2, mostOpen: 2),
        Case(batches: 3, strips: 3, room: 2, mostOpen: 3, isOrdered: true),
        Case(batches: 3, strips: 2, room: 2, mostOpen: 1, isOrdered: true),
        Case(batches: 0, strips: 2, room: 2, mostOpen: 1),
    ])
    func everyOrderOfEventsObeysTheRules(_ wanted: Case) {
        // With room for all strips batches need not all be open, and some are not begun yet when others are done.
        let draining = wanted.room == wanted.strips
        var seen: Set<Model> = [Model(wanted)]
        var paths: [(model: Model, events: [Event])] = [(Model(wanted), [])]
        var ends = 0
        while let (model, events) = paths.popLast() {
            let next = Self.events(model, wanted, draining: draining)
            if model.next.allSatisfy({ $0 == wanted.strips }), model.freed.count == wanted.strips { ends += 1 }
            // Otherwise workers would wait for ever: somebody is at work, a strip can be freed, or there is a turn.
            if next.isEmpty, !model.isOver(wanted) { Issue.record("\(wanted): nobody goes on in \(model)") }
            for event in next {
                let board = wanted.board
                var model = Model(wanted)
                for event in events + [event] { Self.apply(event, board, &model, wanted) }
                if board.isComplete != model.next.allSatisfy({ $0 == wanted.strips }) {
                    Issue.record("\(wanted): \(model)")
                }
                if seen.insert(model).inserted { paths.append((model, events + [event])) }
            }
        }
        #expect(ends > 0)
    }

    /// Larger cases, in a random order each.
    @Test(
        arguments: [1, 2, 3, 7].flatMap { batches in
            [1, 2, 5, 30].flatMap { strips in
                [1, 2, 4, 30].map {
                    Case(
                        batches: batches, strips: strips, room: min(strips, $0),
                        mostOpen: $0 >= strips ? 2 : batches, isOrdered: (batches + strips) % 3 == 0)
                }
            }
        })
    func randomOrdersObeyTheRules(_ wanted: Case) {
        var generator = SplitMix64(state: 11)
        let board = wanted.board
        var model = Model(wanted)
        while model.freed.count < wanted.strips {
            let events = Self.events(model, wanted, draining: wanted.room == wanted.strips && generator.below(50) == 0)
            Self.apply(events[generator.below(events.count)], board, &model, wanted)
        }
        #expect(board.isComplete)
        #expect(board.next(preferring: 0) == nil)
    }

    // MARK: Threads

    /// What several threads see of each other.
    private struct Log {
        /// By batch: the strip somebody is at.
        var at: [Int: Int] = [:]
        var done: [Int]
        var freed: Set<Int> = []
        var faults: [String] = []

        init(_ wanted: Case) { done = [Int](repeating: 0, count: wanted.batches) }

        mutating func begin(_ turn: StripBoard.Turn, _ wanted: Case) {
            if let other = at.updateValue(turn.strip, forKey: turn.batch) {
                faults.append("batch \(turn.batch) at \(other) and \(turn.strip)")
            }
            if turn.strip != done[turn.batch] { faults.append("\(turn) after \(done[turn.batch])") }
            if turn.strip >= wanted.room, !freed.contains(turn.strip - wanted.room) {
                faults.append("\(turn): no room")
            }
            if wanted.isOrdered, turn.batch > 0, done[turn.batch - 1] <= turn.strip { faults.append("\(turn): order") }
            let open = (0..<wanted.batches).count { (done[$0] > 0 || at[$0] != nil) && done[$0] < wanted.strips }
            if open > wanted.mostOpen { faults.append("\(open) open") }
        }

        mutating func end(_ turn: StripBoard.Turn) {
            at[turn.batch] = nil
            done[turn.batch] += 1
        }
    }

    private static let threaded =
        [1, 2, 5, 9].flatMap { batches in
            [(1, 1), (40, 1), (40, 3), (40, 40)].map { strips, room in
                Case(
                    batches: batches, strips: strips, room: room, mostOpen: room == strips ? 2 : batches,
                    isOrdered: batches == 5)
            }
        }

    @Test(arguments: threaded, [1, 2, 5]) func threadsObeyTheRules(_ wanted: Case, _ workers: Int) {
        let board = wanted.board
        let log = Mutex(Log(wanted))
        let completed = Mutex([Int](repeating: 0, count: wanted.strips))
        var isOver = false
        var drains = 0
        repeat {
            WorkerTeam.run(workers: workers) { worker in
                var generator = SplitMix64(state: UInt64(worker))
                while let turn = board.next(preferring: generator.below(wanted.batches)) {
                    log.withLock { $0.begin(turn, wanted) }
                    if generator.below(3) == 0 { sched_yield() }
                    // Before others hear of it.
                    log.withLock { $0.end(turn) }
                    if wanted.room == wanted.strips, generator.below(40) == 0 { board.drain() }
                    guard board.finish(turn) else { continue }
                    completed.withLock { $0[turn.strip] += 1 }
                    log.withLock { _ = $0.freed.insert(turn.strip) }
                    board.free(strip: turn.strip)
                }
            }
            isOver = board.isComplete
            if !isOver { drains += 1 }
            // When they are drained, nobody is in the middle of a batch.
            let done = log.withLock { $0.done }
            #expect(done.allSatisfy { $0 == 0 || $0 == wanted.strips })
            board.go()
        } while !isOver && drains < 1000
        #expect(log.withLock { $0.faults } == [])
        #expect(completed.withLock { $0 }.allSatisfy { $0 == 1 })
    }

    /// Whoever waits for a place is told, too.
    @Test func nobodyGetsATurnOnceStopped() {
        let board = Case(batches: 2, strips: 10, room: 1, mostOpen: 2).board
        let first = board.next(preferring: 0)!
        WorkerTeam.run(workers: 3) { worker in
            if worker == 0 { board.stop() }
            while let turn = board.next(preferring: 0) { #expect(turn.batch != first.batch) }
        }
        #expect(board.next(preferring: 0) == nil)
        #expect(!board.isComplete)
    }

    @Test func whoComesFirstGetsWhatItPrefers() {
        let board = Case(batches: 4, strips: 3, room: 3, mostOpen: 4).board
        for batch in 0..<4 { #expect(board.next(preferring: 2)?.batch == batch) }
        for batch in 0..<4 { #expect(!board.finish(StripBoard.Turn(batch: batch, strip: 0)) || batch == 3) }
        #expect(board.next(preferring: 2) == StripBoard.Turn(batch: 2, strip: 1))
        #expect(board.next(preferring: 2) == StripBoard.Turn(batch: 3, strip: 1))
        #expect(!board.finish(StripBoard.Turn(batch: 2, strip: 1)))
        // Further behind comes before preferred.
        #expect(board.next(preferring: 2) == StripBoard.Turn(batch: 0, strip: 1))
    }
}
