import FastPixDetection

extension Defect {
    /// What has to be replaced, as rectangles: all it tinges; of a grid, whose rectangle is mostly sound, and of a cluster that
    /// tinges nothing, its pixels.
    var patches: [Smear] {
        guard rowPeriod > 1 || columnPeriod > 1 else { return smear.replaced(pixels) }
        return covered.map { Smear(row: $0.row, column: $0.column, rows: 1, columns: 1) }
    }
}

extension Smear {
    /// What has to be replaced of it: all, or, where nothing beyond `pixels` is tinged, these alone.
    func replaced(_ pixels: [PixelPlace]) -> [Smear] {
        let (rows, columns) = (pixels.map(\.row), pixels.map(\.column))
        guard let top = rows.min(), let bottom = rows.max(), let left = columns.min(), let right = columns.max(),
            pixels.count < self.rows * self.columns,
            self == Smear(row: top, column: left, rows: bottom - top + 1, columns: right - left + 1)
        else { return [self] }
        return pixels.map { Smear(row: $0.row, column: $0.column, rows: 1, columns: 1) }
    }
}
