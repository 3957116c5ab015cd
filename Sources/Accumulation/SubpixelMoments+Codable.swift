extension SubpixelMoments: Codable {
    enum CodingKeys: String, CodingKey { case row, column, channel, mean, variance, m2 }

    /// A variance that is not known is written as null, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(row, forKey: .row)
        try container.encode(column, forKey: .column)
        try container.encode(channel, forKey: .channel)
        try container.encode(mean, forKey: .mean)
        try container.encode(variance, forKey: .variance)
        try container.encode(m2, forKey: .m2)
    }

    /// Reads what `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        row = try container.decode(Int.self, forKey: .row)
        column = try container.decode(Int.self, forKey: .column)
        channel = try container.decode(Int.self, forKey: .channel)
        mean = try container.decode(Double.self, forKey: .mean)
        variance = try container.decodeIfPresent(Double.self, forKey: .variance)
        m2 = try container.decode(Double.self, forKey: .m2)
    }
}
