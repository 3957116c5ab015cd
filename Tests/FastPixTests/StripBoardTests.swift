import Synchronization
import TestSupport
import Testing

@testable import FastPix

/// Every strip of every batch gets one turn, in order, and never more of them are begun than there are places.
struct StripBoardTests {
    private struct Division: CustomTestStringConvertible, Sendable {
        let batches: Int
        let strips: Int
        let room: Int

        var testDescription: String { "\(batches) batches, \(strips) strips, room for \(room)" }
    }

    private static let divisions = [1, 2, 3, 7].flatMap { batches in
        [1, 2, 5, 30].flatMap { strips in
            [1, 2, 4].map { Division(batches: batches, strips: strips, room: $0) }
        }
    }

    /// One thread plays several workers that finish in a random order.
    @Test(arguments: divisions) private func everyStripIsCompletedOnce(_ division: Division) {
        var generator = SplitMix64(state: 11)
        let board = StripBoard(leading: division.batches, strips: division.strips, room: division.room)
        var decoded = [Int](repeating: 0, count: division.batches)
        var completed: [Int] = []
        var held: [StripBoard.Turn] = []
        var notFreed: [Int] = []
        var turnsLeft = division.batches * division.strips
        while turnsLeft > 0 || !held.isEmpty {
            let begun = decoded.indices.filter { batch in !held.contains { $0.batch == batch } }.map { decoded[$0] }
            let isPossible = begun.contains { strip in
                strip < division.strips && strip < (notFreed.min() ?? completed.count) + division.room
            }
            if isPossible, held.isEmpty || generator.next() % 2 == 0 {
                let turn = board.next(preferring: Int(generator.next() % UInt64(division.batches)))!
                #expect(turn.strip == decoded[turn.batch])
                #expect(!held.contains { $0.batch == turn.batch })
                #expect(turn.strip == begun.filter { $0 < division.strips }.min())
                #expect(turn.strip < completed.count + division.room)
                held.append(turn)
                turnsLeft -= 1
            } else if let strip = notFreed.first, held.isEmpty || generator.next() % 2 == 0 {
                notFreed.removeFirst()
                board.free(strip: strip)
            } else {
                let turn = held.remove(at: Int(generator.next() % UInt64(held.count)))
                decoded[turn.batch] += 1
                if board.finish(turn) {
                    completed.append(turn.strip)
                    notFreed.append(turn.strip)
                }
            }
        }
        #expect(completed == Array(0..<division.strips))
        #expect(board.next(preferring: 0) == nil)
    }

    @Test func whoComesFirstGetsWhatItPrefers() {
        let board = StripBoard(leading: 4, strips: 3, room: 2)
        #expect(board.next(preferring: 2) == StripBoard.Turn(batch: 2, strip: 0))
        #expect(board.next(preferring: 2) == StripBoard.Turn(batch: 3, strip: 0))
        // Further behind comes before preferred.
        #expect(!board.finish(StripBoard.Turn(batch: 2, strip: 0)))
        #expect(board.next(preferring: 2) == StripBoard.Turn(batch: 0, strip: 0))
    }

    @Test func threadsCompleteEveryStrip() {
        let board = StripBoard(leading: 5, strips: 200, room: 3)
        let completed = Mutex<[Int]>([])
        WorkerTeam.run(workers: 4) { worker in
            while let turn = board.next(preferring: worker) {
                guard board.finish(turn) else { continue }
                completed.withLock { $0.append(turn.strip) }
                board.free(strip: turn.strip)
            }
        }
        #expect(completed.withLock { $0.sorted() } == Array(0..<200))
    }

    /// Batches follow into a strip when it is opened, not before, and then come before those that lead.
    @Test func batchesFollowIntoOpenStrips() {
        let board = StripBoard(leading: 1, following: 1, strips: 3, room: 3)
        let lead = (0...2).map { StripBoard.Turn(batch: 0, strip: $0) }
        let follow = (0...2).map { StripBoard.Turn(batch: 1, strip: $0) }
        #expect(board.next(preferring: 1) == lead[0])
        #expect(board.finish(lead[0]))
        #expect(board.next(preferring: 1) == lead[1])
        board.open(strip: 0)
        #expect(board.next(preferring: 0) == follow[0])
        #expect(board.finish(follow[0]))
        #expect(board.finish(lead[1]))
        board.open(strip: 1)
        board.open(strip: 2)
        #expect(board.next(preferring: 0) == follow[1])
        #expect(board.finish(follow[1]))
        // Open, and nobody has led into it: sums do not depend on who is first.
        #expect(board.next(preferring: 0) == lead[2])
        #expect(board.next(preferring: 0) == follow[2])
        #expect(board.finish(follow[2]))
        #expect(board.finish(lead[2]))
        #expect(board.next(preferring: 0) == nil)
    }

    /// Strips that are needed until later ones are complete, as bands of rows need them.
    @Test(arguments: [1, 2, 4]) func threadsFollowThroughALittleRoom(_ batches: Int) {
        let strips = 200
        let board = StripBoard(leading: batches, following: batches, strips: strips, room: 4)
        let led = Mutex(0)
        let freed = Mutex(0)
        WorkerTeam.run(workers: 4) { worker in
            while let turn = board.next(preferring: worker) {
                guard board.finish(turn) else { continue }
                if board.leads(turn.batch) {
                    // A strip is opened once the next one is led into.
                    led.withLock { $0 += 1 }
                    if turn.strip > 0 { board.open(strip: turn.strip - 1) }
                    if turn.strip == strips - 1 { board.open(strip: turn.strip) }
                } else {
                    freed.withLock { $0 += 1 }
                    if turn.strip > 0 { board.free(strip: turn.strip - 1) }
                }
            }
        }
        #expect(led.withLock { $0 } == strips)
        #expect(freed.withLock { $0 } == strips)
    }

    /// Whoever waits for a place is told, too.
    @Test func nobodyGetsATurnOnceStopped() {
        let board = StripBoard(leading: 2, strips: 10, room: 1)
        let first = board.next(preferring: 0)!
        WorkerTeam.run(workers: 3) { worker in
            if worker == 0 { board.stop() }
            while let turn = board.next(preferring: 0) { #expect(turn.batch != first.batch) }
        }
        #expect(board.next(preferring: 0) == nil)
    }
}
