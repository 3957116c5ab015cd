import Foundation

/// Decides on single candidates.
struct DefectJudgement {
    enum Verdict {
        case defect(Defect)
        /// Stands out, but is larger than one pixel's smear.
        case extended(ExcludedRegion)
        case notSupported
    }

    let shape: FrameShape
    let photos: Int
    /// Accumulators of which those samples are read that are near a candidate (see `reach`); nil for candidates that
    /// cannot be listed.
    let accumulators: (Candidate) -> Accumulators?
    let settings: DetectionSettings
    let recorder: WitnessRecorder?
    /// Of all photos, when all were looked at.
    var complete: CompleteRecord?
    /// The candidates of the first half.
    let scouted: [WitnessRecorder.Position: Candidate]
    let nullSpread: Double

    /// How many rows and columns away from a candidate its verdict looks.
    static let reach = 1 + max(PixelView.reach, Smear.reach)

    /// The rows, and the columns, that the verdict on a candidate looks at, as far as the frame goes.
    static func rowsSeen(from row: Int) -> Range<Int> { row - reach..<row + reach + 1 }
    static func columnsSeen(from column: Int) -> Range<Int> { column - reach..<column + reach + 1 }

    func verdict(on candidate: Candidate) -> Verdict {
        guard let recorder else { return verdict(candidate, Evidence(unconfirmed: candidate), nil, nil) }
        guard let (first, seen) = record(of: candidate, recorder) else { return .notSupported }
        let all = complete?.recorder.witness(row: first.row, column: first.column)
        let evidence = evidence(candidate, first, seen, all.map { .yes($0) } ?? .no)
        return verdict(
            candidate, evidence, all ?? seen, complete?.series(row: first.row, column: first.column))
    }

    /// Whether a candidate can come on the list, whatever is known of the scatter elsewhere. `seen`: the pixels near it
    /// that were recorded, nil without confirmation.
    static func mayBeListed(
        _ candidate: Candidate, seen: [(first: Candidate, witness: Witness)]?, photos: Int, shape: FrameShape,
        _ settings: DetectionSettings
    ) -> Bool {
        let needed = settings.sensitivity.evidenceNeeded
        guard let seen else { return Evidence(unconfirmed: candidate).value >= needed }
        return seen.contains { first, witness in
            let evidence = Evidence(
                candidate, first: first, witness: witness, all: .no, photos: photos, nullSpread: NullSpread.least,
                shape: shape)
            return evidence.value >= needed
        }
    }

    /// The pixel to look at in all photos: nil when nothing that could be seen there would put it on the list.
    func placeToConfirm(_ candidate: Candidate) -> WitnessRecorder.Position? {
        guard let recorder, let (first, seen) = record(of: candidate, recorder),
            evidence(candidate, first, seen, .notYet).value >= settings.sensitivity.evidenceNeeded
        else { return nil }
        return WitnessRecorder.Position(row: first.row, column: first.column)
    }

    private func evidence(
        _ candidate: Candidate, _ first: Candidate, _ seen: Witness, _ all: Evidence.AllPhotos
    ) -> Evidence {
        Evidence(
            candidate, first: first, witness: seen, all: all, photos: photos, nullSpread: nullSpread,
            shape: shape)
    }

    private func verdict(
        _ candidate: Candidate, _ evidence: Evidence, _ witness: Witness?, _ series: ResidualSeries?
    ) -> Verdict {
        guard evidence.value >= settings.sensitivity.evidenceNeeded else { return .notSupported }
        return describe(candidate, evidence, witness, series)
    }

    /// The candidate of the first half at this place, or one pixel off where compression has moved its peak.
    private func record(of candidate: Candidate, _ recorder: WitnessRecorder) -> (Candidate, Witness)? {
        for (rowStep, columnStep) in Neighbourhood.nearestFirst {
            let place = WitnessRecorder.Position(row: candidate.row + rowStep, column: candidate.column + columnStep)
            if let first = scouted[place], let witness = recorder.witness(row: place.row, column: place.column) {
                return (first, witness)
            }
        }
        return nil
    }

