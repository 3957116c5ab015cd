import FastPixDetection

extension Defect {
    /// What has to be replaced, as rectangles: all it tinges; of a grid, whose rectangle is mostly sound, its pixels.
    var patches: [Smear] {
        guard rowPeriod > 1 || columnPeriod > 1 else { return [smear] }
        return covered.map { Smear(row: $0.row, column: $0.column, rows: 1, columns: 1) }
    }
}
