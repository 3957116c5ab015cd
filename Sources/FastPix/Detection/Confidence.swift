import Foundation

/// Turns evidence into the probability that an entry is a defect.
enum Confidence {
    static func of(_ evidence: Double, isConfirmed: Bool) -> Double {
        let certainty = 1 / (1 + exp(-slope * (evidence - even)))
        return isConfirmed ? certainty : certainty * unconfirmed
    }

    /// Evidence at which defects and others are equally many.
    private static let even = 0.6
    private static let slope = 7.0
    private static let unconfirmed = 0.8
}
