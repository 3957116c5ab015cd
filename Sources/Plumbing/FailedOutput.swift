import SystemPackage

/// An output that could not be written, and why.
public struct FailedOutput: Sendable, Codable, Equatable {
    /// The output.
    public let path: String
    /// A sentence in English.
    public let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// `output`: what was to be written, when the error names no file.
    package init(_ error: FastPixError, of output: FilePath) {
        self.init(path: (error.path ?? output).string, reason: error.reason)
    }
}
