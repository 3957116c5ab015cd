import FastPixFrames
import FastPixPlatform

/// What speaks for a pixel being a defect, in the channel in which most does.
struct PointEvidence {
    let candidate: Candidate
    let channel: Int
    /// 1 is what an entry of the list needs; more is surer.
    let strength: Double
    /// How surprising the number of frames is in which it lies above, or below, its neighbours: see `ExpectedShare`; where
    /// photos repeat themselves, in units of what is usual there.
    let persistence: Double
    /// Its mean's offset in units of the local pattern's.
    let spreads: Double
    /// Of brightness: in it a defect is localised best, colours are stored more coarsely.
    let brightness: Double

    func with(strength: Double) -> PointEvidence {
        PointEvidence(
            candidate: candidate, channel: channel, strength: strength, persistence: persistence, spreads: spreads,
            brightness: brightness)
    }

    var row: Int { candidate.row }
    var column: Int { candidate.column }
    var evidence: ChannelEvidence { candidate.evidence[channel] }
}

/// Weighs candidates.
struct PointWeighing {
    let shares: ExpectedShare
    let spreads: PatternSpread
    let geometry: FrameGeometry
    let kind: FrameKind
    let frameCount: Int
    let leastOffset: Double?
    /// Of a single frame, as a standard deviation: half of the frames have no more.
    let noise: Double
    /// Of photos of different things; nil where pixels are judged without scenes, or in spite of one.
    let dispersion: CountDispersion?
    /// Whether a mean that lies far off in frame after frame says enough: in one view all details do.
    let isSteadinessEnough: Bool
    /// Whether what a single frame shows is a particle: of dark frames that are exposed alike.
    let mayBeRadiation: Bool

    /// A normal deviate that fewer than one in a million sound pixels reaches (both sides together).
    private static let persistenceNeeded = 5.0
    /// Of frames without scenes, of which a list may have many entries: one in a thousand million.
    private static let persistenceNeededEven = 6.2
    /// Offsets where the sensor's pattern decides: 8.2 standard deviations, as their tail is longer than a normal one's. On
    /// even ground over 200 photos, with patterns of 0.8 and 1.5 %, no sound pixel of 0.6 Mpx lay further than 3.9 off.
    private static let spreadsNeeded = 5.75
    /// The same where counts scatter as chance makes them: no pattern shows, and what persists need not lie far from what
    /// scenes have left in the mean. Grows with the scatter up to the other.
    private static let spreadsNeededOfChance = 2.5
    /// Both are seldom far out for the same reason: together, as a geometric mean, they have to be further. Of 15 Mpx of
    /// photos of six cameras and of scenes of sharp edges, the sound pixel furthest out had 4.7, and ten times as many go
    /// half a unit further.
    private static let togetherNeeded = 5.5
    /// Where the pattern decides.
    private static let togetherNeededOfPattern = 6.7

    func spreadsNeeded(_ dispersion: Double?) -> Double {
        dispersion.map { min(Self.spreadsNeeded, Self.spreadsNeededOfChance * $0) } ?? Self.spreadsNeeded
    }
    /// Where the frames are too few for `persistenceNeeded` even if all agree, nearly all have to: one in twenty may hide it.
    private static let shareOfMost = 0.95
    /// Of a pixel that has no counters, or whose neighbours hide it, the offset alone has to say it, twice as far as beside
    /// counts; twice as many again of one that shows in a few of many frames without a scene.
    static let spreadsAlone = 12.0
    /// Of a pixel that lies above in some frames and below in others: variance of the neighbours' against its own. What the
    /// scene draws is seldom half as steady as what is beside it.
    static let steadiness = 4.0

    /// Of a pixel that shows in a few of many frames, a deviate of one in a thousand: most of the evidence is its offset.
    private static let persistenceOfFew = 3.0
    /// Of its offset, what touching pixels of a point have less than.
    static let touchingOfPoints: Float = 0.25
    /// Channels see one defect: evidence that differs by less is chance and interpolation.
    private static let nearlyAsMuch = 0.75

    func weigh(_ candidate: Candidate) -> PointEvidence {
        let channels = candidate.evidence.indices.map { weigh(candidate, $0) }
        let most = channels.map(\.strength).max() ?? 0
        // Counts soon say all they can in every channel: of those that say nearly as much, the one that is furthest off.
        return channels.filter { $0.strength >= Self.nearlyAsMuch * most }.max {
            abs($0.evidence.offset) < abs($1.evidence.offset)
        } ?? channels[0]
    }

