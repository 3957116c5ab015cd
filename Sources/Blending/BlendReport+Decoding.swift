import FastPixDiscovery
import FastPixPlumbing

extension BlendReport: Decodable {
    enum CodingKeys: String, CodingKey {
        case schema, version, settings, images, skipped, totals, timing, peakMemoryBytes, isInterrupted
    }

    /// Reads the JSON form; throws `DecodingError` for that of another report.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try ReportSchema.check(schema, in: container, forKey: .schema)
        version = try container.decode(String.self, forKey: .version)
        settings = try container.decode(Settings.self, forKey: .settings)
        images = try container.decode([BlendedImage].self, forKey: .images)
        skipped = try container.decode([SkippedPhoto].self, forKey: .skipped)
        totals = try container.decode(Totals.self, forKey: .totals)
        timing = try container.decode(Timing.self, forKey: .timing)
        peakMemoryBytes = try container.decode(UInt64.self, forKey: .peakMemoryBytes)
        isInterrupted = try container.decode(Bool.self, forKey: .isInterrupted)
    }
}
