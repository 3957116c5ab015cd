import FastPixDiscovery

/// How a report tells of a selection.
public struct SelectionReport: Sendable, Codable, Equatable {
    /// Patterns, as given.
    public let include: [String]
    /// Likewise.
    public let exclude: [String]
    /// Seconds since 1970; nil when files of any time were taken.
    public let newerThan: Double?
    /// "2/4"; nil for all.
    public let shard: String?
    /// Files that were found and not selected; they may be photos or not.
    public let leftOutFiles: Int

    package init(_ selection: PhotoSelection = PhotoSelection(), leftOutFiles: Int = 0) {
        include = selection.include.map(\.string)
        exclude = selection.exclude.map(\.string)
        newerThan = selection.newerThan.map { Double($0.seconds) + Double($0.nanoseconds) / 1e9 }
        shard = selection.shard?.text
        self.leftOutFiles = leftOutFiles
    }

    enum CodingKeys: String, CodingKey { case include, exclude, newerThan, shard, leftOutFiles }

    /// What was not asked for is null, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(include, forKey: .include)
        try container.encode(exclude, forKey: .exclude)
        try container.encode(newerThan, forKey: .newerThan)
        try container.encode(shard, forKey: .shard)
        try container.encode(leftOutFiles, forKey: .leftOutFiles)
    }
}
