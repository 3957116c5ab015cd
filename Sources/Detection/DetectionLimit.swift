import FastPixPlatform

/// How faint a steady offset these photos could show.
struct DetectionLimit {
    let weighing: PointWeighing
    /// Of each photo: standard deviation of pixels at the neighbour distance.
    let contrasts: [Double]
    /// Nil where it does not matter: see `PointWeighing`.
    let dispersion: Double?
    let spread: Double
    let share: Double
    let offsetNeeded: Double

    /// The 90th percentile of a normal distribution: in nine of ten defects, as counts and offsets scatter.
    private static let deviate = 1.2816

    /// The least offset, in samples, that is found nine times out of ten; nil when none is.
    func offset() -> Double? {
        let white = (contrasts.max() ?? 0) * 64 + offsetNeeded * 4 + spread * 64
        guard white > 0, isFound(white) else { return nil }
        var (low, high) = (0.0, white)
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if isFound(middle) { high = middle } else { low = middle }
        }
        return high
    }

    private func isFound(_ offset: Double) -> Bool {
        let spreads = (offset - Self.deviate * spread) / max(spread, 1e-12)
        guard offset - Self.deviate * spread >= offsetNeeded else { return false }
        let shares = contrasts.map { share($0 > 0 ? offset / $0 : 16) }
        let expected = shares.reduce(0, +)
        let scatter = shares.reduce(0) { $0 + $1 * (1 - $1) }.squareRoot()
        let hits = Int((expected - Self.deviate * scatter + 1e-6).rounded(.down))
        guard hits > 0 else { return false }
        let frameCount = weighing.frameCount
        let most = ExpectedShare.score(hits: frameCount, frames: frameCount, share: share)
        let needed = weighing.needed(most: most)
        let neededHere = weighing.needed(most: most / (dispersion ?? 1))
        let persistence =
            ExpectedShare.score(hits: min(hits, frameCount), frames: frameCount, share: share) / (dispersion ?? 1)
        return persistence >= neededHere && spreads >= weighing.spreadsNeeded(dispersion)
            && (persistence * spreads).squareRoot() >= weighing.togetherNeeded(needed, dispersion)
    }

    /// In how many photos a pixel lies above its neighbours that is brighter by `shift` contrasts. Where scenes are sharp or
    /// noisy, neighbours differ by chance; where they are soft, by a slope. What they are here is not known, and the limit
    /// has to hold for both.
    private func share(_ shift: Double) -> Double {
        weighing.kind.isEven ? Self.shareAbove(shift) : min(Self.shareAbove(shift), Self.shareAboveSlope(shift))
    }

    /// The same on a slope in any direction, whose steepness is a Rayleigh distribution (of two normal components). A
    /// slope of g a neighbour distance puts two pixels of a row 2 g / pi apart in the mean, which is a contrast of g / sqrt(pi),
    /// and the highest of eight neighbours 4 g / pi above: the shift exceeds that where g is below pi / 4 of it.
    static func shareAboveSlope(_ shift: Double) -> Double {
        let steepness = shift * Double.pi.squareRoot() / 4
        return 1 - exp(-Double.pi / 4 * steepness * steepness)
    }

    /// The probability that a normal sample, shifted by `shift` standard deviations, lies above eight others.
    static func shareAbove(_ shift: Double) -> Double {
        var sum = 0.0
        let step = 0.1
        for index in -60...60 {
            let x = Double(index) * step
            let below = 0.5 * erfc(-(x + shift) / 2.0.squareRoot())
            sum += exp(-x * x / 2) / (2 * Double.pi).squareRoot() * pow(below, 8) * step
        }
        return min(1, sum)
    }
}
