/// Tells defects from what compression leaves in every block: defects are scattered, a pattern is at the same place of
/// many blocks.
enum BlockPatterns {
    /// The defects that follow no raster of 8 or 16 pixels, and rectangles around those that do.
    static func split(_ defects: [Defect]) -> (defects: [Defect], regions: [ExcludedRegion]) {
        var left = defects
        var regions: [ExcludedRegion] = []
        for period in [8, 16] {
            let byPlace = Dictionary(grouping: left) { $0.row % period * period + $0.column % period }
            // Of scattered defects each place gets about as many as any other.
            let expected = Double(left.count) / Double(period * period)
            let most = expected + 8 * expected.squareRoot() + 5
            for (place, pattern) in byPlace.sorted(by: { $0.key < $1.key }) where Double(pattern.count) > most {
                left.removeAll { $0.row % period * period + $0.column % period == place }
                let rows = pattern.map(\.row)
                let columns = pattern.map(\.column)
                regions.append(
                    ExcludedRegion(
                        kind: .blockPattern, row: rows.min()!, column: columns.min()!,
                        rows: rows.max()! - rows.min()! + 1, columns: columns.max()! - columns.min()! + 1))
            }
        }
        return (left, regions)
    }
}
