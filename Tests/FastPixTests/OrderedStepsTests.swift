import FastPixPlumbing
import Synchronization
import Testing

/// Parts that several threads take, with steps in order.
struct OrderedStepsTests {
    @Test(arguments: [1, 2, 5], [1, 3, 40]) func stepsAreInOrder(_ workers: Int, _ room: Int) {
        let parts = 40
        let steps = OrderedSteps(parts: parts, steps: 2, room: room)
        let passed = Mutex<[[Int]]>([[], []])
        let inWork = Mutex((now: 0, most: 0))
        WorkerTeam.run(workers: workers) { _ in
            while let part = steps.begin() {
                inWork.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                for step in 0..<2 {
                    let isPassed = steps.pass(step, part: part) { passed.withLock { $0[step].append(part) } }
                    #expect(isPassed)
                }
                inWork.withLock { $0.now -= 1 }
                steps.release(part)
            }
        }
        #expect(passed.withLock { $0 } == [Array(0..<parts), Array(0..<parts)])
        #expect(inWork.withLock { $0.most } <= min(workers, room))
        #expect(steps.failure == nil)
    }

    /// The reason is that of the first part that fails, and parts before it are done.
    @Test(arguments: [1, 2, 5]) func theFirstFailureCounts(_ workers: Int) {
        for _ in 0..<20 {
            let steps = OrderedSteps(parts: 30, steps: 3)
            let done = Mutex<[Int]>([])
            WorkerTeam.run(workers: workers) { _ in
                while let part = steps.begin() {
                    let isDone = (0..<3).allSatisfy { step in
                        steps.pass(step, part: part) { () throws(FastPixError) in
                            // Later parts fail earlier.
                            guard part < 11 || step < 2 - (part - 11) / 2 else {
                                throw FastPixError(.corrupt, "part \(part)")
                            }
                        }
                    }
                    guard isDone else { break }
                    done.withLock { $0.append(part) }
                    steps.release(part)
                }
            }
            #expect(steps.failure?.message == "part 11")
            #expect(done.withLock { $0.sorted() } == Array(0..<11))
        }
    }
}
