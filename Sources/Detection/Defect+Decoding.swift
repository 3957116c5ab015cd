extension Defect: Decodable {
    /// Reads what `encode` writes, of earlier versions, too.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        row = try container.decode(Int.self, forKey: .row)
        column = try container.decode(Int.self, forKey: .column)
        channel = try container.decode(Int.self, forKey: .channel)
        self.class = try container.decode(DefectClass.self, forKey: .class)
        shape = try container.decode(DefectShape.self, forKey: .shape)
        confidence = try container.decode(Double.self, forKey: .confidence)
        mean = try container.decode(Double.self, forKey: .mean)
        neighbourhoodMean = try container.decode(Double.self, forKey: .neighbourhoodMean)
        variance = try container.decode(Double.self, forKey: .variance)
        neighbourhoodVariance = try container.decode(Double.self, forKey: .neighbourhoodVariance)
        meanScore = try container.decode(Double.self, forKey: .meanScore)
        varianceScore = try container.decode(Double.self, forKey: .varianceScore)
        persistence = try container.decode(Double.self, forKey: .persistence)
        framesAbove = try container.decodeIfPresent(Int.self, forKey: .framesAbove)
        framesBelow = try container.decodeIfPresent(Int.self, forKey: .framesBelow)
        extentRows = try container.decode(Int.self, forKey: .extentRows)
        extentColumns = try container.decode(Int.self, forKey: .extentColumns)
        pixels = try container.decode([PixelPlace].self, forKey: .pixels)
        rowPeriod = try container.decode(Int.self, forKey: .rowPeriod)
        columnPeriod = try container.decode(Int.self, forKey: .columnPeriod)
        smear = Smear(
            row: try container.decode(Int.self, forKey: .smearRow),
            column: try container.decode(Int.self, forKey: .smearColumn),
            rows: try container.decode(Int.self, forKey: .smearRows),
            columns: try container.decode(Int.self, forKey: .smearColumns))
        evidence = try container.decode(Double.self, forKey: .evidence)
        photosConfirming = try container.decodeIfPresent(Int.self, forKey: .photosConfirming)
        signShare = try container.decodeIfPresent(Double.self, forKey: .signShare)
        let first = try container.decodeIfPresent(DefectHistory.FirstSeen.self, forKey: .firstSeen)
        let iso = try container.decodeIfPresent(SettingDependence.self, forKey: .isoDependence)
        let exposure = try container.decodeIfPresent(SettingDependence.self, forKey: .exposureDependence)
        if let iso, let exposure {
            // Reports of earlier versions do not tell the rest.
            history = DefectHistory(
                firstSeen: first,
                lastSeen: try container.decodeIfPresent(DefectHistory.LastSeen.self, forKey: .lastSeen),
                shownShare: try container.decodeIfPresent(Double.self, forKey: .shownShare), iso: iso,
                exposure: exposure,
                temperature: try container.decodeIfPresent(SettingDependence.self, forKey: .temperatureDependence)
                    ?? .unknown)
        } else {
            history = nil
        }
    }
}
