import FastPixCodecs
import FastPixDetection

/// A list of defects of one camera and frame size, as it is read from a file.
public struct DefectMap: Sendable, Equatable {
    /// A defect, or a pixel or block that belongs to one; 0-based from the top left of the stored frame.
    public struct Entry: Sendable, Hashable {
        /// The strongest pixel; of lines and grids the first one.
        public let row: Int
        /// As `row`.
        public let column: Int
        /// Nil when the list names pixels or blocks, and not which of them belong together.
        public let shape: DefectShape?
        /// Rows and columns that it covers, from `row` and `column` on unless `pixels` tells. Nil: from edge to edge of a
        /// frame whose size is not known.
        public let extentRows: Int?
        /// As `extentRows`.
        public let extentColumns: Int?
        /// Distance of a grid's pixels; 1 of everything else.
        public let rowPeriod: Int
        /// As `rowPeriod`.
        public let columnPeriod: Int
        /// Every pixel of a cluster; empty when the extent tells.
        public let pixels: [PixelPlace]
        /// What has to be replaced, when the file tells; nil when it names the pixels alone.
        package let smear: Smear?
        /// What is wrong with it, and its mean less that of its neighbours, in samples; nil when the file does not tell.
        public let `class`: DefectClass?
        /// As `class`.
        public let meanOffset: Double?

        package init(
            row: Int, column: Int, shape: DefectShape? = nil, extentRows: Int? = 1, extentColumns: Int? = 1,
            rowPeriod: Int = 1, columnPeriod: Int = 1, pixels: [PixelPlace] = [], smear: Smear? = nil,
            class: DefectClass? = nil, meanOffset: Double? = nil
        ) {
            self.row = row
            self.column = column
            self.shape = shape
            self.extentRows = extentRows
            self.extentColumns = extentColumns
            self.rowPeriod = rowPeriod
            self.columnPeriod = columnPeriod
            self.pixels = pixels
            self.smear = smear
            self.class = `class`
            self.meanOffset = meanOffset
        }
    }

    /// Fields are nil when the file does not tell.
    public var camera = Camera()
    /// Pixels of the frame across.
    public var width: Int?
    /// Pixels of the frame down.
    public var height: Int?
    /// In the order of the file.
    public var entries: [Entry] = []
    /// Whether entries are what has to be replaced, a defect with all that it tinges, and not the defects themselves.
    public var listsSmears = false
    /// Whether rows may be counted from the other end in FITS files, and neither the list nor its reader says.
    package var isUpsideDownInFITS = false
    /// Where in the frame no defect would have been listed; nil when the file does not tell.
    package var notJudged: [NotJudgedPart]?
    /// The classes that were asked for; nil: all of them, or the file does not tell.
    package var classes: [DefectClass]?

    /// A list of these entries.
    public init(camera: Camera = Camera(), width: Int? = nil, height: Int? = nil, entries: [Entry] = []) {
        self.camera = camera
        self.width = width
        self.height = height
        self.entries = entries
    }

    /// Nil when the file does not tell both.
    package var size: FrameSize? {
        guard let width, let height else { return nil }
        return FrameSize(width: width, height: height)
    }

    /// The most pixels that the entries of a list may name together: far more than a sensor has defects. Grids take the
    /// most, and a few bytes may claim any number.
    static let mostPixels = 4 << 20

    /// No frame is as large, and no sum of positions in it leaves the range of integers.
    static let longestSide = 1 << 31

