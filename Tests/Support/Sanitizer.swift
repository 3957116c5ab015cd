import Foundation

/// Under which sanitizer the tests and the program were built; `scripts/test --sanitize` says it.
public enum Sanitizer {
    /// AddressSanitizer keeps shadow memory and what was freed, so that measured memory is its own.
    public static let isAddress = named("address")
    /// ThreadSanitizer multiplies time by ten and more.
    public static let isThread = named("thread")

    /// The environment of a program whose leaks do not count: where a test refuses something to the system's libraries,
    /// too (Foundation does not free what it was about to read into), or the threads that looking for leaks takes.
    public static var withoutLeaks: [String: String] {
        let others = ProcessInfo.processInfo.environment["ASAN_OPTIONS"].map { "\($0):" } ?? ""
        return ["ASAN_OPTIONS": others + "detect_leaks=0"]
    }

    private static func named(_ name: String) -> Bool {
        ProcessInfo.processInfo.environment["FASTPIX_SANITIZER"] == name
    }
}
