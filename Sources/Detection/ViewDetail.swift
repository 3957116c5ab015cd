import FastPixAccumulation

/// How far what stays in the photos goes on from place to place. Even frames leave a sensor's pattern, which is one of
/// single pixels, or of whole rows and columns; what a lens has drawn is no smaller than what is beside it.
struct ViewDetail {
    /// Of what both halves of the photos show in cells, beyond slow gradients and whole rows and columns, the share that cells
    /// have in common with those beside their corners: 0 of single pixels. The middle one of all blocks, as stars, defects
    /// and their like are in a few cells.
    private let share: Double
    private let blockCount: Int

    init(_ coarse: CoarseSums) {
        let (rows, columns) = (coarse.rows, coarse.columns)
        guard rows >= CoarseMap.block, columns >= CoarseMap.block, coarse.frameCounts.allSatisfy({ $0 > 0 }) else {
            (share, blockCount) = (0, 0)
            return
        }
        let halves = [0, 1].map { half in
            let unit = coarse.unit * Double(CoarseSums.cellSize * coarse.frameCounts[half])
            return Self.withoutLines(
                CoarseMap.relief(Array(coarse.sums(half: half)), rows, columns, unit: unit), rows, columns)
        }
        var shares: [Double] = []
        for row in stride(from: 0, through: rows - CoarseMap.block, by: CoarseMap.block) {
            for column in stride(from: 0, through: columns - CoarseMap.block, by: CoarseMap.block) {
                if let share = Self.share(halves, row, column, columns) { shares.append(share) }
            }
        }
        share = Selection.median(shares)
        blockCount = shares.count
    }

    /// Whether it is a view: clearly more than single pixels have by chance.
    var isDrawn: Bool {
        blockCount > 0 && share >= max(Self.leastShare, Self.scatterOfBlock / Double(blockCount).squareRoot())
    }

    /// Of 26 views 0.09 to 0.37; of dark frames, even flats and stars that stay, with patterns of pixels, rows, columns, bands and
    /// both, with and without compression, 0.04 at most (made of photos, and made; a choice between, with them in view). Flats
    /// with dust have up to 0.08 and stars that drift 0.11: of these the relief is too small (`FrameRecognition`).
    private static let leastShare = 0.07
    /// Three deviations of the middle one of blocks, of which one scatters by a tenth.
    private static let scatterOfBlock = 0.375

    /// Less what a whole row, and then a whole column, has in common: amplifiers and their noise make it.
    private static func withoutLines(_ cells: [Double], _ rows: Int, _ columns: Int) -> [Double] {
        var cells = cells
        for row in 0..<rows {
            let places = row * columns..<(row + 1) * columns
            let middle = Selection.median(Array(cells[places]))
            for place in places { cells[place] -= middle }
        }
        for column in 0..<columns {
            let places = stride(from: column, to: cells.count, by: columns)
            let middle = Selection.median(places.map { cells[$0] })
            for place in places { cells[place] -= middle }
        }
        return cells
    }

    /// Of one block; between the halves, so that noise has no part in it. Nil where nothing varies.
    private static func share(_ halves: [[Double]], _ row: Int, _ column: Int, _ columns: Int) -> Double? {
        let side = CoarseMap.block
        let blocks = halves.map { half in
            let cells = (row..<row + side).flatMap { r in half[r * columns + column..<r * columns + column + side] }
            let mean = cells.reduce(0, +) / Double(cells.count)
            return cells.map { $0 - mean }
        }
        let squares = blocks.map { $0.reduce(0) { $0 + $1 * $1 } / Double(side * side) }
        guard squares[0] > 0, squares[1] > 0 else { return nil }
        var sum = 0.0
        for r in 0..<side - 1 {
            for c in 0..<side - 1 {
                let (place, below) = (r * side + c, (r + 1) * side + c)
                sum += blocks[0][place] * blocks[1][below + 1] + blocks[1][place] * blocks[0][below + 1]
                sum += blocks[0][place + 1] * blocks[1][below] + blocks[1][place + 1] * blocks[0][below]
            }
        }
        return sum / Double(4 * (side - 1) * (side - 1)) / (squares[0] * squares[1]).squareRoot()
    }
}
