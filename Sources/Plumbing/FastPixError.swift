import FastPixPlatform
import SystemPackage

/// What went wrong, where, and what to do about it: the one error type of the library.
public struct FastPixError: Error, Sendable {
    /// What kind of error. There may be more of them in a later version, so that `switch` needs a `default`.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// What the code is called: that of the constants below, for those of this version.
        public let rawValue: String

        /// A code by its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A setting is out of its range.
        public static let invalidArgument = Code(rawValue: "invalidArgument")
        /// Two settings that exclude each other.
        public static let contradiction = Code(rawValue: "contradiction")
        /// There is nothing at the path.
        public static let notFound = Code(rawValue: "notFound")
        /// The file or folder cannot be opened or read.
        public static let unreadable = Code(rawValue: "unreadable")
        /// The output cannot be created or written.
        public static let unwritable = Code(rawValue: "unwritable")
        /// The file is none of an image format.
        public static let notAnImage = Code(rawValue: "notAnImage")
        /// It is of a format, or a kind of it, that is not read or written.
        public static let unsupported = Code(rawValue: "unsupported")
        /// The file is damaged, ends early or changed while it was read.
        public static let corrupt = Code(rawValue: "corrupt")
        /// More pixels or bytes than a limit allows.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// Too few photos for what is asked.
        public static let tooFewFrames = Code(rawValue: "tooFewFrames")
        /// Memory, or a thread, is not to be had, or the memory limit is too low.
        public static let outOfMemory = Code(rawValue: "outOfMemory")
        /// More photos than exact sums can hold.
        public static let overflow = Code(rawValue: "overflow")
        /// Somebody asked to stop (`Interruption`).
        public static let interrupted = Code(rawValue: "interrupted")
    }

    /// What kind of error.
    public let code: Code
    /// The file or folder concerned.
    public let path: FilePath?
    /// The system's error number, when the system refused something.
    public let systemErrno: Int32?
    /// A sentence in English: what was found, what was expected, what to do.
    public let message: String

    /// An error; the message ends without a full stop.
    public init(_ code: Code, path: FilePath? = nil, systemErrno: Int32? = nil, _ message: String) {
        self.code = code
        self.path = path
        self.systemErrno = systemErrno
        self.message = message
    }

    /// The same for a path as text, which may name one of several pictures of a file.
    package init(_ code: Code, path: String, systemErrno: Int32? = nil, _ message: String) {
        self.init(code, path: FilePath(path), systemErrno: systemErrno, message)
    }
}

extension FastPixError: CustomStringConvertible {
    /// The message with the system's own words behind it, without the path.
    public var reason: String {
        guard let systemErrno else { return message }
        return "\(message) (\(String(cString: strerror(systemErrno))))"
    }

    /// `reason`, with the path before it.
    public var description: String {
        guard let path else { return reason }
        return "\(path): \(reason)"
    }
}
