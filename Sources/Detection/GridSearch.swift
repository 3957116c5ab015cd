/// A raster of pixels at equal distances, as pixels for focusing are: one entry instead of thousands.
struct DefectGrid: Equatable {
    /// The first pixel, and the distances of its rows and columns.
    let row: Int
    let column: Int
    let rowPeriod: Int
    let columnPeriod: Int
    /// The rectangle that holds them.
    let rows: Range<Int>
    let columns: Range<Int>
    let members: [Int]
}

/// Finds rasters among entries.
struct GridSearch {
    /// Distances of pixels for focusing; twice the frame's blocks at most.
    private static let periods = 4...32
    private static let fewest = 24
    /// Of a raster's places in its rectangle.
    private static let fill = 0.5
    /// Times as many as would lie in a class by chance.
    private static let surplus = 4.0

    /// `points`: row and column of each.
    static func find(_ points: [(row: Int, column: Int)]) -> [DefectGrid] {
        var left = Set(points.indices)
        var grids: [DefectGrid] = []
        while left.count >= fewest, let grid = best(points, left) {
            grids.append(grid)
            left.subtract(grid.members)
        }
        return grids
    }

    private static func best(_ points: [(row: Int, column: Int)], _ left: Set<Int>) -> DefectGrid? {
        struct Class: Hashable { let rows, columns, row, column: Int }
        var best: DefectGrid?
        let indexes = left.sorted()
        for period in periods.reversed() {
            var classes: [Class: [Int]] = [:]
            for index in indexes {
                let (row, column) = points[index]
                classes[
                    Class(rows: period, columns: period, row: row % period, column: column % period), default: []
                ].append(index)
            }
            let chance = Double(indexes.count) / Double(period * period)
            for (key, members) in classes where members.count >= fewest && Double(members.count) >= surplus * chance {
                let rows = members.map { points[$0].row }
                let columns = members.map { points[$0].column }
                let height = (rows.max()! - rows.min()!) / period + 1
                let width = (columns.max()! - columns.min()!) / period + 1
                guard height >= 3, width >= 3, Double(members.count) >= fill * Double(height * width) else { continue }
                let grid = DefectGrid(
                    row: rows.min()!, column: columns.min()!, rowPeriod: key.rows, columnPeriod: key.columns,
                    rows: rows.min()!..<rows.max()! + 1, columns: columns.min()!..<columns.max()! + 1, members: members)
                // Of equal rasters the first in order: dictionaries have none.
                if best.map({ (grid.members.count, -grid.row, -grid.column) > ($0.members.count, -$0.row, -$0.column) })
                    ?? true
                {
                    best = grid
                }
            }
        }
        return best
    }
}
