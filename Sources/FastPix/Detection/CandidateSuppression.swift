/// Leaves one candidate for what compression or demosaicing has spread over several pixels.
enum CandidateSuppression {
    /// The most prominent candidates, in this order, without those in the coded unit, or within half a coded unit, of
    /// a more prominent one; for 1 x 1 units, without its direct neighbours. A strong candidate that is not much weaker
    /// and lies some pixels away is no smear, but another defect.
    static func strongest(_ candidates: [Candidate], codedUnit: CodedUnit, limit: Int) -> [Candidate] {
        notSuppressed(candidates, codedUnit: codedUnit, limit: limit).map(\.candidate)
    }

    /// The candidates of some rows that may be among `strongest` of the whole frame, the most prominent first. Sure are
    /// those that no candidate of other rows can suppress.
    static func possible(
        _ candidates: [Candidate], of rows: Range<Int>, codedUnit: CodedUnit
    ) -> [(candidate: Candidate, isSure: Bool)] {
        // Units that are cut reach as far as they are high.
        let isWhole = rows.lowerBound % codedUnit.height == 0 && rows.upperBound % codedUnit.height == 0
        let reach = max(1, isWhole ? codedUnit.height / 2 : codedUnit.height)
        let inner = rows.lowerBound + reach..<max(rows.lowerBound + reach, rows.upperBound - reach)
        return notSuppressed(candidates, codedUnit: codedUnit, limit: .max) { !inner.contains($0.row) }
    }

    /// `isExposed`: whether one that is not among `candidates` might suppress this one.
    private static func notSuppressed(
        _ candidates: [Candidate], codedUnit: CodedUnit, limit: Int, isExposed: (Candidate) -> Bool = { _ in false }
    ) -> [(candidate: Candidate, isSure: Bool)] {
        guard let firstRow = candidates.map(\.row).min(), let lastRow = candidates.map(\.row).max(),
            let lastColumn = candidates.map(\.column).max()
        else { return [] }
        let rowReach = max(1, codedUnit.height / 2)
        let columnReach = max(1, codedUnit.width / 2)
        func isSmeared(_ candidate: Candidate, by other: Candidate) -> Bool {
            let isNear =
                abs(other.row - candidate.row) <= rowReach && abs(other.column - candidate.column) <= columnReach
            let sharesUnit =
                other.row / codedUnit.height == candidate.row / codedUnit.height
                && other.column / codedUnit.width == candidate.column / codedUnit.width
            return (isNear || sharesUnit) && !isAnother(candidate, beside: other)
        }
        // Square cells as large as a coded unit: whoever smears a candidate is in its cell or one of the eight around.
        let side = max(16, codedUnit.width, codedUnit.height)
        let firstCell = firstRow / side
        let grid = (rows: lastRow / side - firstCell + 1, columns: lastColumn / side + 1)
        // Of each cell the last in `result`, and of each of these the one before it in the same cell.
        var lastOfCell = [Int?](repeating: nil, count: grid.rows * grid.columns)
        var previous: [Int?] = []
        var result: [(candidate: Candidate, isSure: Bool)] = []
        for candidate in candidates.sorted(by: { $0.isListedBefore($1) }) {
            if result.count == limit { break }
            let cell = (row: candidate.row / side - firstCell, column: candidate.column / side)
            var isSuppressed = false
            var isSure = !isExposed(candidate)
            for row in max(0, cell.row - 1)...min(grid.rows - 1, cell.row + 1) {
                for column in max(0, cell.column - 1)...min(grid.columns - 1, cell.column + 1) where !isSuppressed {
                    var next = lastOfCell[row * grid.columns + column]
                    while let index = next {
                        next = previous[index]
                        guard isSmeared(candidate, by: result[index].candidate) else { continue }
                        // One that may itself be suppressed suppresses nobody for sure.
                        if result[index].isSure { isSuppressed = true } else { isSure = false }
                    }
                }
            }
            if isSuppressed { continue }
            previous.append(lastOfCell[cell.row * grid.columns + cell.column])
            lastOfCell[cell.row * grid.columns + cell.column] = result.count
            result.append((candidate, isSure))
        }
        return result
    }

    private static func isAnother(_ candidate: Candidate, beside other: Candidate) -> Bool {
        let distance = max(abs(other.row - candidate.row), abs(other.column - candidate.column))
        return distance >= ownPixels && candidate.prominence >= max(ownProminence, ownShare * other.prominence)
    }

    /// Demosaicing and colour at half the resolution reach two pixels far.
    private static let ownPixels = 3
    /// Ringing of compression is a smaller part of what causes it.
    private static let ownShare = 0.5
    /// Weaker ones are common, and a unit has room for many.
    private static let ownProminence = 8.0
}