    /// Whether a pixel whose counts say too little has a reason for it: one of `points`, as far off, is among the neighbours
    /// that it would have to lie above.
    func isHidden(_ point: PointEvidence, by others: some Sequence<PointEvidence>) -> Bool {
        let distance = geometry.shape.neighbourDistance
        return point.spreads >= Self.spreadsNeeded && !(mayBeRadiation && isOfOneFrame(point.evidence))
            && others.contains { other in
                let (own, its) = (point.evidence.offset, other.evidence.offset)
                // Far off it need not be damaged alike.
                let isAlike =
                    abs(own) >= Self.hiddenShare * abs(its)
                    || kind.isEven && point.spreads >= Self.spreadsAlone
                        && point.evidence.touching < Self.touchingOfPoints
                return own * its > 0 && isAlike && other.spreads >= Self.spreadsNeeded
                    && abs(other.row - point.row) <= distance && abs(other.column - point.column) <= distance
            }
    }

    /// Whether both are as steady as nothing that a photo shows, alike, and among each other's neighbours, so that neither
    /// ever lies above or below all of its own.
    func hideEachOther(_ a: PointEvidence, _ b: PointEvidence) -> Bool {
        let distance = geometry.shape.neighbourDistance
        let (rows, columns) = (abs(a.row - b.row), abs(a.column - b.column))
        return max(rows, columns) == distance && rows % distance == 0 && columns % distance == 0
            && [a, b].allSatisfy(isSilent) && a.evidence.offset * b.evidence.offset > 0
            && min(abs(a.evidence.offset), abs(b.evidence.offset))
                >= Self.hiddenShare * max(abs(a.evidence.offset), abs(b.evidence.offset))
    }

    private func isSilent(_ point: PointEvidence) -> Bool {
        let evidence = point.evidence
        return point.candidate.isCounted && evidence.above == 0 && evidence.below == 0
            && point.spreads >= Self.spreadsAlone && abs(evidence.offset) >= offsetNeeded(evidence)
            && Self.steadiness * Double(evidence.variance) <= Double(evidence.ringVariance)
    }

    /// Of the offset of the one that hides it: pixels of a cluster are damaged alike.
    static let hiddenShare = 0.6

    /// Whether an offset stands out of what pixel and neighbours do from frame to frame, so that it is there in eight of nine
    /// frames at least, whatever they do (Chebyshev 1867: beyond three deviations lies less than a ninth).
    static func isSteady(offset: Double, variances: Double) -> Bool { offset * offset >= 9 * variances }

    private func weigh(_ candidate: Candidate, _ channel: Int) -> PointEvidence {
        let evidence = candidate.evidence[channel]
        let spread = spreads.spread(candidate.row, candidate.column, channel)
        let offset = evidence.offset
        let spreadCount = abs(offset) / max(spread, 1e-9 * max(1, abs(evidence.ringMean)))
        let side: ExpectedShare.Side = offset > 0 ? .above : .below
        let repeated = dispersion?.factor(candidate.row, candidate.column)
        let usual = repeated ?? 1
        let oneSided = candidate.isCounted ? shares.score(candidate, channel, side) / usual : 0
        let either = candidate.isCounted ? shares.score(candidate, channel, .either) / usual : 0
        var strength = 0.0
        if abs(offset) >= offsetNeeded(evidence), !mayBeRadiation || !isOfOneFrame(evidence) {
            let persistence = max(oneSided, either)
            strength = min(
                persistence
                    / (needed(most: most(candidate, channel, side) / usual) * (1 - relief(spreadCount, repeated))),
                spreadCount / spreadsNeeded(repeated),
                (persistence * spreadCount).squareRoot()
                    / togetherNeeded(needed(most: most(candidate, channel, side)), repeated))
            // No lens draws a pixel and leaves those that touch it as they are; interpolation and compression do not, either.
            let isBare = geometry.isLossless && geometry.colours == 1 && evidence.touching < Self.touchingOfPoints
            if !kind.isEven, !isBare { strength = min(strength, isolation(evidence) / Self.isolationNeeded) }
            // Stars that pass by are wider than a pixel, and lie above no more often than others.
            let showsSeldom =
                geometry.isLossless && kind.isEven && persistence >= Self.persistenceOfFew
                && evidence.touching < Self.touchingOfPoints
            // At the frame's edge a slope of the scene is an offset, of all pixels alike.
            let isAtEdge = !candidate.isCounted && (kind.isEven || evidence.touching < Self.touchingOfPoints)
            // Pixels of a block hide each other from the counts.
            let isOfBlock =
                isSteadinessEnough && candidate.border != nil && usual <= Self.scatterOfChance
                && Self.isSteady(offset: offset, variances: evidence.variance + evidence.ringVariance)
            if isAtEdge || showsSeldom || isOfBlock {
                let alone = Self.spreadsAlone * (candidate.isCounted && !isOfBlock ? 2 : 1)
                strength = max(strength, min(1.2, spreadCount / alone))
            }
        }
        // Stuck in the middle of what the scene shows: no steady offset, but no scene either.
        if !kind.isEven, evidence.ringVariance > 0, evidence.above > 0, evidence.below > 0 {
            let steadiness = Double(evidence.ringVariance) / max(Double(evidence.variance), 1e-9)
            strength = max(
                strength, min(either / Self.persistenceNeeded, log2(steadiness) / log2(Self.steadiness), 3))
        }
        return PointEvidence(
            candidate: candidate, channel: channel, strength: strength, persistence: max(oneSided, either),
            spreads: spreadCount, brightness: brightness(candidate))
    }

