import FastPixFrames

/// Photos whose levels fall into two kinds with nothing in between: of a set that names no camera, a sign that it may be of
/// two sensors.
package struct TwoKinds: Sendable, Equatable {
    /// How many photos are darker, and how many brighter; and the mean sample of either kind.
    package let darker: Int
    package let brighter: Int
    package let darkerLevel: Double
    package let brighterLevel: Double

    /// Nil when there are no two kinds, of floating-point frames, or when exposure times that differ can explain them.
    package init?(_ facts: [FrameFact], shape: FrameShape) {
        guard shape.sampleType != .f32, Set(facts.map(\.exposureSeconds)).count <= 1 else { return nil }
        let samples = Double(CoarseSums.rowCount(shape) * shape.width)
        let levels = facts.map { Double($0.level) / samples }.sorted()
        let least = max(3, levels.count / 10)
        guard levels.count >= 2 * least else { return nil }
        // The widest gap.
        var split = least
        var gap = 0.0
        for index in least...levels.count - least where levels[index] - levels[index - 1] > gap {
            gap = levels[index] - levels[index - 1]
            split = index
        }
        let widest: Double = max(levels[split - 1] - levels[0], levels[levels.count - 1] - levels[split])
        guard gap > Self.ranges * widest, gap > Self.share * levels[split] else { return nil }
        darker = split
        brighter = levels.count - split
        darkerLevel = levels.prefix(split).reduce(0, +) / Double(split)
        brighterLevel = levels.dropFirst(split).reduce(0, +) / Double(levels.count - split)
    }

    /// The gap between the kinds, in widths of the wider one. Of a dozen photos of any brightness one set in two hundred has
    /// a gap of two widths by chance; two sensors' levels lie tens of widths apart.
    private static let ranges = 5.0
    /// The gap as a share of the brighter kind's least level.
    private static let share = 0.1
}
