extension SubpixelMoments: Encodable {
    enum CodingKeys: String, CodingKey { case row, column, channel, mean, variance, m2 }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(row, forKey: .row)
        try container.encode(column, forKey: .column)
        try container.encode(channel, forKey: .channel)
        try container.encode(mean, forKey: .mean)
        try container.encode(variance, forKey: .variance)
        try container.encode(m2, forKey: .m2)
    }
}
