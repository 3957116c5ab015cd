import FastPixPlatform

/// Names what a pixel does from how it follows its neighbours.
///
/// Over the photos a pixel is taken for y = offset + slope x of its neighbours' x, the slope as the quotient of the
/// deviations. Compression mixes a defect with its surroundings, which flattens no more than the slope: the level at which
/// pixel and neighbours agree, offset / (1 - slope), stays where the defect is stuck.
struct DefectClassifier {
    let kind: FrameKind
    /// The largest sample that occurs (estimate), so that 12 bits in 16 are judged alike.
    let white: Double
    /// Whether what varies in dark frames is the pixels' own: the excess of all hot ones grows with time and temperature.
    var isOneExposure = true

    // A class is what a defect is called, and not whether it is listed. Where classes meet there is no natural border: these
    // were chosen on planted defects in JPEGs of quality 75 to 95 (Guides/Detection.md), in the middle between the classes.

    /// A pixel that sees half keeps 0.4 to 0.5 of the slope at quality 90, and 0.55 to 0.65 at quality 75; a dead one what
    /// compression mixes in, 0.1 to 0.2.
    private static let blind = 0.3
    /// A slope above it follows the scene: the scatter of 30 photos' deviations, 1 +- 0.13, is within one and a half.
    private static let following = 0.8
    /// Below it less than half is left of the scene.
    private static let lost = 0.5
    /// More than neighbours vary by chance: three deviations of the scatter of a deviation, and no less than hot pixels whose
    /// excess grows from 2 to 90 as exposures grow from 1/1000 to 2 s (1.25 to 1.3 over many photos).
    private static func unstable(_ frameCount: Int) -> Double {
        max(1.35, 1 + 3 / Double(2 * max(1, frameCount - 1)).squareRoot())
    }
    /// Of white: near enough to white to be it, as compression moves the level by up to 25 of 255.
    private static let nearWhite = 0.85
    /// As `nearWhite`, of black, at a slope: compression that mixes in more of the surroundings moves the level further. Of
    /// planted dead pixels to 16 of 255 at 0.15, 23 at 0.3, 45 at 0.7; and that of a pixel that is stuck at 40 to no less than
    /// 28 at 0.15, 22 at 0.2.
    private static func nearBlack(_ slope: Double) -> Double { 0.04 + 0.21 * slope }
    /// In so many of the frames in which it could, a pixel that is not unstable lies on its side; one that is there half of
    /// the time stays below with 30 photos, by two deviations.
    private static let steadyShare = 0.75
    /// What the other colours of a defect have of its own colour's offset, and its own of their slopes, when they are damaged,
    /// too: 0.9 and more over 60 photos. Of defects of green alone the slopes have 0.66 to 0.8.
    private static let alike = 0.85

    /// Of the points of dark frames whether more than half are unstable: what most do the frames do, which are exposed for
    /// longer and shorter, or get warmer, and do not say so.
    func isOfFrames(_ points: [PointEvidence], frameCount: Int) -> Bool {
        guard kind.isEven else { return false }
        return 2 * points.count { name($0, frameCount: frameCount) == .unstable } > points.count
    }

    func name(_ point: PointEvidence, frameCount: Int) -> DefectClass {
        let mixed = Self.mixed(point.candidate.evidence, point.channel)
        let evidence = Self.clearest(point, mixed: mixed)
        let hits = Int(evidence.offset > 0 ? evidence.above : evidence.below)
        let others = Int(evidence.offset > 0 ? evidence.below : evidence.above)
        let telling = frameCount - Int(evidence.offset > 0 ? evidence.blindAbove : evidence.blindBelow)
        return name(
            evidence, frameCount: frameCount, hits: hits, others: others, telling: telling,
            mixed: mixed)
    }

    /// Where all colours are damaged alike, green has the least of its surroundings mixed in.
    private static func clearest(_ point: PointEvidence, mixed: Double) -> ChannelEvidence {
        guard mixed == 0, point.candidate.evidence.count == 3 else { return point.evidence }
        let green = point.candidate.evidence[1]
        return green.offset / point.evidence.offset >= alike ? green : point.evidence
    }

    /// From the photos one by one.
    func name(_ photos: [ResidualSeries.Entry]) -> DefectClass {
        let own = Self.moments(photos.map { $0.residual + $0.neighbours })
        let around = Self.moments(photos.map(\.neighbours))
        let above = photos.count { $0.residual > 0 }
        let below = photos.count { $0.residual < 0 }
        let evidence = ChannelEvidence(
            above: 0, below: 0, blindAbove: 0, blindBelow: 0, mean: own.mean, ringMean: around.mean,
            variance: own.variance, ringVariance: around.variance, touching: 0)
        let isUp = evidence.offset > 0
        return name(
            evidence, frameCount: photos.count, hits: isUp ? above : below, others: isUp ? below : above,
            telling: photos.count, mixed: 0)
    }

