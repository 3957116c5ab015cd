#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Room for what cannot be refused politely: Swift's arrays end the program where the system has no memory for them
/// (`ulimit -v`), so that it is asked before.
enum AddressSpace {
    /// What goes on while nobody asks: lists, messages, libraries' own, and the heaps of some threads.
    private static let headroom = 24 << 20

    /// Throws when the system would not give `byteCount` bytes and some more now. `purpose` completes the message: "the
    /// analysis".
    static func demand(_ byteCount: Int, for purpose: String) throws(FastPixError) {
        let (wanted, isTooMuch) = max(0, byteCount).addingReportingOverflow(headroom)
        #if os(Linux)
            let flags = Int32(MAP_ANONYMOUS) | MAP_PRIVATE | MAP_NORESERVE
        #else
            let flags = MAP_ANON | MAP_PRIVATE
        #endif
        let mapped = isTooMuch ? nil : mmap(nil, wanted, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw FastPixError(
                .outOfMemory, systemErrno: errno,
                "\(wanted >> 20) MiB for \(purpose) are not available; raise the system's limit (ulimit -v), or use "
                    + "fewer --workers and a smaller --memory-limit")
        }
        munmap(mapped, wanted)
    }
}
