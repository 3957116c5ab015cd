import FastPixPlatform
import FastPixPlumbing

/// Rows of an image on their way through: a window of them, addressed by their number in the image.
///
/// Row y lies where row y - capacity lay before, so that the same memory, small enough for a cache, serves the whole
/// image. Not synchronised: whoever uses it sees to it that a row is not written while it is read.
final class RowRing {
    let capacity: Int
    let stride: Int
    private let memory: UnsafeMutableRawPointer

    /// Room for `capacity` rows of `bytesPerRow`. Throws `outOfMemory` when there is none: rows can be as long as a file
    /// claims.
    init(capacity: Int, bytesPerRow: Int) throws(FastPixError) {
        self.capacity = capacity
        // Whole cache lines, and an odd number of them, so that equal columns of neighbouring rows do not compete for
        // the same few places in the cache.
        stride = ((bytesPerRow + 63) / 64 | 1) * 64
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, 64, capacity * stride) == 0, let memory else {
            throw FastPixError(
                .outOfMemory, systemErrno: ENOMEM,
                "\(capacity * stride / 1_048_576) MiB for \(counted(capacity, "row")) of the image are not available; "
                    + "use fewer workers")
        }
        self.memory = memory
    }

    deinit { free(memory) }

    func row(_ y: Int) -> UnsafeMutableRawPointer { memory + y % capacity * stride }

    /// Rows from `y` on that lie one behind the other, at most `count`.
    func contiguous(from y: Int, atMost count: Int) -> Int { min(count, capacity - y % capacity) }
}
