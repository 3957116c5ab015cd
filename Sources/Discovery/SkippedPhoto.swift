/// A file that was left out of a result, and why.
public struct SkippedPhoto: Sendable, Codable, Equatable {
    /// The file; of one with several pictures, `#` and the number of the picture behind it.
    public let path: String
    /// A sentence in English.
    public let reason: String
    /// False for files that are sound but were not wanted (a group that is too small, for instance).
    public let isFailure: Bool
    /// The photo with the same content that counts instead; nil for other reasons.
    public let copyOf: String?

    /// True for files that are not damaged, as far as was seen, but of a kind that is not read.
    public let isUnsupported: Bool

    enum CodingKeys: String, CodingKey { case path, reason, copyOf, isUnsupported }

    /// A file that was left out.
    public init(
        path: String, reason: String, isFailure: Bool = true, copyOf: String? = nil, isUnsupported: Bool = false
    ) {
        self.isUnsupported = isUnsupported
        self.path = path
        self.reason = reason
        self.isFailure = isFailure
        self.copyOf = copyOf
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let original = try container.decodeIfPresent(String.self, forKey: .copyOf)
        self.init(
            path: try container.decode(String.self, forKey: .path),
            reason: try container.decode(String.self, forKey: .reason), isFailure: original == nil, copyOf: original,
            // Earlier versions do not tell.
            isUnsupported: try container.decodeIfPresent(Bool.self, forKey: .isUnsupported) ?? false)
    }
}
