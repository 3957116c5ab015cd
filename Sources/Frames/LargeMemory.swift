import CCodecs

/// For programs that use the library.
package enum LargeMemory {
    /// Has the memory of whole pictures go back to the system as soon as they are done with, which the memory limits of
    /// `PhotoStatistics`, `ImageBlending` and `PhotoRepair` count on. It changes the C library's settings for the whole
    /// process, so that the library does not do it by itself; call it before threads start.
    package static func returnWhenFreed() { fpx_return_large_memory() }
}
