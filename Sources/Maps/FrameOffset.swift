/// Where the photos' upper left pixel lies in a larger frame, as that of the raw files: added to the photos' positions it
/// gives those of the other frame.
public struct FrameOffset: Sendable, Hashable {
    public var column: Int
    public var row: Int

    public init(column: Int = 0, row: Int = 0) {
        self.column = column
        self.row = row
    }
}

/// Pixels across and down.
public struct FrameSize: Sendable, Hashable {
    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// "4000 x 3000"
    public var words: String { "\(width) x \(height)" }
}
