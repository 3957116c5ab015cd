import FastPixDetection

/// The comments that say what a list cannot have: parts of the frame that were not judged, and classes that were not asked
/// for. Positions in them are those of the photos, whatever frame the list counts in. Lines are at most 60 bytes long, as
/// Siril needs them.
struct JudgementNote: Equatable {
    /// Of the frame, rounded down.
    var judgedPercent: Int
    var notJudged: [NotJudgedPart]
    /// Nil: all.
    var classes: [DefectClass]?

    init(_ group: JudgedGroup) {
        judgedPercent = Int((group.judgedShare * 100).rounded(.down))
        notJudged = group.notJudged
        classes = group.classes
    }

    var lines: [String] {
        ["# judged: \(judgedPercent) % of the frame"]
            + notJudged.map { "# not judged in photos: \($0.columns) x \($0.rows) at \($0.column),\($0.row)" }
            + (classes.map { ["# classes: " + $0.map(\.rawValue).joined(separator: ", ")] } ?? [])
    }

    /// Nil when none of the lines says how much was judged.
    init?(_ lines: [some StringProtocol]) {
        var percent: Int?
        notJudged = []
        for line in lines where line.first == "#" {
            let line = String(line)
            if let match = try? /# judged: (\d{1,3}) % of the frame\s*/.wholeMatch(in: line) {
                percent = Int(match.1)
            } else if let match = try? /# not judged in photos: (\d{1,9}) x (\d{1,9}) at (\d{1,9}),(\d{1,9})\s*/
                .wholeMatch(in: line), let columns = Int(match.1), let rows = Int(match.2), let column = Int(match.3),
                let row = Int(match.4)
            {
                let part = NotJudgedPart(row: row, column: column, rows: rows, columns: columns)
                if part.isPossible { notJudged.append(part) }
            } else if let match = try? /# classes: ([a-z, -]+?)\s*/.wholeMatch(in: line) {
                classes = match.1.split(separator: ", ").compactMap { DefectClass(rawValue: String($0)) }
            }
        }
        guard let percent else { return nil }
        judgedPercent = percent
    }
}
