import FastPixDetection
import FastPixFrames
import FastPixPlatform
import FastPixPlumbing

extension HotPixelsReport {
    /// The defects of a group in words and as a table.
    func detectionText(of group: Group, at sensitivity: DetectionSensitivity) -> String {
        guard let detection = group.detection else {
            return "Defects are not judged with \(counted(group.frames, "photo")); "
                + "\(DetectionSettings.minimumFrames) are the least, 100 are good."
        }
        var parts = [foundText(detection, group, sensitivity)]
        if !detection.defects.isEmpty {
            parts[0] += "\n" + defectTable(detection.defects, group).text
            if detection.defects.count > Self.longestTable {
                parts.append(
                    "  and \(detection.defects.count - Self.longestTable) more; JSON and CSV list them all")
            }
        }
        if let history = historyText(detection.defects) { parts.append(history) }
        if !detection.excludedRegions.isEmpty { parts.append(regionText(detection.excludedRegions)) }
        return parts.joined(separator: "\n\n")
    }

    /// What was found, in how much of the frame, in what was taken for what: a list is worth no more than that.
    private func foundText(_ detection: Detection, _ group: Group, _ sensitivity: DetectionSensitivity) -> String {
        var lines: [String] = []
        if let share = detection.notJudgedWords { lines.append(share) }
        if detection.isFixedView {
            lines.append(
                "The photos show one view: its finest details cannot be told from defects. What is sharp to a pixel is "
                    + "listed with low confidence.")
        }
        if detection.isStandingNotable {
            lines.append(
                "In \(detection.standingPercent) % of the frame the photos show one view, and its finest details cannot be told "
                    + "from defects. What is listed there has low confidence.")
        }
        let classes = settings.classes ?? DefectClass.allCases
        let asked =
            classes.count < DefectClass.allCases.count
            ? " of class " + classes.map(\.rawValue).joined(separator: ", ") : ""
        lines.append(
            "\(counted(detection.defects.count, "defect"))\(asked) found at sensitivity \(sensitivity.rawValue) in "
                + "\(detection.judgedPercent) % of the frame")
        lines.append(
            "over \(counted(group.frames, "photo")) taken for \(detection.kind.rawValue): \(detection.kindReason)")
        lines.append(detection.limitWords)
        return lines.map(\.wrapped).joined(separator: "\n")
    }

    private static let longestTable = 50

    /// With fewer words and digits where the page would be too narrow for all of them.
    private func defectTable(_ defects: [Defect], _ group: Group) -> TextTable {
        let full = defectTable(defects, group, isBrief: false)
        return full.fits ? full : defectTable(defects, group, isBrief: true)
    }

    private func defectTable(_ defects: [Defect], _ group: Group, isBrief: Bool) -> TextTable {
        TextTable(
            columns: [
                .left("class"), .left("shape"), .right("row"), .right("column"), .left(isBrief ? "chan." : "channel"),
                .right("mean"),
                .right("around"), .right("variance"), .right("around"), .right("conf."),
            ],
            rows: defects.prefix(Self.longestTable).map { defect in
                let values = defect.values { isBrief && $0.magnitude >= 1000 ? brief($0) : TextTable.number($0) }
                return [
                    defect.class.rawValue, isBrief ? defect.shapeBrief : defect.shapeWords, "\(defect.row)",
                    "\(defect.column)",
                    group.colourName(defect),
                ] + values + [TextTable.number(defect.confidence)]
            })
    }

    private func brief(_ value: Double) -> String { String(printf: value.magnitude < 1e6 ? "%.0f" : "%.1e", value) }

    /// What the photos show of each defect one by one, some lines each; nil when no photo was looked at for it.
    private func historyText(_ defects: [Defect]) -> String? {
        let told = defects.prefix(Self.longestTable).compactMap { defect in
            defect.history.map { history in
                (["  row \(defect.row), column \(defect.column)"] + since(history)).joined(separator: "\n    ")
            }
        }
        return told.isEmpty ? nil : (["What the photos show one by one"] + told).joined(separator: "\n")
    }

    /// Lines of at most 76 columns.
    private func since(_ history: DefectHistory) -> [String] {
        var lines: [String] = []
        if let first = history.firstSeen {
            lines.append(
                "shows since "
                    + (first.photosBefore == 0
                        ? "the first photo" : "\(first.time), \(counted(first.photosBefore, "photo")) before"))
        } else {
            lines.append("since when it shows is not known: too few photos name their time")
        }
        if let last = history.lastSeen, last.photosAfter > 0 {
            lines.append("healed: last seen \(last.time), \(counted(last.photosAfter, "photo")) after")
        }
        if let share = history.shownShare {
            lines.append(
                String(printf: "beyond all its neighbours in %.0f %% of the photos that could show it", 100 * share))
        }
        let dependences = [
            ("ISO", "ISO", history.iso), ("exposure", "second", history.exposure),
            ("temperature", "degree", history.temperature),
        ]
        for (name, unit, dependence) in dependences {
            guard let lower = dependence.lower, let upper = dependence.upper else { continue }
            let slope = dependence.slope.map { String(printf: ", %.3g for each \(unit) more", $0) } ?? ""
            lines.append("\(name): \(dependence.verdict.rawValue)\(slope)")
            lines.append("  \(words(lower, upper))")
        }
        let unknown = dependences.filter { $0.2.lower == nil }.map(\.0)
        if !unknown.isEmpty { lines.append("\(unknown.joined(separator: ", ")): not enough variety") }
        return lines
    }

