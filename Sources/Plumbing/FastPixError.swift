#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What went wrong, where, and what to do about it: the one error type of the library.
public struct FastPixError: Error, Sendable {
    public enum Code: String, Sendable, Codable {
        case invalidArgument, notFound, unreadable, unwritable, notAnImage, unsupported, corrupt, tooLarge
        case tooFewFrames, outOfMemory, overflow
        /// Two settings that exclude each other.
        case contradiction
        /// Somebody asked to stop (`Interruption`).
        case interrupted
    }

    public let code: Code
    /// The file or folder concerned.
    public let path: String?
    /// The system's error number, when the system refused something.
    public let systemErrno: Int32?
    /// A sentence in English: what was found, what was expected, what to do.
    public let message: String

    public init(_ code: Code, path: String? = nil, systemErrno: Int32? = nil, _ message: String) {
        self.code = code
        self.path = path
        self.systemErrno = systemErrno
        self.message = message
    }
}

extension FastPixError: CustomStringConvertible {
    /// The message with the system's own words behind it, without the path.
    public var reason: String {
        guard let systemErrno else { return message }
        return "\(message) (\(String(cString: strerror(systemErrno))))"
    }

    public var description: String {
        guard let path else { return reason }
        return "\(path): \(reason)"
    }
}
