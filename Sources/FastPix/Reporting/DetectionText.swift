import Foundation

extension HotPixelsReport {
    /// The defects of a group in words and as a table.
    func detectionText(of group: Group, at sensitivity: DetectionSensitivity) -> String {
        guard let detection = group.detection else {
            return "Defects are not judged with \(counted(group.frames, "photo")); "
                + "\(DetectionSettings.minimumFrames) are the least, 100 are good."
        }
        if detection.isStaticScene {
            return "Defects cannot be told: the photos show the same view, and its details are as steady as defects."
        }
        let found =
            "\(counted(detection.defects.count, "defect")) found at sensitivity \(sensitivity.rawValue) "
            + "over \(counted(group.frames, "photo"))"
        var parts = [found]
        if !detection.defects.isEmpty {
            parts[0] += "\n" + defectTable(detection.defects, group).text
            if detection.defects.count > Self.longestTable {
                parts.append(
                    "  and \(detection.defects.count - Self.longestTable) more; --format json or csv lists them all")
            }
        }
        if let history = historyTable(detection.defects) { parts.append(history.text) }
        if !detection.excludedRegions.isEmpty { parts.append(regionText(detection.excludedRegions)) }
        return parts.joined(separator: "\n\n")
    }

    private static let longestTable = 50

    private func defectTable(_ defects: [Defect], _ group: Group) -> TextTable {
        TextTable(
            columns: [
                .left("class"), .right("row"), .right("column"), .left("channel"), .right("mean"),
                .right("neighbours"), .right("variance"), .right("neighbours"), .right("confidence"),
            ],
            rows: defects.prefix(Self.longestTable).map { defect in
                let values = [
                    defect.mean, defect.neighbourhoodMean, defect.variance, defect.neighbourhoodVariance,
                    defect.confidence,
                ]
                return [
                    defect.class.rawValue, "\(defect.row)", "\(defect.column)", group.channelNames[defect.channel],
                ] + values.map { String(format: "%.2f", $0) }
            })
    }

    /// Nil when no photo was looked at for it.
    private func historyTable(_ defects: [Defect]) -> TextTable? {
        let rows = defects.prefix(Self.longestTable).compactMap { defect in
            defect.history.map { history in
                [
                    "\(defect.row)", "\(defect.column)", since(history), words(history.iso, "ISO"),
                    words(history.exposure, "s"),
                ]
            }
        }
        guard !rows.isEmpty else { return nil }
        return TextTable(
            columns: [
                .right("row"), .right("column"), .left("shows since"), .left("with more ISO"),
                .left("with longer exposure"),
            ], rows: rows)
    }

    private func since(_ history: DefectHistory) -> String {
        guard let first = history.firstSeen else { return "not known: no times" }
        return first.photosBefore == 0
            ? "the first photo" : "\(first.time), \(counted(first.photosBefore, "photo")) before"
    }

    /// "grows: 4.1 at 100 to 200 ISO, 20.3 at 400 to 1600 ISO"
    private func words(_ dependence: SettingDependence, _ unit: String) -> String {
        guard let lower = dependence.lower, let upper = dependence.upper else { return "not enough variety" }
        let parts = [lower, upper].map { part in
            let range =
                part.least == part.greatest ? number(part.least) : "\(number(part.least)) to \(number(part.greatest))"
            return "\(String(format: "%.1f", part.meanResidual)) at \(range) \(unit)"
        }
        return "\(dependence.verdict.rawValue): \(parts.joined(separator: ", "))"
    }

    private func number(_ value: Double) -> String { String(format: "%.4g", value) }

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
