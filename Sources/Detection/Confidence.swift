import FastPixPlatform

/// The share of entries of a given evidence that are true defects: see Guides/Detection.md for how it was measured.
enum Confidence {
    /// Of what may be what was photographed, as a detail of one view or a star, no more is claimed.
    static let mayBeSeen = 0.3

    static func share(strength: Double) -> Double {
        let value = 1 / (1 + exp(-(strength - middle) / width))
        return (value * 1000).rounded() / 1000
    }

    // 0.97 at 1: of planted and of real entries between 0.95 and 0.98, 96 and 98 in a hundred were true.
    private static let middle = 0.62
    private static let width = 0.11
}
