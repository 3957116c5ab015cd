import CKernels
import Testing

extension KernelSuites {
    @Suite struct ParallelTests {
        @Test func everyTileRunsOnce() {
            for tiles in [0, 1, 2, 3, 64, 1000] {
                for threads in 0...5 {
                    // A tile is touched by one thread only, so its counter needs no lock.
                    var runs = Array(repeating: Int32(0), count: tiles)
                    runs.withUnsafeMutableBufferPointer { buffer in
                        fpx_parallel_tiles(
                            tiles, threads,
                            { tile, context in
                                context!.assumingMemoryBound(to: Int32.self)[tile] += 1
                            }, buffer.baseAddress)
                    }
                    #expect(runs.allSatisfy { $0 == 1 }, "\(tiles) tiles, \(threads) threads")
                }
            }
        }

        @Test func defaultTeam() {
            #expect(fpx_parallel_default_threads() >= 1)
            if !fpx_parallel_has_openmp() {
                #expect(fpx_parallel_default_threads() == 1)
                #expect(fpx_parallel_refusal() == nil, "nothing was refused that nobody asked for")
            }
            if fpx_parallel_refusal() != nil { #expect(fpx_parallel_default_threads() == 1) }
        }

        /// More than the processors have, and a team within a tile of a team, which must neither wait for each other
        /// nor lose a tile.
        @Test(.timeLimit(.minutes(10))) func teamsWithinTeams() {
            let outer = 8
            let inner = 16
            var runs = Array(repeating: Int32(0), count: outer * inner)
            runs.withUnsafeMutableBufferPointer { buffer in
                fpx_parallel_tiles(
                    outer, 4,
                    { tile, context in
                        let row = context!.assumingMemoryBound(to: Int32.self) + tile * 16
                        fpx_parallel_tiles(
                            16, 3,
                            { tile, context in
                                context!.assumingMemoryBound(to: Int32.self)[tile] += 1
                            }, row)
                    }, buffer.baseAddress)
            }
            #expect(runs.allSatisfy { $0 == 1 })
        }

        /// Calling threads that all begin teams at the same moment, of sizes that grow and shrink.
        @Test(.timeLimit(.minutes(10))) func manyCallersAtOnce() async {
            await withTaskGroup(of: Bool.self) { group in
                for caller in 0..<12 {
                    group.addTask {
                        var runs = Array(repeating: Int32(0), count: 40)
                        for threads in [2, 5, 3, 9, 1, 6] {
                            runs.withUnsafeMutableBufferPointer { buffer in
                                fpx_parallel_tiles(
                                    40, threads + caller % 3,
                                    { tile, context in
                                        context!.assumingMemoryBound(to: Int32.self)[tile] += 1
                                    }, buffer.baseAddress)
                            }
                        }
                        return runs.allSatisfy { $0 == 6 }
                    }
                }
                for await complete in group { #expect(complete) }
            }
        }
    }
}
