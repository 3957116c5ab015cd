/// What was found in the accumulators of a group.
public struct Detection: Sendable, Equatable {
    /// Points, clusters, lines and grids, by what speaks for them.
    public let defects: [Defect]
    /// Parts of the frame that are not judged.
    package let excludedRegions: [ExcludedRegion]
    /// Of the frame's pixels, those outside `excludedRegions`, 0 to 1.
    public let judgedShare: Double
    /// What the frames were taken for, and why.
    public let kind: FrameKind
    /// As `kind`, in words.
    public let kindReason: String
    /// Correlation, from 0 to 1, of what two halves of the photos show beyond slow gradients: near 0 when the photos are of
    /// different things, near 1 when they show one view. Nil when there are too few photos to tell.
    public let sceneCorrelation: Double?
    /// The photos show one view, so that its finest details cannot be told from defects.
    public let isFixedView: Bool
    /// Of the frame's pixels, 0 to 1, those in which photos of different things show one view all the same, as the wall behind
    /// what moves: details cannot be told from defects there, and entries have low confidence.
    public let standingShare: Double
    /// Entries of frames that are taken for dark ones, though nobody says that they are, which are as wide as a star; and amid
    /// stars that stay those of several pixels. They have low confidence.
    package let possibleLights: Int
    /// The steady offset, in samples, that a pixel needs to be found nine times out of ten in these photos; nil when no
    /// offset does.
    public let limitOfDetection: Double?
    /// There were more pixels to look at than there is room for; the most striking of each part of the frame were.
    public let isTruncated: Bool

    package init(
        defects: [Defect], excludedRegions: [ExcludedRegion], judgedShare: Double, kind: FrameKind, kindReason: String,
        sceneCorrelation: Double?, isFixedView: Bool, standingShare: Double, possibleLights: Int,
        limitOfDetection: Double?, isTruncated: Bool
    ) {
        self.defects = defects
        self.excludedRegions = excludedRegions
        self.judgedShare = judgedShare
        self.kind = kind
        self.kindReason = kindReason
        self.sceneCorrelation = sceneCorrelation
        self.isFixedView = isFixedView
        self.standingShare = standingShare
        self.possibleLights = possibleLights
        self.limitOfDetection = limitOfDetection
        self.isTruncated = isTruncated
    }
}
