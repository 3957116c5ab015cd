#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Zeroed pages from the system, shared by all threads of the process and given back at the end.
///
/// The mapping is private to the process: workers are threads, so they share it all the same, and Linux gives
/// huge pages to private anonymous mappings only. Without them, first-touch faults on a set of accumulators cost
/// about as much as filling them.
struct MappedMemory: ~Copyable {
    let start: UnsafeMutableRawPointer
    let byteCount: Int

    /// Maps `byteCount` bytes. `purpose` completes the message when the system refuses: "the accumulators", and
    /// `advice` says what would help.
    init(byteCount: Int, purpose: String, advice: String) throws(FastPixError) {
        precondition(byteCount > 0)
        let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | Self.anonymous, -1, 0)
        guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw FastPixError(
                .outOfMemory, systemErrno: errno,
                "\(byteCount / 1_048_576) MiB for \(purpose) are not available; \(advice)")
        }
        #if os(Linux)
            // A wish, not a need: systems without huge pages answer with an error that changes nothing.
            _ = madvise(mapped, byteCount, Self.adviseHugePages)
        #endif
        start = mapped
        self.byteCount = byteCount
    }

    deinit { munmap(start, byteCount) }

    #if os(Linux)
        private static var anonymous: Int32 { Int32(MAP_ANONYMOUS) }
        /// MADV_HUGEPAGE of <asm-generic/mman-common.h>, which the C library's Swift overlay leaves out.
        private static var adviseHugePages: Int32 { 14 }
    #else
        private static var anonymous: Int32 { MAP_ANON }
    #endif
}
