/// Parts of the frame in which two halves of the photos show the same: a wall behind what moves, or the camera's own vehicle.
struct StandingParts: Sendable {
    struct Block: Hashable {
        let row: Int
        let column: Int
    }

    /// Rows and columns of a block.
    private let side: Int
    private let blocks: Set<Block>
    /// The last ones that tell: what is narrower than a block beyond them is theirs.
    private let last: Block
    /// Of all blocks that tell.
    let share: Double

    static let none = StandingParts([:], side: 1)

    /// `correlations`: of both halves, beyond slow gradients, of those blocks that tell.
    init(_ correlations: [Block: Double], side: Int) {
        self.side = side
        // One of 64 values that have slopes in common may be large by chance, most of nine are not.
        blocks = Set(
            correlations.keys.filter { block in
                let around = (block.row - 1...block.row + 1).flatMap { row in
                    (block.column - 1...block.column + 1).compactMap { correlations[Block(row: row, column: $0)] }
                }
                return Selection.median(around) >= FrameRecognition.fixedCorrelation
            })
        last = Block(row: correlations.keys.map(\.row).max() ?? 0, column: correlations.keys.map(\.column).max() ?? 0)
        share = correlations.isEmpty ? 0 : Double(blocks.count) / Double(correlations.count)
    }

    func contains(_ row: Int, _ column: Int) -> Bool {
        blocks.contains(Block(row: min(row / side, last.row), column: min(column / side, last.column)))
    }
}
