import FastPixDiscovery
import FastPixPlumbing
import SystemPackage

extension RepairReport: Decodable {
    /// Reads the JSON form, of earlier versions, too; throws `DecodingError` for that of another report.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try ReportSchema.check(schema, in: container, forKey: .schema)
        version = try container.decode(String.self, forKey: .version)
        map = FilePath(try container.decode(String.self, forKey: .map))
        // Earlier versions took one list, and did not tell whether they were interrupted: nobody could.
        maps = try container.decodeIfPresent([String].self, forKey: .maps)?.map { FilePath($0) } ?? [map]
        photos = try container.decode([Photo].self, forKey: .photos)
        skipped = try container.decode([SkippedPhoto].self, forKey: .skipped)
        // Not part of the JSON form.
        leftOut = nil
        notRead = []
        unselected = 0
        repeatedPaths = 0
        peakMemoryBytes = try container.decode(UInt64.self, forKey: .peakMemoryBytes)
        isInterrupted = try container.decodeIfPresent(Bool.self, forKey: .isInterrupted) ?? false
    }
}

extension RepairReport.Photo: Decodable {
    /// Reads the JSON form, of earlier versions, too.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        path = FilePath(try container.decode(String.self, forKey: .path))
        output = FilePath(try container.decode(String.self, forKey: .output))
        width = try container.decode(Int.self, forKey: .width)
        height = try container.decode(Int.self, forKey: .height)
        defects = try container.decode(Int.self, forKey: .defects)
        blocksChanged = try container.decodeIfPresent(Int.self, forKey: .blocksChanged)
        // Earlier versions told nothing of what is odd.
        notes = try container.decodeIfPresent([String].self, forKey: .notes) ?? []
    }
}
