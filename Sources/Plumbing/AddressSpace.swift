import FastPixPlatform

/// Room for what cannot be refused politely: Swift's arrays end the program where the system has no memory for them
/// (`ulimit -v`), so that it is asked before.
package enum AddressSpace {
    /// What goes on while nobody asks: lists, messages, what libraries allocate, and the stacks of some threads.
    private static let headroom = 24 << 20

    /// Whether the system limits it; then trying is worth its microseconds.
    private static let isLimited: Bool = {
        var limit = rlimit()
        #if canImport(Glibc)
            let status = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        #else
            let status = getrlimit(RLIMIT_AS, &limit)
        #endif
        return status == 0 && limit.rlim_cur < rlim_t(Int.max)
    }()

    /// Throws when the system would not give `byteCount` bytes and some more now. `purpose` completes the message: "the
    /// analysis". Safe from any thread.
    package static func demand(_ byteCount: Int, for purpose: String) throws(FastPixError) {
        guard isLimited else { return }
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
                "\(wanted >> 20) MiB for \(purpose) are not available; raise the system's limit of addresses "
                    + "(ulimit -v), or use fewer workers and a smaller memory limit")
        }
        munmap(mapped, wanted)
    }
}
