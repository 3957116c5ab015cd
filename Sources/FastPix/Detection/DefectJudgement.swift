import Foundation

/// Decides on single candidates.
struct DefectJudgement {
    enum Verdict {
        case defect(Defect)
        /// Stands out, but is larger than one pixel's smear.
        case extended(ExcludedRegion)
        case notSupported
    }

    let accumulators: Accumulators
    let settings: DetectionSettings
    let recorder: WitnessRecorder?
    /// Of all photos, when all were looked at.
    let complete: WitnessRecorder?
    /// The candidates of the first half.
    let scouted: [WitnessRecorder.Position: Candidate]
    let nullSpread: Double

    private var shape: FrameShape { accumulators.shape }

    func verdict(on candidate: Candidate) -> Verdict {
        let evidence: Evidence
        var witness: Witness?
        if let recorder {
            guard let (first, seen) = record(of: candidate, recorder) else { return .notSupported }
            let all = complete?.witness(row: first.row, column: first.column)
            witness = all ?? seen
            evidence = Evidence(
                candidate, first: first, witness: seen, all: all, photos: accumulators.frameCount,
                nullSpread: nullSpread,
                shape: shape)
        } else {
            evidence = Evidence(unconfirmed: candidate)
        }
        guard evidence.value >= settings.sensitivity.evidenceNeeded else { return .notSupported }
        return describe(candidate, evidence, witness)
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

    private func describe(_ candidate: Candidate, _ evidence: Evidence, _ witness: Witness?) -> Verdict {
        let view = PixelView(accumulators, row: candidate.row, column: candidate.column)
        let contrasts = view.contrasts
        let scale = shape.bitsPerSample == 8 ? 255.0 : 65535.0
        let gain = contrasts.reduce(0) { $0 + $1.mean } / max(1e-9, contrasts.reduce(0) { $0 + $1.neighbourhoodMean })
        let brightest = contrasts.reduce(0) { max($0, $1.mean) }
        let kind = DefectClassifier.classify(
            candidate, evidence, gain: gain, relativeMean: brightest / scale, signShare: witness?.signShare)
        let (place, strongest) = view.sharpest { strength($0, kind) }
        let extent = place.extent(strongest, ofVariance: kind == .unstable)
        // Where details of scenes differ in contrast, variance differs over areas, not over points.
        if kind == .unstable, max(extent.rows, extent.columns) > Self.largestExtentOfVariance { return .notSupported }
        guard max(extent.rows, extent.columns) <= Self.largestExtent else {
            return .extended(
                ExcludedRegion(
                    kind: .dust, row: max(0, place.row - extent.rows / 2),
                    column: max(0, place.column - extent.columns / 2), rows: extent.rows,
                    columns: extent.columns))
        }
        return .defect(
            Defect(
                row: place.row, column: place.column, channel: strongest.channel, class: kind,
                confidence: Confidence.of(evidence.value, isConfirmed: witness != nil),
                mean: strongest.mean, neighbourhoodMean: strongest.neighbourhoodMean, variance: strongest.variance,
                neighbourhoodVariance: strongest.neighbourhoodVariance, meanScore: candidate.meanScore,
                varianceScore: candidate.varianceScore, extentRows: extent.rows, extentColumns: extent.columns,
                smear: Smear(accumulators, row: place.row, column: place.column),
                evidence: evidence.value, photosConfirming: witness?.count, signShare: witness?.signShare))
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
