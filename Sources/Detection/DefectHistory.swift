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

    /// As a report tells it.
    init(firstSeen: FirstSeen?, iso: SettingDependence, exposure: SettingDependence) {
        self.firstSeen = firstSeen
        self.iso = iso
        self.exposure = exposure
    }

    package init(_ series: ResidualSeries, _ kind: DefectClass) {
        let timed = series.entries.filter { $0.capture.time != nil }
        let hasTimes = timed.count >= Self.fewestPhotos && timed.first?.capture.time != timed.last?.capture.time
        let onset = hasTimes ? Onset.find(Self.strengths(timed, kind), rounding: series.rounding) : 0
        firstSeen =
            hasTimes
            ? FirstSeen(
                path: timed[onset].path, time: timed[onset].capture.time ?? "", photosBefore: onset,
                photosSince: timed.count - onset) : nil
        // Before it has begun it depends on nothing.
        let shown = onset == 0 ? series.entries : Array(timed[onset...])
        let strengths = Self.strengths(shown, kind)
        iso = SettingDependence(
            zip(shown.map { $0.capture.iso.map(Double.init) }, strengths), rounding: series.rounding)
        exposure = SettingDependence(zip(shown.map(\.capture.exposureSeconds), strengths), rounding: series.rounding)
    }

    /// As for a list of scenes without a warning about their number.
    static let fewestPhotos = 12

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

extension Defect {
    /// The same with what its photos show one by one. The class of one that shows from some photo on is that of the photos
    /// since, if they are enough to tell: all together show a pixel that jumps. One that is brighter by more as exposures or
    /// ISO grow is hot, however much that makes it vary.
    package func with(_ series: ResidualSeries, frames: FrameKind) -> Defect {
        let history = DefectHistory(series, self.class)
        var copy = with(history)
        if self.class == .unstable, mean > neighbourhoodMean,
            history.exposure.verdict == .grows || history.iso.verdict == .grows
        {
            copy.class = .hot
        }
        guard let first = history.firstSeen, first.photosBefore > 0, first.photosSince >= DefectHistory.fewestPhotos
        else {
            return copy
        }
        let shown = series.entries.filter { $0.capture.time != nil }.suffix(first.photosSince)
        copy.class = DefectClassifier(kind: frames, white: series.white).name(Array(shown))
        return copy
    }
}