    /// "4.1 at 100 to 200, 20.3 at 400 to 1600"
    private func words(_ lower: SettingDependence.Part, _ upper: SettingDependence.Part) -> String {
        [lower, upper].map { part in
            let range =
                part.least == part.greatest ? number(part.least) : "\(number(part.least)) to \(number(part.greatest))"
            return "\(number(part.meanResidual)) at \(range)"
        }.joined(separator: ", ")
    }

    private func number(_ value: Double) -> String { String(printf: "%.4g", value) }

    private func regionText(_ regions: [ExcludedRegion]) -> String {
        let table = TextTable(
            columns: [.left("left out"), .right("row"), .right("column"), .right("rows"), .right("columns")],
            rows: regions.prefix(Self.mostRegions).map {
                [$0.kind.rawValue, "\($0.row)", "\($0.column)", "\($0.rows)", "\($0.columns)"]
            })
        let more = regions.count - Self.mostRegions
        return table.text + (more > 0 ? "\n  and \(more) more" : "")
    }

    private static let mostRegions = 10
}

extension Detection {
    /// Nil where nearly all of the frame is judged.
    var notJudgedWords: String? {
        guard judgedShare < Self.nearlyAll else { return nil }
        let kinds = Set(excludedRegions.map(\.kind.rawValue)).sorted().joined(separator: ", ")
        // Places that are narrower than what is listed as regions.
        return
            "NOT JUDGED: \(100 - judgedPercent) % of the frame (\(kinds.isEmpty ? "black or white in most photos" : kinds))."
    }

    /// A tenth of the frame that nobody looked at is more than a detail.
    static let nearlyAll = 0.9

    /// Rounded down, so that 100 says all.
    var judgedPercent: Int { Int((judgedShare * 100).rounded(.down)) }

    /// Why no limit is known; nil when one is. It is that of a pixel anywhere, by what is usual in the frame.
    var limitReason: String? {
        guard limitOfDetection == nil else { return nil }
        if judgedShare <= 0 { return "nothing could be judged" }
        return "they are too few, or too much alike, to tell one from their own detail wherever it lies"
            + (defects.isEmpty ? "" : "; what is listed stands out where it is")
    }

    /// What these photos could have shown.
    var limitWords: String {
        guard let limitOfDetection else {
            return "No steady offset is sure to be found nine times out of ten in these photos: \(limitReason ?? "")."
        }
        return "The faintest steady offset that these photos show nine times out of ten: "
            + String(printf: limitOfDetection < 1000 ? "%.3g" : "%.0f", limitOfDetection)
    }
}

extension Defect {
    /// Whether its mean is what a column or a row has more or less than its neighbours, and no more is known of it.
    var isLine: Bool { shape == .column || shape == .row }

    /// Its mean and that of its surroundings, and the variances likewise: of lines the difference alone.
    func values(_ number: (Double) -> String) -> [String] {
        if isLine { return [(meanOffset < 0 ? "" : "+") + number(meanOffset), "", "", ""] }
        return [mean, neighbourhoodMean, variance, neighbourhoodVariance].map(number)
    }

    /// Its mean less that of its surroundings.
    var meanOffset: Double { mean - neighbourhoodMean }

    /// "cluster of 4", "column, 640 rows".
    var shapeWords: String {
        switch shape {
        case .point: "point"
        case .cluster: "cluster of \(pixels.count)"
        case .column: "column, \(extentRows) rows"
        case .row: "row, \(extentColumns) columns"
        case .grid: "grid, \(columnPeriod) x \(rowPeriod)"
        }
    }
}

extension Defect {
    /// The same in one word and a number: "column 640".
    fileprivate var shapeBrief: String {
        switch shape {
        case .point: "point"
        case .cluster: "cluster \(pixels.count)"
        case .column: "column \(extentRows)"
        case .row: "row \(extentColumns)"
        case .grid: "grid \(columnPeriod)x\(rowPeriod)"
        }
    }
}

extension HotPixelsReport.Group {
    /// The colour of a defect: that of its place in a mosaic, or its channel's name.
    func colourName(_ defect: Defect) -> String {
        shape.colour(row: defect.row, column: defect.column, channel: defect.channel) ?? channelNames[defect.channel]
    }
}