    /// Whether the mean lies off because of one frame, or two: then it is one deviation of itself from the neighbours', or 1.5.
    private func isOfOneFrame(_ evidence: ChannelEvidence) -> Bool {
        evidence.offset * evidence.offset * Double(frameCount) < 4 * Double(evidence.variance)
    }

    /// What shows in a third of the frames only lies far out all the same: then a deviate of 4, one in thirty thousand, is
    /// enough, unless photos repeat themselves.
    private func relief(_ spreadCount: Double, _ dispersion: Double?) -> Double {
        dispersion ?? .infinity > Self.scatterOfChance ? 0 : 0.2 * min(1, max(0, (spreadCount - 10) / 5))
    }

    /// How far a pixel lies off in units of how far apart those around it lie themselves.
    private func isolation(_ evidence: ChannelEvidence) -> Double {
        abs(evidence.offset) / max(Double(evidence.unevenness), 1e-9 * max(1, abs(evidence.ringMean)))
    }

    /// What surrounds a defect knows nothing of it, and a detail that stays is one among others. In nine sets of photos of
    /// different things, 99 of 100 defects that show in both halves have 3 and more, most of them 12; in five of views that
    /// stand still in part, most details have about 1.
    private static let isolationNeeded = 2.5

    /// `most`: the score of a pixel that lies on one side in all frames, of which too few, or too much that repeats, leave
    /// little.
    func needed(most: Double) -> Double {
        min(kind.isEven ? Self.persistenceNeededEven : Self.persistenceNeeded, Self.shareOfMost * most)
    }

    /// `needed`: of the persistence. Grows with the spreads that are needed.
    func togetherNeeded(_ needed: Double, _ dispersion: Double?) -> Double {
        let grown =
            (spreadsNeeded(dispersion) - Self.spreadsNeededOfChance) / (Self.spreadsNeeded - Self.spreadsNeededOfChance)
        let together = Self.togetherNeeded + grown * (Self.togetherNeededOfPattern - Self.togetherNeeded)
        return together * needed / Self.persistenceNeeded
    }

    /// Of photos of different things: see `CountDispersion`.
    static let scatterOfChance = 1.5

    /// The score of a pixel that lies on one side in all frames.
    private func most(_ candidate: Candidate, _ channel: Int, _ side: ExpectedShare.Side) -> Double {
        ExpectedShare.score(
            hits: frameCount, frames: frameCount, share: shares.share(candidate.row, candidate.column, channel, side))
    }

    /// The least offset that counts, in samples: what can be seen. Two levels of 8 bits, or two per cent of the light; of
    /// dark frames, one step, or the noise of a single frame.
    func offsetNeeded(_ evidence: ChannelEvidence) -> Double {
        if let leastOffset { return leastOffset }
        let step = geometry.shape.sampleType == .f32 ? 0 : 1.0
        switch kind {
        case .scenes, .flats:
            let levels = geometry.shape.bitsPerSample == 8 ? 2 * step : step
            return max(levels, 0.02 * abs(evidence.ringMean))
        // Where a star passes by the frame's noise counts, not the star.
        case .darks, .sky: return max(step, min(noise, Double(max(0, evidence.ringVariance)).squareRoot()))
        }
    }

    /// Of the offsets.
    private func brightness(_ candidate: Candidate) -> Double {
        let offsets = candidate.evidence.map(\.offset)
        guard offsets.count == 3 else { return offsets[0] }
        let luma = DefectClassifier.luma
        return luma[0] * offsets[0] + luma[1] * offsets[1] + luma[2] * offsets[2]
    }
}
