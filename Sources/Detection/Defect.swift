/// Which pixels of a defect are together.
public enum DefectShape: String, Sendable, Codable, CaseIterable {
    /// One pixel.
    case point
    /// Pixels that touch.
    case cluster
    /// A column, or a part of one.
    case column
    /// A row, or a part of one.
    case row
    /// Pixels at equal distances over a part of the frame.
    case grid
}

/// A place of the frame, 0-based from the top left of the stored (un-rotated) frame.
public struct PixelPlace: Sendable, Hashable, Codable {
    /// From the top.
    public let row: Int
    /// From the left.
    public let column: Int

    /// A place; nothing is checked.
    public init(row: Int, column: Int) {
        self.row = row
        self.column = column
    }
}

/// A rectangle of pixels.
package struct Smear: Sendable, Equatable, Encodable {
    package let row: Int
    package let column: Int
    package let rows: Int
    package let columns: Int

    package init(row: Int, column: Int, rows: Int, columns: Int) {
        self.row = row
        self.column = column
        self.rows = rows
        self.columns = columns
    }
}

/// A pixel, or some that belong together, that is not as its neighbours are.
public struct Defect: Sendable, Encodable, Equatable {
    /// The strongest pixel; of lines and grids the first one. 0-based from the top left of the stored (un-rotated) frame.
    public let row: Int
    /// As `row`.
    public let column: Int
    /// The channel in which it is strongest; the moments below are this channel's.
    public let channel: Int
    /// What is wrong with it.
    public internal(set) var `class`: DefectClass
    /// Which of its pixels are together.
    public let shape: DefectShape
    /// The share of entries of this evidence that are true defects, 0 to 1, as measured with planted defects
    /// (Guides/Detection.md).
    public let confidence: Double
    /// Mean over the photos, in samples, and the middle of the neighbours' means. Of lines the difference is what is measured, the
    /// offset from the lines on either side; the neighbours' mean is that of pixels sampled beside it.
    public let mean: Double
    /// As `mean`.
    public let neighbourhoodMean: Double
    /// Variance over the photos, and the middle of the neighbours' variances; 0 of lines.
    public let variance: Double
    /// As `variance`.
    public let neighbourhoodVariance: Double
    /// The offset of the mean in units of the pattern that sound pixels have around it.
    public let meanScore: Double
    /// Logarithm of its variance over the neighbours' (base 2); 0 of lines.
    public let varianceScore: Double
    /// How surprising the number of photos is in which it lies on its side of all neighbours, as a normal deviate; 0 where
    /// that is not known.
    public let persistence: Double
    /// Photos in which it lies above, and below, all its neighbours; nil of lines and grids.
    public let framesAbove: Int?
    /// As `framesAbove`.
    public let framesBelow: Int?
    /// Rows and columns that it covers.
    public let extentRows: Int
    /// As `extentRows`.
    public let extentColumns: Int
    /// Every pixel of a point or a cluster, in the order of rows; of lines and grids too many to list: see `covered`.
    public let pixels: [PixelPlace]
    /// Distance of a grid's pixels; 1 of everything else.
    public let rowPeriod: Int
    /// As `rowPeriod`.
    public let columnPeriod: Int
    /// All the pixels it tinges: what a repair has to replace.
    package let smear: Smear
    /// How much speaks for it; 1 is what `--sensitivity normal` needs.
    public let evidence: Double
    /// Photos that can tell (whose neighbours are not clipped), and the share of them in which the pixel lies on its side
    /// of all neighbours; nil of lines and grids.
    public let photosConfirming: Int?
    /// As `photosConfirming`.
    public let signShare: Double?
    /// Since when, and under what settings, it shows; nil unless the photos were looked at again.
    package internal(set) var history: DefectHistory?

    /// Every pixel of it, whatever its shape.
    public var covered: [PixelPlace] {
        if !pixels.isEmpty { return pixels }
        return stride(from: row, to: row + extentRows, by: rowPeriod).flatMap { row in
            stride(from: column, to: column + extentColumns, by: columnPeriod).map { PixelPlace(row: row, column: $0) }
        }
    }

    /// The same with what looking at the photos again has told.
    package func with(_ history: DefectHistory?) -> Defect {
        var copy = self
        copy.history = history
        return copy
    }

    enum CodingKeys: String, CodingKey {
        case row, column, channel, `class`, shape, confidence, mean, neighbourhoodMean, variance, neighbourhoodVariance
        case meanScore, varianceScore, persistence, framesAbove, framesBelow, extentRows, extentColumns, pixels
        case rowPeriod, columnPeriod, evidence, photosConfirming, signShare
        case smearRow, smearColumn, smearRows, smearColumns
        case firstSeen, lastSeen, shownShare, isoDependence, exposureDependence, temperatureDependence
    }

    /// A value that is not known is written as null, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(row, forKey: .row)
        try container.encode(column, forKey: .column)
        try container.encode(channel, forKey: .channel)
        try container.encode(self.class, forKey: .class)
        try container.encode(shape, forKey: .shape)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(mean, forKey: .mean)
        try container.encode(neighbourhoodMean, forKey: .neighbourhoodMean)
        try container.encode(variance, forKey: .variance)
        try container.encode(neighbourhoodVariance, forKey: .neighbourhoodVariance)
        try container.encode(meanScore, forKey: .meanScore)
        try container.encode(varianceScore, forKey: .varianceScore)
        try container.encode(persistence, forKey: .persistence)
        try container.encode(framesAbove, forKey: .framesAbove)
        try container.encode(framesBelow, forKey: .framesBelow)
        try container.encode(extentRows, forKey: .extentRows)
        try container.encode(extentColumns, forKey: .extentColumns)
        try container.encode(pixels, forKey: .pixels)
        try container.encode(rowPeriod, forKey: .rowPeriod)
        try container.encode(columnPeriod, forKey: .columnPeriod)
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
        try container.encode(history?.lastSeen, forKey: .lastSeen)
        try container.encode(history?.shownShare, forKey: .shownShare)
        try container.encode(history?.temperature, forKey: .temperatureDependence)
    }
}
