import FastPixPlatform

/// Whether a defect is stronger in photos with more of a setting: ISO, exposure time, temperature. A comparison, not a cause:
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

    /// What makes two settings differ enough to tell anything.
    enum Variety {
        /// Of ISO and seconds: half a stop.
        case ratio
        /// Of degrees Celsius: dark current doubles with every five to seven.
        case degrees

        func tells(_ less: Double, _ more: Double) -> Bool {
            switch self {
            case .ratio: more >= 1.4 * less
            case .degrees: more >= less + 3
            }
        }

        /// What a defect may be in proportion to: dark current doubles with every five to seven degrees.
        func scaled(_ setting: Double) -> Double { self == .ratio ? setting : exp2(setting / 6) }
    }

    package let verdict: Verdict
    /// Nil without variety.
    package let lower: Part?
    package let upper: Part?
    /// The straight line through all photos: how much more the defect shows, in sample units, for each second, ISO or degree
    /// more, and how much at none. Of dark frames and seconds these are the dark current and the offset. Nil without variety.
    package let slope: Double?
    package let intercept: Double?

    enum CodingKeys: String, CodingKey { case verdict, lower, upper, slope, intercept }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(lower, forKey: .lower)
        try container.encode(upper, forKey: .upper)
        try container.encode(slope, forKey: .slope)
        try container.encode(intercept, forKey: .intercept)
    }

    /// `photos`: the setting, where it is known, and how much the photo shows of the defect.
    /// `rounding`: see `ResidualSeries`.
    init(_ photos: some Sequence<(Double?, Double)>, rounding: Double, variety: Variety = .ratio) {
        let known = photos.compactMap { setting, strength in setting.map { (setting: $0, strength: strength) } }
            .sorted { ($0.setting, $0.strength) < ($1.setting, $1.strength) }
        guard let cut = Self.cut(known.map(\.setting), variety) else {
            self.init(verdict: .notEnoughVariety, lower: nil, upper: nil, slope: nil, intercept: nil)
            return
        }
        let parts = [known[..<cut], known[cut...]].map { part in
            Part(
                photos: part.count, least: part.first?.setting ?? 0, greatest: part.last?.setting ?? 0,
                meanResidual: part.reduce(0) { $0 + $1.strength } / Double(part.count))
        }
        let line = Line(known, rounding: rounding)
        let score = Line(
            known.map { (setting: variety.scaled($0.setting), strength: $0.strength) }, rounding: rounding
        ).score
        let needed = Deviate.exceeded(with: Self.falseAlarm / 2)
        self.init(
            verdict: score >= needed ? .grows : score <= -needed ? .shrinks : .steady, lower: parts[0],
            upper: parts[1], slope: line.slope, intercept: line.intercept)
    }

    private init(verdict: Verdict, lower: Part?, upper: Part?, slope: Double?, intercept: Double?) {
        self.verdict = verdict
        self.lower = lower
        self.upper = upper
        self.slope = slope
        self.intercept = intercept
    }

    /// Of settings that tell nothing.
    static let unknown = SettingDependence(
        verdict: .notEnoughVariety, lower: nil, upper: nil, slope: nil, intercept: nil)

    /// Where the sorted settings fall into two parts that are as equal in number as equal settings allow; nil when one
    /// of them is too small or the settings are too close.
    private static func cut(_ settings: [Double], _ variety: Variety) -> Int? {
        let cuts = settings.indices.dropFirst().filter { settings[$0] > settings[$0 - 1] }
        guard let cut = cuts.min(by: { abs(2 * $0 - settings.count) < abs(2 * $1 - settings.count) }),
            min(cut, settings.count - cut) >= fewestPhotos,
            variety.tells(settings[cut / 2], settings[(cut + settings.count) / 2])
        else { return nil }
        return cut
    }

    /// In each part: two parts of five lie apart altogether by chance once in 126 times, two of four once in 35.
    private static let fewestPhotos = 5
    /// Of a defect that is the same at all settings, to be said to grow or to shrink.
    private static let falseAlarm = 1e-3

    /// Least squares over all photos.
    private struct Line {
        let slope: Double
        let intercept: Double
        /// How sure it is that the slope is not 0, as a normal deviate with its sign.
        let score: Double

        /// `photos` have more than one setting.
        init(_ photos: [(setting: Double, strength: Double)], rounding: Double) {
            let count = Double(photos.count)
            let middle = photos.reduce(0) { $0 + $1.setting } / count
            let mean = photos.reduce(0) { $0 + $1.strength } / count
            let distances = photos.map { $0.setting - middle }
            let spread = distances.reduce(0) { $0 + $1 * $1 }
            let slope = zip(distances, photos).reduce(0) { $0 + $1.0 * ($1.1.strength - mean) } / spread
            self.slope = slope
            intercept = mean - slope * middle
            // What scatters more at long exposures, and a photo that stands alone there, must not pass for a slope: variances
            // as the photos have them, each weighed by how far it has drawn the line to itself (HC3, MacKinnon and White
            // 1985).
            var variance = 0.0
            for (distance, photo) in zip(distances, photos) {
                let drawn = 1 / count + distance * distance / spread
                let rest = (photo.strength - mean - slope * distance) / max(1e-6, 1 - drawn)
                variance += distance * distance * max(rounding * rounding, rest * rest)
            }
            let error = variance.squareRoot() / spread
            guard error > 0 else {
                score = slope == 0 ? 0 : slope > 0 ? .infinity : -.infinity
                return
            }
            // As many degrees of freedom as photos decide: all of two equal parts, a few that stand alone.
            let deciding = spread * spread / distances.reduce(0) { $0 + $1 * $1 * $1 * $1 }
            score = Deviate.ofStudent(slope / error, freedom: max(1, deciding - 2))
        }
    }
}
