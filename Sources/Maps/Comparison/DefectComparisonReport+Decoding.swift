import FastPixCodecs
import FastPixPlumbing

extension DefectComparisonReport: Decodable {
    enum CodingKeys: String, CodingKey { case schema, version, old, new, isUnchanged, groups, notCompared }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try ReportSchema.check(schema, in: container, forKey: .schema)
        version = try container.decode(String.self, forKey: .version)
        old = try container.decode(String.self, forKey: .old)
        new = try container.decode(String.self, forKey: .new)
        isUnchanged = try container.decode(Bool.self, forKey: .isUnchanged)
        groups = try container.decode([Group].self, forKey: .groups)
        notCompared = try container.decode([Lone].self, forKey: .notCompared)
    }
}

extension DefectComparisonReport.Group: Decodable {
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
