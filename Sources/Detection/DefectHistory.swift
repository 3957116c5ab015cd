import FastPixCodecs

/// Since when and how long a defect shows, and how it depends on the camera's settings.
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

    /// The last photo, by time of capture, in which the defect shows.
    package struct LastSeen: Sendable, Codable, Equatable {
        package let path: String
        /// As in `FirstSeen`.
        package let time: String
        /// Photos up to this one.
        package let photosUntil: Int
        /// Photos taken after, which do not show it any more: it has healed. 0 when it shows to the end.
        package let photosAfter: Int
    }

    /// Nil when too few photos name their time, or all name the same.
    package let firstSeen: FirstSeen?
    /// As `firstSeen`; of reports of earlier versions nil, too.
    package let lastSeen: LastSeen?
    /// Of the photos from the first to the last one that shows it, the share in which it lies beyond all its neighbours, on
    /// the side on which it is: by chance a ninth of them, of pixels that are stuck or unstable, which may lie on either side,
    /// two ninths. Nil in reports of earlier versions.
    package let shownShare: Double?
    package let iso: SettingDependence
    package let exposure: SettingDependence
    package let temperature: SettingDependence

    /// As a report tells it.
    init(
        firstSeen: FirstSeen?, lastSeen: LastSeen?, shownShare: Double?, iso: SettingDependence,
        exposure: SettingDependence, temperature: SettingDependence
    ) {
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.shownShare = shownShare
        self.iso = iso
        self.exposure = exposure
        self.temperature = temperature
    }

    package init(_ series: ResidualSeries, _ kind: DefectClass) {
        let timed = series.entries.filter { $0.capture.time != nil }
        let hasTimes = timed.count >= Self.fewestPhotos && timed.first?.capture.time != timed.last?.capture.time
        let range = hasTimes ? Onset.shown(Self.strengths(timed, kind), rounding: series.rounding) : 0..<timed.count
        if hasTimes {
            let (first, last) = (timed[range.lowerBound], timed[range.upperBound - 1])
            firstSeen = FirstSeen(
                path: first.path, time: first.capture.time ?? "", photosBefore: range.lowerBound,
                photosSince: timed.count - range.lowerBound)
            lastSeen = LastSeen(
                path: last.path, time: last.capture.time ?? "", photosUntil: range.upperBound,
                photosAfter: timed.count - range.upperBound)
        } else {
            firstSeen = nil
            lastSeen = nil
        }
        // Before it has begun, and when it has healed, it depends on nothing.
        let shown = range.count == timed.count ? series.entries : Array(timed[range])
        shownShare = shown.isEmpty ? nil : Double(shown.count { Self.isBeyond($0, kind) }) / Double(shown.count)
        let strengths = Self.strengths(shown, kind)
        func dependence(_ setting: (CaptureSettings) -> Double?, _ variety: SettingDependence.Variety)
            -> SettingDependence
        {
            SettingDependence(
                zip(shown.map { setting($0.capture) }, strengths), rounding: series.rounding, variety: variety)
        }
        iso = dependence({ $0.iso.map(Double.init) }, .ratio)
        exposure = dependence(\.exposureSeconds, .ratio)
        temperature = dependence(\.temperature, .degrees)
    }

    /// As for a list of scenes without a warning about their number.
    static let fewestPhotos = 12

    /// The photos that show it, of those that name their time.
    func shows(_ series: ResidualSeries) -> [ResidualSeries.Entry] {
        let timed = series.entries.filter { $0.capture.time != nil }
        guard let firstSeen, let lastSeen else { return timed }
        return Array(timed[firstSeen.photosBefore..<lastSeen.photosUntil])
    }

    /// Whether some photos are before it has begun, or after it has healed.
    var isTemporary: Bool { (firstSeen?.photosBefore ?? 0) + (lastSeen?.photosAfter ?? 0) > 0 }

    /// How much each photo shows of the defect. What is steadily brighter or darker than its neighbours shows by that;
    /// what follows no scene, by any difference.
    private static func strengths(_ entries: [ResidualSeries.Entry], _ kind: DefectClass) -> [Double] {
        switch kind {
        case .hot: entries.map(\.residual)
        case .lowGain: entries.map { -$0.residual }
        case .stuck, .dead, .unstable: entries.map { abs($0.residual) }
        }
    }

    private static func isBeyond(_ entry: ResidualSeries.Entry, _ kind: DefectClass) -> Bool {
        switch kind {
        case .hot: entry.side > 0
        case .lowGain: entry.side < 0
        case .stuck, .dead, .unstable: entry.side != 0
        }
    }
}

extension Defect {
    /// The same with what its photos show one by one. The class of one that begins or heals is that of the photos between,
    /// if they are enough to tell: all together show a pixel that jumps. One that is brighter by more as exposures or
    /// ISO grow is hot, however much that makes it vary.
    package func with(_ series: ResidualSeries, frames: FrameKind) -> Defect {
        let history = DefectHistory(series, self.class)
        var copy = with(history)
        if self.class == .unstable, mean > neighbourhoodMean,
            history.exposure.verdict == .grows || history.iso.verdict == .grows
        {
            copy.class = .hot
        }
        let shown = history.shows(series)
        guard history.isTemporary, shown.count >= DefectHistory.fewestPhotos else { return copy }
        copy.class = DefectClassifier(kind: frames, white: series.white).name(shown)
        return copy
    }
}
