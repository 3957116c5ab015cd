/// Names what a pixel does from how it follows its neighbours.
///
/// Over the photos a pixel is taken for y = offset + slope x of its neighbours' x, the slope as the quotient of the
/// deviations. Compression mixes a defect with its surroundings, which flattens no more than the slope: the level at which
/// pixel and neighbours agree, offset / (1 - slope), stays where the defect is stuck.
struct DefectClassifier {
    let kind: FrameKind
    /// The largest sample that occurs (estimate), so that 12 bits in 16 are judged alike.
    let white: Double

    /// A pixel that sees half keeps half of the slope, a dead one what compression mixes in.
    private static let blind = 0.42
    /// A slope above it follows the scene.
    private static let following = 0.8
    /// Below it little is left of the scene.
    private static let lost = 0.5
    /// Twice the variance of the neighbours'.
    private static let unstable = 1.5
    /// Of white: near enough to black, or to white, to be it.
    private static let nearBlack = 0.11
    private static let nearWhite = 0.85
    /// In so many of the frames in which it could, a pixel that is not unstable lies on its side.
    private static let steadyShare = 0.75

    func name(_ point: PointEvidence, frameCount: Int) -> DefectClass {
        let evidence = point.evidence
        let variance = Double(evidence.variance)
        let ringVariance = Double(evidence.ringVariance)
        if kind == .darks || kind == .sky { return evidence.offset > 0 ? .hot : .dead }
        guard ringVariance > 0 else { return variance > 0 ? .unstable : evidence.offset > 0 ? .stuck : .dead }
        let slope = (variance / ringVariance).squareRoot()
        let hits = Double(evidence.offset > 0 ? evidence.above : evidence.below)
        let telling = Double(
            frameCount - Int(evidence.offset > 0 ? evidence.blindAbove : evidence.blindBelow))
        if slope > Self.unstable, hits < Self.steadyShare * telling { return .unstable }
        if slope >= Self.following { return evidence.offset > 0 ? .hot : .lowGain }
        let level = (evidence.mean - slope * evidence.ringMean) / (1 - slope)
        // A hot pixel that is cut off at white follows the scene less where it is bright.
        if level > Self.nearWhite * white { return slope < Self.lost ? .stuck : .hot }
        if level > Self.nearBlack * white { return .stuck }
        // At half the gain compression leaves as much of a dead pixel as of one that sees half.
        return slope < Self.blind ? .dead : .lowGain
    }
}
