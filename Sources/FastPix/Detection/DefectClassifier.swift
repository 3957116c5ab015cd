import Foundation

/// Names the class of a defect from which map it stands out in.
enum DefectClassifier {
    /// `gain`: mean over the neighbourhood's mean. `relativeMean`: mean over full scale. `signShare`: see `Witness`.
    static func classify(
        _ candidate: Candidate, _ evidence: Evidence, gain: Double, relativeMean: Double, signShare: Double?
    ) -> DefectClass {
        if candidate.varianceShift < 0, candidate.varianceShift <= stuckVarianceShift,
            evidence.ofVariance > 0 || evidence.ofMean > 0
        {
            // A pixel of lower gain follows the scene at a smaller scale: variance falls with the gain's square.
            let ofGain = 2 * log(max(0.02, gain))
            if gain < 0.45 || relativeMean < blackLevel { return .dead }
            if gain < 0.9, candidate.varianceShift > ofGain - gainTolerance { return .lowGain }
            return .stuck
        }
        let isOfVariance = evidence.ofVariance >= min(1, evidence.ofMean) && (signShare ?? 0) < steadyShare
        if isOfVariance, candidate.varianceShift > 0 { return .unstable }
        if isOfVariance, evidence.ofVariance > evidence.ofMean, candidate.meanShift > 0 { return .stuck }
        return candidate.meanShift > 0 ? .hot : .lowGain
    }

    /// Less than 0.41 of the neighbours' variance.
    private static let stuckVarianceShift = -0.9
    private static let blackLevel = 0.04
    private static let gainTolerance = 1.0
    /// A hot pixel is brighter in nearly every photo, a blinking one only in some.
    static let steadyShare = 0.85
}
