/// Whether a defect is stronger in photos with more of a setting, ISO or exposure time. A comparison, not a cause:
/// photos at high ISO are darker scenes, too.
package struct SettingDependence: Sendable, Codable, Equatable {
    package enum Verdict: String, Sendable, Codable {
        case grows, shrinks
        /// No difference beyond chance.
        case steady
        /// The photos' settings are too much alike, or not known.
        case notEnoughVariety = "not-enough-variety"
    }

    /// The photos with less, or with more, of the setting.
    package struct Part: Sendable, Codable, Equatable {
        package let photos: Int
        /// The setting's range, as EXIF has it (seconds).
        package let least: Double
        package let greatest: Double
        /// How much the defect shows, in sample units: mean difference from the neighbours.
        package let meanResidual: Double
    }

    package let verdict: Verdict
    /// Nil without variety.
    package let lower: Part?
    package let upper: Part?

    enum CodingKeys: String, CodingKey { case verdict, lower, upper }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(lower, forKey: .lower)
        try container.encode(upper, forKey: .upper)
    }

    /// `photos`: the setting, where it is known, and how much the photo shows of the defect.
    /// `rounding`: see `ResidualSeries`.
    init(_ photos: some Sequence<(Double?, Double)>, rounding: Double) {
        let known = photos.compactMap { setting, strength in setting.map { (setting: $0, strength: strength) } }
            .sorted { ($0.setting, $0.strength) < ($1.setting, $1.strength) }
        guard let cut = Self.cut(known.map(\.setting)) else {
            verdict = .notEnoughVariety
            lower = nil
            upper = nil
            return
        }
        let parts = [known[..<cut], known[cut...]].map { part in
            (part: part, moments: Self.moments(part.map(\.strength)))
        }
        let described = parts.map { part, moments in
            Part(
                photos: part.count, least: part.first?.setting ?? 0, greatest: part.last?.setting ?? 0,
                meanResidual: moments.mean)
        }
        lower = described[0]
        upper = described[1]
        // Welch's t, and Satterthwaite's degrees of freedom.
        let errors = parts.map { max(rounding * rounding, $0.moments.variance) / Double($0.part.count) }
        let error = errors.reduce(0, +)
        let difference = parts[1].moments.mean - parts[0].moments.mean
        guard error > 0 else {
            verdict = difference > 0 ? .grows : difference < 0 ? .shrinks : .steady
            return
        }
        let freedom = error * error / zip(errors, parts).reduce(0) { $0 + $1.0 * $1.0 / Double($1.1.part.count - 1) }
        let score = Deviate.ofStudent(difference / error.squareRoot(), freedom: freedom)
        let needed = Deviate.exceeded(with: Self.falseAlarm / 2)
        verdict = score >= needed ? .grows : score <= -needed ? .shrinks : .steady
    }

    /// Where the sorted settings fall into two parts that are as equal in number as equal settings allow; nil when one
    /// of them is too small or the settings are too close.
    private static func cut(_ settings: [Double]) -> Int? {
        let cuts = settings.indices.dropFirst().filter { settings[$0] > settings[$0 - 1] }
        guard let cut = cuts.min(by: { abs(2 * $0 - settings.count) < abs(2 * $1 - settings.count) }),
            min(cut, settings.count - cut) >= fewestPhotos,
            settings[(cut + settings.count) / 2] >= leastRatio * settings[cut / 2]
        else { return nil }
        return cut
    }

    private static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let m2 = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, m2 / Double(max(1, values.count - 1)))
    }

    /// In each part: two parts of five lie apart altogether by chance once in 126 times, two of four once in 35.
    private static let fewestPhotos = 5
    /// Between the parts' medians: half a stop.
    private static let leastRatio = 1.4
    /// Of a defect that is the same at all settings, to be said to grow or to shrink.
    private static let falseAlarm = 1e-3
}
