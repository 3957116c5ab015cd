import Foundation

/// Under which sanitizer the tests and the program were built; `scripts/test --sanitize` says it.
public enum Sanitizer {
    /// AddressSanitizer keeps shadow memory and what was freed, so that measured memory is its own.
    public static let isAddress = named("address")
    /// ThreadSanitizer multiplies time by ten and more.
    public static let isThread = named("thread")

    private static func named(_ name: String) -> Bool {
        ProcessInfo.processInfo.environment["FASTPIX_SANITIZER"] == name
    }
}
