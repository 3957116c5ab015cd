import FastPixCodecs
import FastPixPlumbing
import SystemPackage

extension DefectComparisonReport: Decodable {
    enum CodingKeys: String, CodingKey { case schema, version, old, new, isUnchanged, groups, notCompared }

    /// Reads the JSON form; throws `DecodingError` for that of another report.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try ReportSchema.check(schema, in: container, forKey: .schema)
        version = try container.decode(String.self, forKey: .version)
        old = FilePath(try container.decode(String.self, forKey: .old))
        new = FilePath(try container.decode(String.self, forKey: .new))
        isUnchanged = try container.decode(Bool.self, forKey: .isUnchanged)
        groups = try container.decode([Group].self, forKey: .groups)
        notCompared = try container.decode([Lone].self, forKey: .notCompared)
    }

    /// Paths are written as text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(version, forKey: .version)
        try container.encode(old.string, forKey: .old)
        try container.encode(new.string, forKey: .new)
        try container.encode(isUnchanged, forKey: .isUnchanged)
        try container.encode(groups, forKey: .groups)
        try container.encode(notCompared, forKey: .notCompared)
    }
}

extension DefectComparisonReport.Group: Decodable {
    /// Reads the JSON form, of earlier versions, too.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        camera = try container.decode(Camera.self, forKey: .camera)
        width = try container.decodeIfPresent(Int.self, forKey: .width)
        height = try container.decodeIfPresent(Int.self, forKey: .height)
        tolerance = try container.decode(Int.self, forKey: .tolerance)
        defects = try container.decode([DefectComparisonReport.Change].self, forKey: .defects)
        // Reports of earlier versions have none.
        oldScope = try container.decodeIfPresent(DefectComparisonReport.ListScope.self, forKey: .oldScope) ?? .init()
        newScope = try container.decodeIfPresent(DefectComparisonReport.ListScope.self, forKey: .newScope) ?? .init()
    }
}
