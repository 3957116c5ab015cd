/// Sizes that every kernel meets.
enum Shapes {
    /// Nothing, one, one less and one more than every vector and column width, and a few that take several columns.
    static let lengths = [
        0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 97, 127, 128, 129, 191, 193, 255, 257, 1023,
        1024, 1025, 2600,
    ]
    static let frameCounts = [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 17]
    /// Elements between the end of a buffer and the guard page: every alignment that the elements' size allows.
    static let alignments = 0..<64
    static let teamSizes = 1...4
}

func describe(_ level: Level, _ details: String) -> String {
    "\(level): \(details), FASTPIX_TEST_SEED=\(SeededGenerator.seed)"
}
