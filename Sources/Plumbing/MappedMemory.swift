import FastPixPlatform

/// Zeroed pages from the system, shared by all threads of the process and given back at the end.
///
/// Usually the mapping is private to the process: workers are threads, so they share it all the same, and Linux gives
/// huge pages to private anonymous mappings only. Without them, first-touch faults on a set of accumulators cost
/// about as much as filling them. What is larger than the memory can lie in a temporary file instead; then only
/// what is in use need be in memory.
package struct MappedMemory: ~Copyable {
    package let start: UnsafeMutableRawPointer
    package let byteCount: Int
    private let isInFile: Bool

    /// Maps `byteCount` bytes. `purpose` completes the message when the system refuses: "the accumulators", and
    /// `advice` says what would help.
    package init(byteCount: Int, purpose: String, advice: String) throws(FastPixError) {
        start = try Self.map(byteCount, MAP_PRIVATE | Self.anonymous, -1, purpose, advice)
        self.byteCount = byteCount
        isInFile = false
        #if os(Linux)
            // A wish, not a need: systems without huge pages answer with an error that changes nothing.
            _ = madvise(start, byteCount, Self.adviseHugePages)
        #endif
    }

    /// Maps `byteCount` bytes of a new temporary file. Throws also when there is no room for it on the disk.
    package init(inFileOf byteCount: Int, purpose: String, advice: String) throws(FastPixError) {
        let file = try TemporaryFile(byteCount: byteCount, purpose: purpose)
        // The mapping keeps the file when the descriptor is closed.
        start = try Self.map(byteCount, MAP_SHARED, file.descriptor, purpose, advice)
        self.byteCount = byteCount
        isInFile = true
    }

    deinit { munmap(start, byteCount) }

    private static func map(
        _ byteCount: Int, _ flags: Int32, _ descriptor: Int32, _ purpose: String, _ advice: String
    ) throws(FastPixError) -> UnsafeMutableRawPointer {
        precondition(byteCount > 0)
        let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, descriptor, 0)
        guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw FastPixError(
                .outOfMemory, systemErrno: errno,
                "\(byteCount / 1_048_576) MiB for \(purpose) are not available; \(advice)")
        }
        return mapped
    }

    /// Says that these bytes are not needed for a while. Nothing happens to what lies in memory alone. What lies in a
    /// file leaves this process's memory and comes back from the file when it is next touched, by whatever thread.
    package func release(offset: Int, count: Int) {
        guard isInFile, count > 0 else { return }
        // Whole pages: content that neighbours need is in the file as well. Whoever touches a page gets those around it, too,
        // that the system has at hand, among them some that were released before.
        let first = max(0, offset / Self.pageSize * Self.pageSize - Self.bytesAround)
        _ = madvise(start + first, min(byteCount, offset + count) - first, MADV_DONTNEED)
    }

    private static let pageSize = sysconf(Int32(_SC_PAGESIZE))
    /// `fault_around_bytes` of Linux, unless somebody has changed it.
    private static let bytesAround = 64 << 10

    #if os(Linux)
        private static var anonymous: Int32 { Int32(MAP_ANONYMOUS) }
        /// MADV_HUGEPAGE of <asm-generic/mman-common.h>, which the C library's Swift overlay leaves out.
        private static var adviseHugePages: Int32 { 14 }
    #else
        private static var anonymous: Int32 { MAP_ANON }
    #endif
}
