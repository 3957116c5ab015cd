/// Names what a pixel does from how it follows its neighbours.
///
/// Over the photos a pixel is taken for y = offset + slope x of its neighbours' x, the slope as the quotient of the
/// deviations. Compression mixes a defect with its surroundings, which flattens no more than the slope: the level at which
/// pixel and neighbours agree, offset / (1 - slope), stays where the defect is stuck.
struct DefectClassifier {
    let kind: FrameKind
    /// The largest sample that occurs (estimate), so that 12 bits in 16 are judged alike.
    let white: Double

    // A class is what a defect is called, and not whether it is listed. Where classes meet there is no natural border: these
    // were chosen on planted defects in JPEGs of quality 75 to 95 (Guides/Detection.md), in the middle between the classes.

    /// A pixel that sees half keeps half of the slope and what compression mixes in, 0.45 to 0.6; a dead one what compression
    /// mixes in, up to 0.4 at quality 90.
    private static let blind = 0.42
    /// A slope above it follows the scene: the scatter of 30 photos' deviations, 1 +- 0.13, is within one and a half.
    private static let following = 0.8
    /// Below it less than half is left of the scene.
    private static let lost = 0.5
    /// Twice the variance of the neighbours': three deviations of its scatter over 30 photos.
    private static let unstable = 1.5
    /// Of white: near enough to black, or to white, to be it, as compression moves the level by up to 25 of 255.
    private static let nearBlack = 0.11
    private static let nearWhite = 0.85
    /// In so many of the frames in which it could, a pixel that is not unstable lies on its side; one that is there half of
    /// the time stays below with 30 photos, by two deviations.
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
