import Foundation

/// Names the class of a defect from which map it stands out in.
enum DefectClassifier {
    /// How much of the scene a pixel, or one of its channels, still shows.
    struct Steadiness {
        /// Natural logarithm of the variance minus the neighbourhood's.
        let varianceShift: Double
        /// Mean over the neighbourhood's mean.
        let gain: Double
        /// Mean over full scale.
        let relativeMean: Double
    }

    /// `whole`: of all channels together; `steadiest`: of the channel that varies least, since demosaicing may leave a
    /// defect to one of them. `signShare`: see `Witness`.
    static func classify(
        _ candidate: Candidate, _ evidence: Evidence, whole: Steadiness, steadiest: Steadiness, signShare: Double?
    ) -> DefectClass {
        for steadiness in [whole, steadiest] where steadiness.varianceShift <= stuckVarianceShift {
            // A pixel of lower gain follows the scene at a smaller scale: variance falls with the gain's square.
            let ofGain = 2 * log(max(0.02, steadiness.gain))
            if steadiness.gain < 0.45 || steadiness.relativeMean < blackLevel { return .dead }
            if steadiness.gain < 0.9, steadiness.varianceShift > ofGain - gainTolerance { return .lowGain }
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
