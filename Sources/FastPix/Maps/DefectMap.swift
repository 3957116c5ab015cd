/// A list of places to repair in the photos of one camera and frame size, as it is read from a file.
public struct DefectMap: Sendable, Equatable {
    /// One place, 0-based from the top left of the stored frame.
    public struct Entry: Sendable, Equatable {
        public let row: Int
        public let column: Int
        /// What has to be replaced, when the file tells; nil when it names the pixel alone.
        public let smear: Smear?

        public init(row: Int, column: Int, smear: Smear? = nil) {
            self.row = row
            self.column = column
            self.smear = smear
        }
    }

    /// Fields are nil when the file does not tell.
    public var camera = Camera()
    public var width: Int?
    public var height: Int?
    public var entries: [Entry] = []

    public init(camera: Camera = Camera(), width: Int? = nil, height: Int? = nil, entries: [Entry] = []) {
        self.camera = camera
        self.width = width
        self.height = height
        self.entries = entries
    }

    /// Whether an entry has a place in a frame of this size. Both may be any numbers, as a file has them.
    static func isInside(_ entry: Entry, width: Int, height: Int) -> Bool {
        guard entry.row >= 0, entry.row < height, entry.column >= 0, entry.column < width else { return false }
        guard let smear = entry.smear else { return true }
        return smear.row >= 0 && smear.column >= 0 && smear.rows >= 1 && smear.columns >= 1
            && smear.rows <= height - smear.row && smear.columns <= width - smear.column
    }
}

extension DefectMap.Entry {
    /// The same place where the frame's upper left pixel has other numbers; nil when these leave the range of integers.
    func moved(rows: Int, columns: Int) -> DefectMap.Entry? {
        guard let place = Self.sum(row, rows, column, columns) else { return nil }
        guard let smear else { return DefectMap.Entry(row: place.row, column: place.column) }
        guard let corner = Self.sum(smear.row, rows, smear.column, columns) else { return nil }
        return DefectMap.Entry(
            row: place.row, column: place.column,
            smear: Smear(row: corner.row, column: corner.column, rows: smear.rows, columns: smear.columns))
    }

    private static func sum(_ row: Int, _ rows: Int, _ column: Int, _ columns: Int) -> (row: Int, column: Int)? {
        let (row, rowOverflows) = row.addingReportingOverflow(rows)
        let (column, columnOverflows) = column.addingReportingOverflow(columns)
        return rowOverflows || columnOverflows ? nil : (row, column)
    }
}
