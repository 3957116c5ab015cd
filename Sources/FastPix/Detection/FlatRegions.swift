/// Finds the parts of the frame that hardly change from photo to photo: there a stuck pixel looks like any other.
enum FlatRegions {
    /// Rectangles around connected cells that are flat.
    static func find(_ accumulators: Accumulators, workers: Int) -> [ExcludedRegion] {
        let cellRows = (accumulators.shape.height + cellSide - 1) / cellSide
        let means = WorkerTeam.map(cellRows, workers: workers) { row in
            defer { accumulators.release(rows: row * cellSide..<(row + 1) * cellSide) }
            return flatMeans(accumulators, ofCellRow: row)
        }
        return regions(means, accumulators.shape)
    }

    /// The same from what `flatMeans` says of every row of cells.
    static func regions(_ means: [[Double?]], _ shape: FrameShape) -> [ExcludedRegion] {
        guard let columns = means.first?.count else { return [] }
        let grid = Grid(rows: means.count, columns: columns)
        return components(means, grid).map { region(of: $0, means, shape) }.sorted()
    }

    /// For each cell of a row of cells, `cellSide` rows of the frame: the mean of those that are flat, nil for others.
    static func flatMeans(_ accumulators: Accumulators, ofCellRow row: Int) -> [Double?] {
        let columns = (accumulators.shape.width + cellSide - 1) / cellSide
        guard accumulators.frameCount > 1 else { return [Double?](repeating: nil, count: columns) }
        return (0..<columns).map { flatMean(accumulators, row: row, column: $0) }
    }

    static let cellSide = 16

    private struct Grid {
        let rows: Int
        let columns: Int
    }

    private struct Cell: Hashable {
        let row: Int
        let column: Int
    }

    /// The mean of a cell's first channel when most of its pixels vary by less than a step of 8 bits; else nil.
    /// Every fourth row and column tells.
    private static func flatMean(_ accumulators: Accumulators, row: Int, column: Int) -> Double? {
        let shape = accumulators.shape
        let reader = MomentsReader(accumulators: accumulators)
        let limit = Double(ReliefBand.varianceOffset(shape))
        var flat = 0
        var count = 0
        var sum = 0.0
        for row in stride(from: row * cellSide, to: min(shape.height, (row + 1) * cellSide), by: 4) {
            for column in stride(from: column * cellSide, to: min(shape.width, (column + 1) * cellSide), by: 4) {
                // Green, where there is colour.
                let sample = (row * shape.width + column) * shape.channels + shape.channels / 2
                flat += reader.varianceOrNaN(sample) < limit ? 1 : 0
                sum += reader.mean(sample)
                count += 1
                // Nearly every cell of ordinary photos ends here.
                if count == 4 && flat == 0 { return nil }
            }
        }
        return flat * 4 >= count * 3 ? sum / Double(count) : nil
    }

    private static func components(_ means: [[Double?]], _ grid: Grid) -> [[Cell]] {
        var seen = Set<Cell>()
        var result: [[Cell]] = []
        for row in 0..<grid.rows {
            for column in 0..<grid.columns where means[row][column] != nil {
                let start = Cell(row: row, column: column)
                guard seen.insert(start).inserted else { continue }
                var component = [start]
                var next = 0
                while next < component.count {
                    let cell = component[next]
                    next += 1
                    for (rowStep, columnStep) in [(-1, 0), (0, -1), (0, 1), (1, 0)] {
                        let other = Cell(row: cell.row + rowStep, column: cell.column + columnStep)
                        guard (0..<grid.rows).contains(other.row), (0..<grid.columns).contains(other.column),
                            means[other.row][other.column] != nil, seen.insert(other).inserted
                        else { continue }
                        component.append(other)
                    }
                }
                result.append(component)
            }
        }
        return result
    }

    private static func region(of cells: [Cell], _ means: [[Double?]], _ shape: FrameShape) -> ExcludedRegion {
        let firstRow = cells.map(\.row).min()! * cellSide
        let firstColumn = cells.map(\.column).min()! * cellSide
        let endRow = min(shape.height, (cells.map(\.row).max()! + 1) * cellSide)
        let endColumn = min(shape.width, (cells.map(\.column).max()! + 1) * cellSide)
        let mean = cells.reduce(0) { $0 + means[$1.row][$1.column]! } / Double(cells.count)
        let white = shape.bitsPerSample == 8 ? 255.0 : 65535.0
        let spansFrame = endRow - firstRow == shape.height || endColumn - firstColumn == shape.width
        let kind: ExcludedRegion.Kind =
            mean > 0.97 * white ? .clipped : mean < 0.03 * white && spansFrame ? .letterbox : .overlay
        return ExcludedRegion(
            kind: kind, row: firstRow, column: firstColumn, rows: endRow - firstRow, columns: endColumn - firstColumn)
    }
}
