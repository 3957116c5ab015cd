/// Leaves one candidate for what compression or demosaicing has spread over several pixels.
enum CandidateSuppression {
    /// The most prominent candidates, in this order, without those in the coded unit, or within half a coded unit, of
    /// a more prominent one; for 1 x 1 units, without its direct neighbours.
    static func strongest(_ candidates: [Candidate], codedUnit: CodedUnit, limit: Int) -> [Candidate] {
        let columnReach = max(1, codedUnit.width / 2)
        let rowReach = max(1, codedUnit.height / 2)
        // Cells as large as the reach: whoever suppresses a candidate is in its cell or in one of the eight around,
        // or up to two cells away in the same coded unit.
        var kept: [Cell: [Candidate]] = [:]
        var result: [Candidate] = []
        for candidate in candidates.sorted(by: { $0.isListedBefore($1) }) {
            if result.count == limit { break }
            let cell = Cell(row: candidate.row / rowReach, column: candidate.column / columnReach)
            var isSuppressed = false
            for row in cell.row - 2...cell.row + 2 {
                for column in cell.column - 2...cell.column + 2 {
                    guard let stronger = kept[Cell(row: row, column: column)] else { continue }
                    isSuppressed =
                        isSuppressed
                        || stronger.contains { other in
                            let isNear =
                                abs(other.row - candidate.row) <= rowReach
                                && abs(other.column - candidate.column) <= columnReach
                            let sharesUnit =
                                other.row / codedUnit.height == candidate.row / codedUnit.height
                                && other.column / codedUnit.width == candidate.column / codedUnit.width
                            return isNear || sharesUnit
                        }
                }
            }
            if isSuppressed { continue }
            kept[cell, default: []].append(candidate)
            result.append(candidate)
        }
        return result
    }

    private struct Cell: Hashable {
        let row: Int
        let column: Int
    }
}
