import Testing

@testable import FastPixDetection

/// What a pixel of given moments and counts is called.
struct DefectClassifierTests {
    /// A pixel that is `slope` times its neighbours' 110 (deviation 38) and what is needed to have `level` in common.
    private static func evidence(
        slope: Double, level: Double, around: Double = 110, deviation: Double = 38, above: Int = 0, below: Int = 0
    ) -> ChannelEvidence {
        ChannelEvidence(
            above: UInt16(above), below: UInt16(below), blindAbove: 0, blindBelow: 0,
            mean: level + slope * (around - level), ringMean: around, variance: slope * slope * deviation * deviation,
            ringVariance: deviation * deviation, touching: 0)
    }

    private static func name(_ channels: [ChannelEvidence], _ channel: Int = 0, frames: Int = 60) -> DefectClass {
        let candidate = Candidate(
            row: 9, column: 9, isCounted: true, evidence: channels, reach: Candidate.Reach(), tinge: Candidate.Reach(),
            border: nil, spill: 0)
        let point = PointEvidence(
            candidate: candidate, channel: channel, strength: 2, persistence: 10, spreads: 20, brightness: 20)
        return DefectClassifier(kind: .scenes, white: 255).name(point, frameCount: frames)
    }

    /// A curve of tones makes the excess of a hot pixel vanish towards white. One that is stuck is left behind where the
    /// scene is brighter. Moments and counts of a Canon EOS 1100D's pixel in 120 photos.
    @Test func whatTheSceneNeverLeavesBehindIsHot() {
        func pixel(below: Int) -> ChannelEvidence {
            Self.evidence(slope: 0.762, level: 215, around: 179, deviation: 41.6, above: 78, below: below)
        }
        #expect(Self.name([pixel(below: 0)], frames: 120) == .hot)
        #expect(Self.name([pixel(below: 20)], frames: 120) == .stuck)
    }

    /// Red of a mosaic, in JPEG of quality 90 and half the resolution of colours: as much of its surroundings is mixed in as
    /// a pixel of half the gain follows them.
    @Test(arguments: [(20.0, DefectClass.dead), (190, .stuck)]) func oneColourIsToldFromTheOthers(
        level: Double, expected: DefectClass
    ) {
        let own = Self.evidence(slope: 0.55, level: level, above: level > 110 ? 55 : 0, below: level > 110 ? 0 : 55)
        let others = Self.evidence(slope: 0.8, level: level)
        #expect(Self.name([own, others, others]) == expected)
        let alike = Self.evidence(slope: 0.57, level: level, above: level > 110 ? 55 : 0, below: level > 110 ? 0 : 55)
        #expect(Self.name([own, alike, alike]) == (level > 110 ? .stuck : .lowGain))
    }

    /// The level that a pixel and its neighbours have in common is known the less, the more it follows them.
    @Test(arguments: [(0.7, DefectClass.lowGain), (0.4, .dead)]) func whatSeesMostOfTheLightIsNotDead(
        slope: Double, expected: DefectClass
    ) {
        #expect(Self.name([Self.evidence(slope: slope, level: -30, below: 58)]) == expected)
    }

    /// Of flats, in which nothing but noise varies.
    @Test(arguments: [
        (19277.0, 170.0, DefectClass.lowGain), (24900, 170, .lowGain), (300, 170, .dead), (0, 170, .dead),
        (31000, 170, .hot), (64000, 170, .hot), (64000, 80, .stuck),
    ]) func flatsAreNamedByTheirLight(mean: Double, deviation: Double, expected: DefectClass) {
        let evidence = ChannelEvidence(
            above: 0, below: 0, blindAbove: 0, blindBelow: 0, mean: mean, ringMean: 27629,
            variance: deviation * deviation, ringVariance: 160 * 160, touching: 0)
        let candidate = Candidate(
            row: 9, column: 9, isCounted: true, evidence: [evidence], reach: Candidate.Reach(),
            tinge: Candidate.Reach(),
            border: nil, spill: 0)
        let point = PointEvidence(
            candidate: candidate, channel: 0, strength: 2, persistence: 10, spreads: 20, brightness: 20)
        #expect(DefectClassifier(kind: .flats, white: 65535).name(point, frameCount: 20) == expected)
    }

    /// Of one colour that follows the scene all the same.
    @Test func oneHotColourIsHot() {
        let own = Self.evidence(slope: 1, level: 0, above: 55)
        let hot = ChannelEvidence(
            above: 55, below: 0, blindAbove: 0, blindBelow: 0, mean: own.mean + 20, ringMean: own.ringMean,
            variance: own.variance * 0.96, ringVariance: own.ringVariance, touching: 0)
        let rest = ChannelEvidence(
            above: 30, below: 0, blindAbove: 0, blindBelow: 0, mean: own.mean + 8, ringMean: own.ringMean,
            variance: own.variance, ringVariance: own.ringVariance, touching: 0)
        for channel in 0..<3 {
            #expect(Self.name((0..<3).map { $0 == channel ? hot : rest }, channel) == .hot)
        }
    }

    /// What is mixed in moves the level, and the less of it the less.
    @Test func whatIsStuckAtADarkGreyIsNotDead() {
        #expect(Self.name([Self.evidence(slope: 0.19, level: 25, below: 55)]) == .stuck)
        #expect(Self.name([Self.evidence(slope: 0.1, level: -8, below: 60)]) == .dead)
        // Of green alone, at quality 90: red and blue have almost its offset.
        let rest = Self.evidence(slope: 0.5, level: -5, below: 60)
        #expect(Self.name([rest, Self.evidence(slope: 0.36, level: 15, below: 60), rest], 1) == .dead)
        let half = Self.evidence(slope: 0.45, level: 15, below: 60)
        #expect(Self.name([half, Self.evidence(slope: 0.42, level: 18, below: 60), half], 1) == .lowGain)
        #expect(Self.name([Self.evidence(slope: 0, level: 17, below: 60)]) == .stuck)
    }

    /// Pixels of less gain are black where the scene is, and not below.
    @Test func noGainIsBelowBlack() {
        #expect(Self.name([Self.evidence(slope: 0.5, level: -56, below: 60)]) == .dead)
        #expect(Self.name([Self.evidence(slope: 0.5, level: 3, below: 60)]) == .lowGain)
    }

    @Test func whatIsBrighterThanTheNightIsNotDead() {
        #expect(Self.name([Self.evidence(slope: 0.1, level: 24, around: 6, deviation: 5, above: 60)]) == .stuck)
    }

    /// Healed after half of 60 photos, and hot pixels whose excess grows with exposures.
    @Test func unstableIsMoreThanExposuresMake() {
        #expect(Self.name([Self.evidence(slope: 1.4, level: 0, above: 31)].map(raised)) == .unstable)
        #expect(Self.name([Self.evidence(slope: 1.27, level: 0, above: 110)].map(raised), frames: 300) == .hot)
        #expect(Self.name([Self.evidence(slope: 1.37, level: 0, above: 12)].map(raised), frames: 30) == .hot)
        #expect(Self.name([Self.evidence(slope: 1.4, level: 0, above: 58)].map(raised)) == .hot)
    }

    private func raised(_ evidence: ChannelEvidence) -> ChannelEvidence {
        ChannelEvidence(
            above: evidence.above, below: 0, blindAbove: 0, blindBelow: 0, mean: evidence.ringMean + 45,
            ringMean: evidence.ringMean, variance: evidence.variance, ringVariance: evidence.ringVariance, touching: 0)
    }
}