    /// Whether an entry has a place in a frame of this size. Both may be any numbers, as a file has them.
    static func isInside(_ entry: Entry, width: Int, height: Int) -> Bool {
        func isInside(_ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> Bool {
            row >= 0 && column >= 0 && rows >= 1 && columns >= 1 && row < height && column < width
                && rows <= height - row && columns <= width - column
        }
        let (rows, columns) = entry.pixels.isEmpty ? (entry.extentRows ?? 1, entry.extentColumns ?? 1) : (1, 1)
        guard isInside(entry.row, entry.column, rows, columns), entry.rowPeriod >= 1, entry.columnPeriod >= 1,
            entry.pixels.allSatisfy({ isInside($0.row, $0.column, 1, 1) })
        else { return false }
        guard let smear = entry.smear else { return true }
        return isInside(smear.row, smear.column, smear.rows, smear.columns)
    }
}

extension DefectMap.Entry {
    /// Every pixel that the entry names; of one that goes from edge to edge, the size must be known (`resolved`).
    var covered: [PixelPlace] {
        guard pixels.isEmpty else { return pixels }
        return stride(from: row, to: row + (extentRows ?? 1), by: rowPeriod).flatMap { row in
            stride(from: column, to: column + (extentColumns ?? 1), by: columnPeriod).map {
                PixelPlace(row: row, column: $0)
            }
        }
    }

    /// How many `covered` are; the largest integer when there are more.
    var coveredCount: Int {
        guard pixels.isEmpty else { return pixels.count }
        let rows = ((extentRows ?? 1) - 1) / rowPeriod + 1
        let columns = ((extentColumns ?? 1) - 1) / columnPeriod + 1
        let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
        return overflows ? Int.max : count
    }

    /// With edges where a frame of this size has them.
    func resolved(_ size: FrameSize) -> DefectMap.Entry {
        guard extentRows == nil || extentColumns == nil else { return self }
        return with(
            row: row, column: column, extentRows: extentRows ?? size.height, extentColumns: extentColumns ?? size.width,
            pixels: pixels, smear: smear)
    }

    /// The same place where the frame's upper left pixel has other numbers; nil when these leave the range of integers.
    /// What goes from edge to edge goes on doing so.
    func moved(rows: Int, columns: Int) -> DefectMap.Entry? {
        let rows = extentRows == nil ? 0 : rows
        let columns = extentColumns == nil ? 0 : columns
        guard let place = Self.sum(row, rows, column, columns) else { return nil }
        var pixels: [PixelPlace] = []
        for pixel in self.pixels {
            guard let moved = Self.sum(pixel.row, rows, pixel.column, columns) else { return nil }
            pixels.append(PixelPlace(row: moved.row, column: moved.column))
        }
        var smear = smear
        if let tinged = smear {
            guard let corner = Self.sum(tinged.row, rows, tinged.column, columns) else { return nil }
            smear = Smear(row: corner.row, column: corner.column, rows: tinged.rows, columns: tinged.columns)
        }
        return with(
            row: place.row, column: place.column, extentRows: extentRows, extentColumns: extentColumns, pixels: pixels,
            smear: smear)
    }

    /// The same place in a frame of so many rows where they are counted from the other end; as it is when nil. Of lists of
    /// lines, whose entries have an extent alone. Nil when it leaves the range of integers.
    func turned(in height: Int?) -> DefectMap.Entry? {
        guard let height, let extentRows else { return self }
        let (end, overflows) = row.addingReportingOverflow(extentRows)
        guard !overflows, end >= 0, end <= DefectMap.longestSide else { return nil }
        return with(
            row: height - end, column: column, extentRows: extentRows, extentColumns: extentColumns, pixels: pixels,
            smear: smear)
    }

    private func with(
        row: Int, column: Int, extentRows: Int?, extentColumns: Int?, pixels: [PixelPlace], smear: Smear?
    ) -> DefectMap.Entry {
        DefectMap.Entry(
            row: row, column: column, shape: shape, extentRows: extentRows, extentColumns: extentColumns,
            rowPeriod: rowPeriod, columnPeriod: columnPeriod, pixels: pixels, smear: smear, class: self.class,
            meanOffset: meanOffset)
    }

    private static func sum(_ row: Int, _ rows: Int, _ column: Int, _ columns: Int) -> (row: Int, column: Int)? {
        let (row, rowOverflows) = row.addingReportingOverflow(rows)
        let (column, columnOverflows) = column.addingReportingOverflow(columns)
        return rowOverflows || columnOverflows ? nil : (row, column)
    }
}

extension Smear: Hashable {
    package func hash(into hasher: inout Hasher) {
        for number in [row, column, rows, columns] { hasher.combine(number) }
    }
}
