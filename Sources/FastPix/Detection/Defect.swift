/// A pixel of the sensor that is not as its neighbours are.
public struct Defect: Sendable, Encodable, Equatable {
    /// 0-based from the top left of the stored (un-rotated) frame.
    public let row: Int
    public let column: Int
    /// The channel in which it is strongest; the moments below are this channel's.
    public let channel: Int
    public let `class`: DefectClass
    /// The share of entries of this evidence that are true defects, 0 to 1, as measured with planted defects
    /// (Guides/Detection.md).
    public let confidence: Double
    /// Mean over the photos, in samples, and the median of the neighbourhood's means.
    public let mean: Double
    public let neighbourhoodMean: Double
    /// Variance over the photos, and the median of the neighbourhood's variances.
    public let variance: Double
    public let neighbourhoodVariance: Double
    /// How far mean and log-variance lie from the neighbourhood's, in units of the local scale.
    public let meanScore: Double
    public let varianceScore: Double
    /// Rows and columns over which the pixel's effect is at least half of its peak.
    public let extentRows: Int
    public let extentColumns: Int
    /// All the pixels it tinges: what a repair has to replace.
    public let smear: Smear
    /// How much speaks for it; 1 is what `--sensitivity normal` needs.
    public let evidence: Double
    /// Photos looked at one by one, and the share of them in which the pixel lies on the same side of its
    /// neighbours; nil without confirmation.
    public let photosConfirming: Int?
    public let signShare: Double?
    /// Since when, and under what settings, it shows; nil unless all photos were looked at.
    public private(set) var history: DefectHistory?

    enum CodingKeys: String, CodingKey {
        case row, column, channel, `class`, confidence, mean, neighbourhoodMean, variance, neighbourhoodVariance
        case meanScore, varianceScore, extentRows, extentColumns, evidence, photosConfirming, signShare
        case smearRow, smearColumn, smearRows, smearColumns
        case firstSeen, isoDependence, exposureDependence
    }

    /// A value that is not known is written as null, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(row, forKey: .row)
        try container.encode(column, forKey: .column)
        try container.encode(channel, forKey: .channel)
        try container.encode(self.class, forKey: .class)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(mean, forKey: .mean)
        try container.encode(neighbourhoodMean, forKey: .neighbourhoodMean)
        try container.encode(variance, forKey: .variance)
        try container.encode(neighbourhoodVariance, forKey: .neighbourhoodVariance)
        try container.encode(meanScore, forKey: .meanScore)
        try container.encode(varianceScore, forKey: .varianceScore)
        try container.encode(extentRows, forKey: .extentRows)
        try container.encode(extentColumns, forKey: .extentColumns)
        try container.encode(smear.row, forKey: .smearRow)
        try container.encode(smear.column, forKey: .smearColumn)
        try container.encode(smear.rows, forKey: .smearRows)
        try container.encode(smear.columns, forKey: .smearColumns)
        try container.encode(evidence, forKey: .evidence)
        try container.encode(photosConfirming, forKey: .photosConfirming)
        try container.encode(signShare, forKey: .signShare)
        try container.encode(history?.firstSeen, forKey: .firstSeen)
        try container.encode(history?.iso, forKey: .isoDependence)
        try container.encode(history?.exposure, forKey: .exposureDependence)
    }
}
