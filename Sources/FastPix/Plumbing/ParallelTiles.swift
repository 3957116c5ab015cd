import CKernels

/// Runs a body for every tile on the kernels' team of threads.
enum ParallelTiles {
    /// Calls `body` once for each index in 0..<`count`, from several threads, and returns the results in order.
    static func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        [Result](unsafeUninitializedCapacity: count) { results, initializedCount in
            let base = results.baseAddress
            withoutActuallyEscaping(body) { body in
                let call = Call { index in (base! + index).initialize(to: body(index)) }
                withExtendedLifetime(call) {
                    fpx_parallel_tiles(
                        count, 0,
                        { index, context in
                            Unmanaged<Call>.fromOpaque(context!).takeUnretainedValue().body(index)
                        }, Unmanaged.passUnretained(call).toOpaque())
                }
            }
            initializedCount = count
        }
    }

    private final class Call {
        let body: (Int) -> Void
        init(_ body: @escaping (Int) -> Void) { self.body = body }
    }
}
