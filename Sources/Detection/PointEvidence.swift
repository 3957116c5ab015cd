import FastPixFrames
import Foundation

/// What speaks for a pixel being a defect, in the channel in which most does.
struct PointEvidence {
    let candidate: Candidate
    let channel: Int
    /// 1 is what an entry of the list needs; more is surer.
    let strength: Double
    /// How surprising the number of frames is in which it lies above, or below, its neighbours: see `ExpectedShare`.
    let persistence: Double
    /// Its mean's offset in units of the local pattern's.
    let spreads: Double
    /// Of brightness: in it a defect is localised best, colours are stored more coarsely.
    let brightness: Double

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

    /// A normal deviate that fewer than one in a million sound pixels reaches (both sides together).
    static let persistenceNeeded = 5.0
    /// Of frames without scenes, of which a list may have many entries: one in a thousand million.
    static let persistenceNeededEven = 6.2
    /// The same of offsets; their tail is longer than a normal one's, as parts of a scene that stay are in it.
    static let spreadsNeeded = 5.75
    /// Both are seldom far out for the same reason: together, as a geometric mean, they have to be further.
    static let togetherNeeded = 6.7
    /// Where the frames are too few for `persistenceNeeded` even if all agree, nearly all have to.
    static let shareOfMost = 0.95
    /// Of a pixel that has no counters the offset alone has to say it; twice as many of one whose neighbours hide it, or that
    /// shows in a few of many frames without a scene.
    static let spreadsAlone = 12.0
    /// Of a pixel that lies above in some frames and below in others: variance of the neighbours' against its own. What the
    /// scene draws is seldom half as steady as what is beside it.
    static let steadiness = 4.0

    private static let nearlyAsMuch = 0.75

    /// Nil when nothing speaks for it.
    func weigh(_ candidate: Candidate) -> PointEvidence? {
        let channels = candidate.evidence.indices.map { weigh(candidate, $0) }
        let most = channels.map(\.strength).max() ?? 0
        guard most > 0 else { return nil }
        // Counts soon say all they can in every channel: of those that say nearly as much, the one that is furthest off.
        return channels.filter { $0.strength >= Self.nearlyAsMuch * most }.max {
            abs($0.evidence.offset) < abs($1.evidence.offset)
        }
    }

    private func weigh(_ candidate: Candidate, _ channel: Int) -> PointEvidence {
        let evidence = candidate.evidence[channel]
        let spread = spreads.spread(candidate.row, candidate.column, channel)
        let offset = evidence.offset
        let spreadCount = abs(offset) / max(spread, 1e-9 * max(1, abs(evidence.ringMean)))
        let side: ExpectedShare.Side = offset > 0 ? .above : .below
        let oneSided = candidate.isCounted ? shares.score(candidate, channel, side) : 0
        let either = candidate.isCounted ? shares.score(candidate, channel, .either) : 0
        var strength = 0.0
        if abs(offset) >= offsetNeeded(evidence) {
            let persistence = max(oneSided, either)
            strength = min(
                persistence / (needed(candidate, channel, side) * (1 - relief(spreadCount))),
                spreadCount / Self.spreadsNeeded,
                (persistence * spreadCount).squareRoot() / togetherNeeded(candidate, channel, side))
            if !candidate.isCounted || geometry.isLossless && kind.isEven {
                let alone = Self.spreadsAlone * (candidate.isCounted ? 2 : 1)
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

    /// What shows in a third of the frames only lies far out all the same: then a deviate of 4, one in thirty thousand, is
    /// enough.
    private func relief(_ spreadCount: Double) -> Double {
        kind.isEven ? 0 : 0.2 * min(1, max(0, (spreadCount - 10) / 5))
    }

    private func needed(_ candidate: Candidate, _ channel: Int, _ side: ExpectedShare.Side) -> Double {
        min(
            kind.isEven ? Self.persistenceNeededEven : Self.persistenceNeeded,
            Self.shareOfMost * most(candidate, channel, side))
    }

    private func togetherNeeded(_ candidate: Candidate, _ channel: Int, _ side: ExpectedShare.Side) -> Double {
        Self.togetherNeeded * needed(candidate, channel, side) / Self.persistenceNeeded
    }

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
        case .darks, .sky: return max(step, Double(max(0, evidence.ringVariance)).squareRoot())
        }
    }

    /// Rec. 601 luma, as JPEG has it, of the offsets.
    private func brightness(_ candidate: Candidate) -> Double {
        let offsets = candidate.evidence.map(\.offset)
        guard offsets.count == 3 else { return offsets[0] }
        return 0.299 * offsets[0] + 0.587 * offsets[1] + 0.114 * offsets[2]
    }
}
