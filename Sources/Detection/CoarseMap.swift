import FastPixAccumulation
import FastPixFrames

/// The mean of two halves of the photos, coarsely.
struct CoarseMap {
    let correlation: Double?
    /// Covariance of the halves, as `correlation`; 0 when that is nil.
    let common: Double
    /// Middle of how far cells lie from the middle of those around them, in samples.
    let typicalRelief: Double
    /// Where both halves show the same.
    let standing: StandingParts

    init(_ coarse: CoarseSums) {
        let counts = coarse.frameCounts
        let (rows, columns) = (coarse.rows, coarse.columns)
        let unit = coarse.unit * Double(CoarseSums.cellSize)
        guard rows >= Self.block / 2, columns >= Self.block / 2, counts.reduce(0, +) > 0 else {
            (correlation, common, typicalRelief, standing) = (nil, 0, 0, StandingParts.none)
            return
        }
        let sums = [0, 1].map { Array(coarse.sums(half: $0)) }
        let all = zip(sums[0], sums[1]).map { Double($0 + $1) / (unit * Double(counts[0] + counts[1])) }
        typicalRelief = Self.typicalRelief(all, rows, columns)
        guard counts.allSatisfy({ $0 >= Self.fewestPhotos }) else {
            (correlation, common, standing) = (nil, 0, StandingParts.none)
            return
        }
        let halves = [0, 1].map { half in Self.relief(sums[half], rows, columns, unit: unit * Double(counts[half])) }
        let isBar = Self.nearBars(halves: sums, counts: counts, unit: unit, rows: rows, columns: columns)
        // Block by block, and the middle one of all: a banner, or a shadow that stays, is a few blocks only.
        var correlations: [Double] = []
        var covariances: [Double] = []
        var blocks: [StandingParts.Block: Double] = [:]
        for row in stride(from: 0, through: max(0, rows - Self.block), by: Self.block) {
            for column in stride(from: 0, through: max(0, columns - Self.block), by: Self.block) {
                let cells = (row..<min(rows, row + Self.block)).flatMap { r in
                    (column..<min(columns, column + Self.block)).map { r * columns + $0 }
                }.filter { isBar.isEmpty || !isBar[$0] }
                // A quarter of a block tells a correlation to a quarter.
                guard cells.count >= Self.block * Self.block / 4 else { continue }
                if let value = Self.correlation(cells.map { halves[0][$0] }, cells.map { halves[1][$0] }) {
                    blocks[StandingParts.Block(row: row / Self.block, column: column / Self.block)] = value.correlation
                    correlations.append(value.correlation)
                    covariances.append(value.covariance)
                }
            }
        }
        correlation = correlations.isEmpty ? nil : Selection.median(correlations)
        common = Selection.median(covariances)
        standing = StandingParts(blocks, side: Self.block * CoarseSums.cellSize)
    }

    /// Cells that are black in all photos, or from which such cells are averaged: the edge of black bars is the same in all
    /// photos, and shows nothing of a view. Empty where there are none, or most are, as in dark frames.
    private static func nearBars(
        halves: [[Int64]], counts: [Int], unit: Double, rows: Int, columns: Int
    ) -> [Bool] {
        let isBlack = halves[0].indices.map { cell in
            [0, 1].allSatisfy { Double(halves[$0][cell]) < unit * Double(counts[$0]) }
        }
        let count = isBlack.count { $0 }
        guard count > 0, 2 * count < isBlack.count else { return [] }
        var near = isBlack
        for row in 0..<rows {
            for column in 0..<columns where isBlack[row * columns + column] {
                for r in max(0, row - radius - 1)...min(rows - 1, row + radius + 1) {
                    for c in max(0, column - radius - 1)...min(columns - 1, column + radius + 1) {
                        near[r * columns + c] = true
                    }
                }
            }
        }
        return near
    }

    /// Cells of a block's side: 64 pixels, of which 64 values tell a correlation to an eighth.
    static let block = 8
    /// Cells on either side that are averaged: what is left are structures below some 60 pixels.
    private static let radius = 3
    private static let fewestPhotos = 2

    /// Each cell less the mean of those around it, of sums that are as many samples as `unit` says.
    static func relief(_ sums: [Int64], _ rows: Int, _ columns: Int, unit: Double) -> [Double] {
        // What lies above and to the left of a place: differences of four of them are sums over rectangles.
        var corners = [Int64](repeating: 0, count: (rows + 1) * (columns + 1))
        for row in 0..<rows {
            var ofRow: Int64 = 0
            for column in 0..<columns {
                ofRow &+= sums[row * columns + column]
                corners[(row + 1) * (columns + 1) + column + 1] = corners[row * (columns + 1) + column + 1] &+ ofRow
            }
        }
        var result = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            let (top, bottom) = (max(0, row - radius), min(rows, row + radius + 1))
            for column in 0..<columns {
                let (left, right) = (max(0, column - radius), min(columns, column + radius + 1))
                let sum =
                    corners[bottom * (columns + 1) + right] &- corners[top * (columns + 1) + right]
                    &- corners[bottom * (columns + 1) + left] &+ corners[top * (columns + 1) + left]
                let around = Double(sum) / Double((bottom - top) * (right - left))
                result[row * columns + column] = (Double(sums[row * columns + column]) - around) / unit
            }
        }
        return result
    }

    /// From the median around a cell, not the mean: a bright star lifts the mean of every cell near it, and a field of
    /// them would pass for a scene. Every third cell in each direction tells enough. Only the cells
    /// beside it: over more of them the falling off of light towards the corners is bent by as much as a scene.
    private static func typicalRelief(_ map: [Double], _ rows: Int, _ columns: Int) -> Double {
        var distances: [Double] = []
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 9) { around in
            for row in stride(from: 0, to: rows, by: radius) {
                for column in stride(from: 0, to: columns, by: radius) {
                    var count = 0
                    for r in max(0, row - 1)...min(rows - 1, row + 1) {
                        for c in max(0, column - 1)...min(columns - 1, column + 1) {
                            around[count] = map[r * columns + c]
                            count += 1
                        }
                    }
                    let median = Selection.median(UnsafeMutableBufferPointer(rebasing: around[..<count]))
                    distances.append(abs(map[row * columns + column] - median))
                }
            }
        }
        return Selection.median(distances)
    }

    /// Nil where nothing varies.
    private static func correlation(_ a: [Double], _ b: [Double]) -> (correlation: Double, covariance: Double)? {
        let meanA = a.reduce(0, +) / Double(a.count)
        let meanB = b.reduce(0, +) / Double(b.count)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - meanA) * (y - meanB)
            aa += (x - meanA) * (x - meanA)
            bb += (y - meanB) * (y - meanB)
        }
        return aa > 0 && bb > 0 ? (ab / (aa * bb).squareRoot(), ab / Double(a.count)) : nil
    }
}
