import FastPixPlatform
import SystemPackage

/// Shares a memory limit out among workers that each hold one photo at a time: a worker takes what its photo needs, waits
/// until so much is free, and gives it back. Which photos are refused depends on the limit alone. Safe from any thread.
package final class MemoryBudget: @unchecked Sendable {
    /// The program itself, with its libraries and its lists of photos (measured: 20 MiB, and some room).
    package static let programBytes = 40 << 20

    private let limit: Int
    /// What the limit leaves for photos.
    private let total: Int
    private let condition = Condition()
    /// Guarded by `condition`.
    private var free: Int

    /// `limit`: bytes of memory to stay below. `otherBytes` of it are taken by what is not of a single photo, besides the
    /// program itself.
    package init(limit: Int, otherBytes: Int) {
        self.limit = limit
        total = limit - Self.programBytes - otherBytes
        free = total
    }

    /// Calls `body` while `byteCount` bytes are set aside. Throws `outOfMemory` when there are never so many.
    package func using<Result>(
        _ byteCount: Int, for path: FilePath, _ body: () throws(FastPixError) -> Result
    ) throws(FastPixError) -> Result {
        guard byteCount <= total else {
            throw FastPixError(
                .outOfMemory, path: path,
                "this photo takes \(mebibytes(byteCount)) MiB of memory, and the memory limit of \(mebibytes(limit)) MiB "
                    + "leaves \(max(0, total) >> 20) MiB; raise the memory limit to \(mebibytes(limit - total + byteCount))M"
            )
        }
        take(byteCount)
        defer { give(byteCount) }
        return try body()
    }

    private func take(_ byteCount: Int) {
        condition.lock()
        defer { condition.unlock() }
        while free < byteCount { condition.wait() }
        free -= byteCount
    }

    private func give(_ byteCount: Int) {
        condition.lock()
        defer { condition.unlock() }
        free += byteCount
        condition.broadcast()
    }

    /// Throws when the lists of a run leave nothing of a limit: otherwise each picture of a long stack would be refused alone, and
    /// a reason for each takes more than the lists.
    package static func demandRoom(forLists listBytes: Int, pictures: Int, limit: Int) throws(FastPixError) {
        guard limit <= programBytes + listBytes else { return }
        throw FastPixError(
            .outOfMemory,
            "the list of \(pictures) pictures takes \(mebibytes(listBytes)) MiB of memory, beside the "
                + "\(programBytes >> 20) MiB of the program itself, and the memory limit is \(limit >> 20) MiB; raise the "
                + "memory limit, or take fewer pictures at once")
    }

    /// Throws when a limit that was given is below what the program itself takes.
    package static func validate(limit: Int?) throws(FastPixError) {
        guard let limit, limit <= Self.programBytes else { return }
        throw FastPixError(
            .invalidArgument,
            "the memory limit must be above the \(Self.programBytes >> 20) MiB that the program itself takes, "
                + "not \(limit) bytes")
    }
}

/// What messages say of so many bytes: rounded up, so that a limit of as many mebibytes would be enough.
package func mebibytes(_ bytes: Int) -> Int { (bytes + 1_048_575) >> 20 }
