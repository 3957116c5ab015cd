/// A file that was left out of a result, and why.
public struct SkippedPhoto: Sendable, Codable, Equatable {
    public let path: String
    public let reason: String
    /// False for files that are sound but were not wanted (a group that is too small, for instance).
    public let isFailure: Bool

    enum CodingKeys: String, CodingKey { case path, reason }

    public init(path: String, reason: String, isFailure: Bool = true) {
        self.path = path
        self.reason = reason
        self.isFailure = isFailure
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            path: try container.decode(String.self, forKey: .path),
            reason: try container.decode(String.self, forKey: .reason))
    }
}
