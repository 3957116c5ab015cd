import Foundation

/// How faint a steady offset these photos could show.
struct DetectionLimit {
    let frameCount: Int
    /// Of each photo: standard deviation of pixels at the neighbour distance.
    let contrasts: [Double]
    let spread: Double
    let share: Double
    let offsetNeeded: Double

    /// In nine of ten defects, as counts and offsets scatter.
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
        let shares = contrasts.map { Self.shareAbove($0 > 0 ? offset / $0 : 16) }
        let expected = shares.reduce(0, +)
        let scatter = shares.reduce(0) { $0 + $1 * (1 - $1) }.squareRoot()
        let hits = Int((expected - Self.deviate * scatter + 1e-6).rounded(.down))
        guard hits > 0 else { return false }
        let most = ExpectedShare.score(hits: frameCount, frames: frameCount, share: share)
        let needed = min(PointWeighing.persistenceNeeded, PointWeighing.shareOfMost * most)
        let persistence = ExpectedShare.score(hits: min(hits, frameCount), frames: frameCount, share: share)
        return persistence >= needed && spreads >= PointWeighing.spreadsNeeded
            && (persistence * spreads).squareRoot()
                >= PointWeighing.togetherNeeded * needed / PointWeighing.persistenceNeeded
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
