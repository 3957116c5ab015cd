import Foundation

/// Turns evidence into the probability that an entry is a defect: a logistic curve through the share of true entries
/// among those of like evidence, for planted defects and photos without any (Guides/Detection.md).
enum Confidence {
    static func of(_ evidence: Double, isConfirmed: Bool) -> Double {
        let certainty = 1 / (1 + exp(-slope * (evidence - even)))
        return isConfirmed ? certainty : certainty * unconfirmed
    }

    /// Evidence at which defects and others are equally many.
    private static let even = 0.8
    private static let slope = 12.0
    private static let unconfirmed = 0.8
}
