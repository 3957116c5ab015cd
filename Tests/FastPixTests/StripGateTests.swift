import FastPixPlumbing
import Synchronization
import Testing

@testable import FastPixAccumulation

/// One worker at a time at a part, and the first of them is told.
@Suite(.timeLimit(.minutes(10))) struct StripGateTests {
    @Test(arguments: Array(1...20) + [100]) func partsAreAllRowsOnce(_ rows: Int) {
        let parts = StripGate.parts(rowCount: rows)
        #expect(parts.flatMap { $0 } == Array(0..<rows))
        #expect(parts.count == min(4, rows) && parts.allSatisfy { !$0.isEmpty })
    }

    private struct Visits {
        var inside = [Int](repeating: 0, count: 4)
        var most = 0
        var first = [Int](repeating: 0, count: 4)
        var all = [Int](repeating: 0, count: 4)
    }

    @Test func oneAtATimeAndOneFirst() {
        let gate = StripGate(parts: 4, isUntouched: true)
        for _ in 0..<50 {
            let visits = Mutex(Visits())
            WorkerTeam.run(workers: 5) { worker in
                _ = gate.enterEachPart(worker: worker, of: 5) { part, isFirst in
                    visits.withLock {
                        $0.inside[part] += 1
                        $0.most = max($0.most, $0.inside[part])
                        $0.all[part] += 1
                        if isFirst { $0.first[part] += 1 }
                        // Whoever is first has nobody before.
                        if isFirst != ($0.all[part] == 1) { $0.first[part] += 100 }
                    }
                    visits.withLock { $0.inside[part] -= 1 }
                }
            }
            let found = visits.withLock { $0 }
            #expect(found.most == 1)
            #expect(found.all == [5, 5, 5, 5])
            #expect(found.first == [1, 1, 1, 1])
            gate.restart()
        }
    }

    @Test func whatIsTouchedHasNoFirst() {
        let gate = StripGate(parts: 2, isUntouched: false)
        let firsts = Mutex(0)
        _ = gate.enterEachPart(worker: 0, of: 1) { _, isFirst in if isFirst { firsts.withLock { $0 += 1 } } }
        #expect(firsts.withLock { $0 } == 0)
    }
}