    private func describe(
        _ candidate: Candidate, _ evidence: Evidence, _ witness: Witness?, _ series: ResidualSeries?
    ) -> Verdict {
        guard let accumulators = accumulators(candidate) else { return .notSupported }
        let view = PixelView(accumulators, row: candidate.row, column: candidate.column)
        let contrasts = view.contrasts
        let scale = shape.bitsPerSample == 8 ? 255.0 : 65535.0
        let gain = contrasts.reduce(0) { $0 + $1.mean } / max(1e-9, contrasts.reduce(0) { $0 + $1.neighbourhoodMean })
        let brightest = contrasts.reduce(0) { max($0, $1.mean) }
        let steadiest = contrasts.map { contrast in
            DefectClassifier.Steadiness(
                varianceShift: log(contrast.varianceRatio(offset: Double(ReliefBand.varianceOffset(shape)))),
                gain: contrast.mean / max(1e-9, contrast.neighbourhoodMean), relativeMean: contrast.mean / scale)
        }.min { $0.varianceShift < $1.varianceShift }!
        var kind = DefectClassifier.classify(
            candidate, evidence,
            whole: DefectClassifier.Steadiness(
                varianceShift: candidate.varianceShift, gain: gain, relativeMean: brightest / scale),
            steadiest: steadiest, signShare: witness?.signShare)
        let history = series.map { DefectHistory($0, kind) }
        // What has begun half way and is steady since then does not blink.
        if kind == .unstable, let steady = history?.steadyClass { kind = steady }
        let (place, strongest) = view.sharpest { strength($0, kind) }
        if strongest.meanShift < 0, place.isWideShadow(channel: strongest.channel) {
            return .extended(dust(place, place.shadowExtent(channel: strongest.channel)))
        }
        let extent = place.extent(strongest, ofVariance: kind == .unstable)
        // Where details of scenes differ in contrast, variance differs over areas, not over points.
        if kind == .unstable, max(extent.rows, extent.columns) > Self.largestExtentOfVariance { return .notSupported }
        guard max(extent.rows, extent.columns) <= Self.largestExtent else { return .extended(dust(place, extent)) }
        return .defect(
            Defect(
                row: place.row, column: place.column, channel: strongest.channel, class: kind,
                confidence: Confidence.of(evidence.value, isConfirmed: witness != nil),
                mean: strongest.mean, neighbourhoodMean: strongest.neighbourhoodMean, variance: strongest.variance,
                neighbourhoodVariance: strongest.neighbourhoodVariance, meanScore: candidate.meanScore,
                varianceScore: candidate.varianceScore, extentRows: extent.rows, extentColumns: extent.columns,
                smear: Smear(accumulators, row: place.row, column: place.column),
                evidence: evidence.value, photosConfirming: witness?.count, signShare: witness?.signShare,
                history: history))
    }

    private func dust(_ place: PixelView, _ extent: (rows: Int, columns: Int)) -> ExcludedRegion {
        ExcludedRegion(
            kind: .dust, row: max(0, place.row - extent.rows / 2), column: max(0, place.column - extent.columns / 2),
            rows: extent.rows, columns: extent.columns)
    }

    /// A pixel and its smear; the point spread of demosaicing and chroma subsampling together.
    private static let largestExtent = 5
    private static let largestExtentOfVariance = 3

    private func strength(_ contrast: PixelView.Contrast, _ kind: DefectClass) -> Double {
        let offset = Double(ReliefBand.varianceOffset(shape))
        switch kind {
        case .stuck, .dead: return -log(contrast.varianceRatio(offset: offset))
        case .unstable: return log(contrast.varianceRatio(offset: offset))
        case .hot: return contrast.meanShift
        case .lowGain: return -contrast.meanShift
        }
    }
}
