import SystemPackage

/// A file that was left out of a result, and why.
public struct SkippedPhoto: Sendable, Codable, Equatable {
    /// The file; of one with several pictures, `#` and the number of the picture behind it.
    public let path: FilePath
    /// A sentence in English.
    public let reason: String
    /// False for files that are sound but were not wanted (a group that is too small, for instance).
    public let isFailure: Bool
    /// The photo with the same content that counts instead; nil for other reasons.
    public let copyOf: FilePath?

    /// True for files that are not damaged, as far as was seen, but of a kind that is not read.
    public let isUnsupported: Bool

    enum CodingKeys: String, CodingKey { case path, reason, copyOf, isUnsupported }

    /// A file that was left out.
    public init(
        path: FilePath, reason: String, isFailure: Bool = true, copyOf: FilePath? = nil, isUnsupported: Bool = false
    ) {
        self.isUnsupported = isUnsupported
        self.path = path
        self.reason = reason
        self.isFailure = isFailure
        self.copyOf = copyOf
    }

    /// Reads what `encode` writes, of earlier versions, too.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let original = try container.decodeIfPresent(String.self, forKey: .copyOf)
        self.init(
            path: FilePath(try container.decode(String.self, forKey: .path)),
            reason: try container.decode(String.self, forKey: .reason), isFailure: original == nil,
            copyOf: original.map { FilePath($0) },
            // Earlier versions do not tell.
            isUnsupported: try container.decodeIfPresent(Bool.self, forKey: .isUnsupported) ?? false)
    }

    /// Paths are written as text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path.string, forKey: .path)
        try container.encode(reason, forKey: .reason)
        try container.encodeIfPresent(copyOf?.string, forKey: .copyOf)
        try container.encode(isUnsupported, forKey: .isUnsupported)
    }
}

extension [SkippedPhoto] {
    /// In the order of their paths, as they are written.
    package var byPath: [SkippedPhoto] { sorted { $0.path.string < $1.path.string } }
}
