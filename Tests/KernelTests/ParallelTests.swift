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
            if !fpx_parallel_has_openmp() { #expect(fpx_parallel_default_threads() == 1) }
        }
    }
}
