import FastPixCodecs

/// Since when a defect shows, and how it depends on the camera's settings.
package struct DefectHistory: Sendable, Equatable {
    /// The first photo, by time of capture, in which the defect shows.
    package struct FirstSeen: Sendable, Codable, Equatable {
        package let path: String
        /// By the camera's clock, as `CaptureSettings.time`.
        package let time: String
        /// Photos taken before, which do not show it; 0 when all do.
        package let photosBefore: Int
        /// Photos from this one on.
        package let photosSince: Int
    }

    /// Nil when too few photos name their time, or all name the same.
    package let firstSeen: FirstSeen?
    package let iso: SettingDependence
    package let exposure: SettingDependence
    /// Hot or low-gain, when it lies on one side of its neighbours since it has begun half way; else nil.
    let steadyClass: DefectClass?

    /// As a report tells it.
    init(firstSeen: FirstSeen?, iso: SettingDependence, exposure: SettingDependence) {
        self.firstSeen = firstSeen
        self.iso = iso
        self.exposure = exposure
        steadyClass = nil
    }

    package init(_ series: ResidualSeries, _ kind: DefectClass) {
        let timed = series.entries.filter { $0.capture.time != nil }
        let hasTimes = timed.count >= Self.fewestPhotos && timed.first?.capture.time != timed.last?.capture.time
        let onset = hasTimes ? Onset.find(Self.strengths(timed, kind)) : 0
        firstSeen =
            hasTimes
            ? FirstSeen(
                path: timed[onset].path, time: timed[onset].capture.time ?? "", photosBefore: onset,
                photosSince: timed.count - onset) : nil
        // Before it has begun it depends on nothing.
        let shown = onset == 0 ? series.entries : Array(timed[onset...])
        let strengths = Self.strengths(shown, kind)
        iso = SettingDependence(zip(shown.map { $0.capture.iso.map(Double.init) }, strengths))
        exposure = SettingDependence(zip(shown.map(\.capture.exposureSeconds), strengths))
        let above = Double(shown.count { $0.residual > 0 }) / Double(max(1, shown.count))
        let below = Double(shown.count { $0.residual < 0 }) / Double(max(1, shown.count))
        steadyClass =
            onset == 0
            ? nil
            : above >= Self.steadyShare ? .hot : below >= Self.steadyShare ? .lowGain : nil
    }

    static let fewestPhotos = 12
    /// Of the photos in which it shows.
    private static let steadyShare = 0.9

    /// How much each photo shows of the defect. What is steadily brighter or darker than its neighbours shows by that;
    /// what follows no scene, by any difference.
    private static func strengths(_ entries: [ResidualSeries.Entry], _ kind: DefectClass) -> [Double] {
        switch kind {
        case .hot: entries.map(\.residual)
        case .lowGain: entries.map { -$0.residual }
        case .stuck, .dead, .unstable: entries.map { abs($0.residual) }
        }
    }
}
