import FastPixFrames
import Foundation
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

/// Reads finished rows as the engine hands them out, and holds them and the rows around them against what they have to be
/// while they may be read. A pass that is made again begins anew.
final class RowsRead: Sendable {
    private let expected: ReferenceStatistics
    private let pass = Mutex<Pass?>(nil)

    private final class Pass: Sendable {
        let frameCount: Int
        let found: Mutex<Found>

        init(_ frameCount: Int, rows: Int) {
            self.frameCount = frameCount
            found = Mutex(Found(timesRead: [Int](repeating: 0, count: rows)))
        }
    }

    private struct Found {
        var timesRead: [Int]
        var wrong: Set<Int> = []
    }

    init(_ expected: ReferenceStatistics) { self.expected = expected }

    func begin(_ frameCount: Int) -> FinishedRows.Reader {
        let new = Pass(frameCount, rows: expected.shape.height)
        pass.withLock { $0 = new }
        return { [expected] accumulators, rows in
            let around = rows.lowerBound - FinishedRows.halo..<rows.upperBound + FinishedRows.halo
            let looked = around.clamped(to: 0..<expected.shape.height)
            func compare() {
                let wrong = looked.filter { accumulators.bytes(row: $0) != expected.rows[$0] }
                new.found.withLock { $0.wrong.formUnion(wrong) }
            }
            new.found.withLock { found in
                for row in rows { found.timesRead[row] += 1 }
            }
            compare()
            // They may be read until the reader returns: others get the time to spoil them.
            sched_yield()
            compare()
            if accumulators.frameCount != frameCount { new.found.withLock { _ = $0.wrong.insert(-1) } }
        }
    }

    /// Expects of the last pass that every row was read once, with the right statistics of all photos, in it and around it.
    func expectAll(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let pass = pass.withLock({ $0 }) else {
            Issue.record("no rows were read", sourceLocation: sourceLocation)
            return
        }
        let found = pass.found.withLock { $0 }
        #expect(pass.frameCount == expected.frameCount, comment, sourceLocation: sourceLocation)
        #expect(found.timesRead.allSatisfy { $0 == 1 }, comment, sourceLocation: sourceLocation)
        #expect(found.wrong.sorted() == [], comment, sourceLocation: sourceLocation)
    }
}