    private static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, squares / Double(max(1, values.count - 1)))
    }

    /// `hits`, `others`: frames in which it lies on the side of its offset, and on the other one, of those that tell. `mixed`:
    /// see there.
    private func name(
        _ evidence: ChannelEvidence, frameCount: Int, hits: Int, others: Int, telling: Int, mixed: Double
    ) -> DefectClass {
        let variance = Double(evidence.variance)
        let ringVariance = Double(evidence.ringVariance)
        let isUp = evidence.offset > 0
        let slope = (variance / max(1e-9, ringVariance)).squareRoot()
        let isUnstable = slope > Self.unstable(frameCount) && Double(hits) < Self.steadyShare * Double(telling)
        // Pixels of a block keep each other from lying above.
        if kind.isEven, isOneExposure, isUnstable,
            !PointWeighing.isSteady(offset: evidence.offset, variances: variance + ringVariance)
        {
            return .unstable
        }
        if kind == .darks || kind == .sky { return isUp ? .hot : .dead }
        if kind == .flats {
            // One light, more or less of it: what varies is noise, of which no slope tells anything.
            // What is cut off at white has less noise than what is not.
            if isUp { return evidence.mean > Self.nearWhite * white && 2 * variance <= ringVariance ? .stuck : .hot }
            return evidence.mean <= Self.nearBlack(0) * white || evidence.mean <= Self.blind * evidence.ringMean
                ? .dead : .lowGain
        }
        guard ringVariance > 0 else { return variance > 0 ? .unstable : isUp ? .stuck : .dead }
        if isUnstable { return .unstable }
        // What the pixel itself follows. Where most of it is mixed in, the middle between nothing and all is the border.
        let own = (slope - mixed) / (1 - mixed)
        if own >= (mixed > 0 ? Self.lost : Self.following) { return isUp ? .hot : .lowGain }
        let level = (evidence.mean - slope * evidence.ringMean) / (1 - slope)
        if isPassed(level, evidence, others: others, telling: telling) { return isUp ? .hot : .lowGain }
        // A hot pixel that is cut off at white follows the scene less where it is bright.
        if level > Self.nearWhite * white { return own < Self.lost ? .stuck : .hot }
        if isUp || level > Self.nearBlack(slope) * white { return .stuck }
        // At half the gain compression leaves as much of a dead pixel as of one that sees half. But what sees some of the light
        // is black where there is none, and not below. A level is known the less, the more the pixel follows.
        let isBelow = own <= Self.lost && level < -Self.nearBlack(0) * white / (1 - slope)
        return own < Self.blind || isBelow ? .dead : .lowGain
    }

    /// Whether the scene lies beyond `level` in many photos without leaving the pixel behind, as it leaves one that is stuck
    /// there: two deviations fewer than half of them. A camera's curve of tones makes a hot pixel's excess vanish towards
    /// white, so that its slope alone is that of a stuck one.
    private func isPassed(_ level: Double, _ evidence: ChannelEvidence, others: Int, telling: Int) -> Bool {
        let away = abs(level - evidence.ringMean) / Double(evidence.ringVariance).squareRoot()
        let expected = Double(telling) * 0.5 * erfc(away / 2.0.squareRoot()) / 2
        return (level > evidence.ringMean) == (evidence.offset > 0)
            && Double(others) < expected - 2 * expected.squareRoot()
    }

    /// What share of the channel's value is the surroundings', where one colour alone is damaged: JPEG keeps brightness,
    /// of which the colour is a part, and less of colour; how much less, the other channels' offsets tell. Of a change by d
    /// of a colour whose part is w, its own channel keeps w d + c (1 - w) d and the others w d - c w d, with c the share of
    /// colour that is kept. 0 where all are damaged alike.
    private static func mixed(_ channels: [ChannelEvidence], _ channel: Int) -> Double {
        guard channels.count == 3 else { return 0 }
        let own = channels[channel]
        var (rest, slopes) = (0.0, 0.0)
        for other in channels.indices where other != channel {
            let ratio = channels[other].offset / own.offset
            rest = max(rest, ratio, ratio * abs(own.ringMean) / max(1, abs(channels[other].ringMean)))
            slopes += slope(channels[other]) / 2
        }
        guard own.offset != 0, rest < alike || slope(own) < alike * slopes else { return 0 }
        rest = min(1, rest)
        let part = luma[channel]
        let kept = part * (1 - rest) / (part + (1 - part) * rest)
        return 1 - part - (1 - part) * kept
    }

    private static func slope(_ evidence: ChannelEvidence) -> Double {
        (Double(evidence.variance) / max(1e-9, Double(evidence.ringVariance))).squareRoot()
    }

    /// Rec. 601, as JPEG has it.
    static let luma = [0.299, 0.587, 0.114]

    /// Of a line, of which the mean alone is known: its level.
    func isBlack(_ level: Double) -> Bool { level <= Self.nearBlack(Self.blind) * white }
}
