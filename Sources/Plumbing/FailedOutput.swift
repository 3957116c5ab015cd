import SystemPackage

/// An output that could not be written, and why.
public struct FailedOutput: Sendable, Codable, Equatable {
    /// The output.
    public let path: FilePath
    /// A sentence in English.
    public let reason: String

    /// `output`: what was to be written, when the error names no file.
    package init(_ error: FastPixError, of output: FilePath) {
        path = error.path ?? output
        reason = error.reason
    }

    enum CodingKeys: String, CodingKey { case path, reason }

    /// Reads what `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        path = FilePath(try container.decode(String.self, forKey: .path))
        reason = try container.decode(String.self, forKey: .reason)
    }

    /// The path is written as text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path.string, forKey: .path)
        try container.encode(reason, forKey: .reason)
    }
}
