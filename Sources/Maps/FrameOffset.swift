/// Where the photos' upper left pixel lies in a larger frame, as that of the raw files: added to the photos' positions it
/// gives those of the other frame.
package struct FrameOffset: Sendable, Hashable {
    package var column: Int
    package var row: Int

    package init(column: Int = 0, row: Int = 0) {
        self.column = column
        self.row = row
    }
}

/// Pixels across and down.
package struct FrameSize: Sendable, Hashable {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// "4000 x 3000"
    package var words: String { "\(width) x \(height)" }
}
