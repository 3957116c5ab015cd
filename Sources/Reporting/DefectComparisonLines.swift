import FastPixMaps

extension DefectComparisonReport {
    /// As JSON Lines, told apart by `record`: one `report`, then for each two lists that were compared a `group` and its
    /// `defect`s, unchanged ones, too, then each list that was `not-compared`.
    package var lines: String {
        var lines = [RecordLine.text("report", Start(self))]
        for (index, group) in groups.enumerated() {
            let number = GroupNumber(group: index + 1)
            lines.append(RecordLine.text("group", number, group.head))
            lines += group.defects.map { RecordLine.text("defect", number, $0) }
        }
        lines += notCompared.map { RecordLine.text("not-compared", $0) }
        return lines.joined()
    }

    private struct Start: Encodable {
        let schema = "fastpix.compare-lines/1"
        let version: String
        let old: String
        let new: String
        let isUnchanged: Bool
        let groups: Int
        let notCompared: Int

        init(_ report: DefectComparisonReport) {
            version = report.version
            (old, new) = (report.old.string, report.new.string)
            isUnchanged = report.isUnchanged
            groups = report.groups.count
            notCompared = report.notCompared.count
        }
    }
}
