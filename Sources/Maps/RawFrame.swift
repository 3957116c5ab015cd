import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// The defects of a group in the frame of its raw files, which begins above and left of the photos' frame.
struct RawFrame {
    /// A pixel of a defect.
    struct Position: Hashable {
        let row: Int
        let column: Int
        let kind: DefectClass
    }

    /// What a list names: pixels, and lines where a program has a word for them.
    enum Place: Equatable {
        case pixel(Position)
        /// Rows of a column; nil: all of them.
        case column(Int, rows: Range<Int>?, kind: DefectClass)
        /// Columns of a row; nil: all of them.
        case row(Int, columns: Range<Int>?, kind: DefectClass)
    }

    let width: Int
    let height: Int
    let offset: FrameOffset
    let cameraName: String
    /// Whether rows are counted from the bottom of the photos' frame.
    let fromBottom: Bool
    private let sensorFrame: SensorFrame?
    private let judgement: JudgementNote
    /// From top to bottom, those that begin in the same row from left to right.
    let places: [Place]
    /// Defects of which some pixel is listed.
    let listed: Int
    /// Defects of which some pixel lies outside the raw frame, by a negative offset, and is not listed.
    let outside: Int
    /// Of the listed ones, those that are rather none: with a confidence below a half.
    private let doubtful: Int

    /// `fromBottom`: rows are counted upwards from the frame's last one, before the offset is added.
    init(_ group: JudgedGroup, offset: FrameOffset, fromBottom: Bool = false) {
        self.fromBottom = fromBottom
        sensorFrame = group.sensorFrame
        judgement = JudgementNote(group)
        width = group.shape.width
        height = group.shape.height
        self.offset = offset
        cameraName = group.camera.name
        var places: [Place] = []
        var listed = 0
        var outside = 0
        var doubtful = 0
        for defect in group.defects {
            let all = Self.places(of: defect, in: group.shape)
                .map { Self.moved(fromBottom ? Self.turned($0, height: group.shape.height) : $0, offset) }
            let inside = all.compactMap(Self.cut)
            places += inside
            if !inside.isEmpty { listed += 1 }
            if !inside.isEmpty, defect.confidence < 0.5 { doubtful += 1 }
            if inside != all { outside += 1 }
        }
        self.places = places.sorted { Self.order(of: $0) < Self.order(of: $1) }
        self.listed = listed
        self.outside = outside
        self.doubtful = doubtful
    }

    /// Every pixel once, from top to bottom, those in the same row from left to right: for programs that know nothing but
    /// pixels. Of lines as far as the photos' frame goes.
    var positions: [Position] {
        let all = places.flatMap { place -> [Position] in
            switch place {
            case .pixel(let position): [position]
            case .column(let column, let rows, let kind):
                (rows ?? max(0, offset.row)..<max(0, offset.row + height)).map {
                    Position(row: $0, column: column, kind: kind)
                }
            case .row(let row, let columns, let kind):
                (columns ?? max(0, offset.column)..<max(0, offset.column + width)).map {
                    Position(row: row, column: $0, kind: kind)
                }
            }
        }
        var seen: Set<PixelPlace> = []
        return all.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
            .filter { seen.insert(PixelPlace(row: $0.row, column: $0.column)).inserted }
    }

    /// Comment lines: whose defects they are, how many of them are doubtful, the frame they belong to, which `FrameNote`
    /// reads, of raw files the sensor and where its visible part begins, and what the list cannot have, which
    /// `JudgementNote` reads.
    var comments: [String] {
        var title = "# fastpix \(fastPixVersion): \(counted(listed, "defect")) of \(cameraName.printable)"
        // Siril reads lines in pieces of 62 bytes, dcraw of 127, and both would take the rest of a longer one for a
        // position.
        while title.utf8.count > 60 { title.removeLast() }
        let note = FrameNote(width: width, height: height, offset: offset, fromBottom: fromBottom)
        let doubt = doubtful == 0 ? [] : ["# with a confidence below 0.5: \(doubtful)"]
        return [title] + doubt + [note.text]
            + (sensorFrame.map {
                ["# sensor \($0.width) x \($0.height), margins \($0.visibleLeft),\($0.visibleTop)"]
            } ?? []) + judgement.lines
    }

    private static func turned(_ place: Place, height: Int) -> Place {
        switch place {
        case .pixel(let position):
            .pixel(Position(row: height - 1 - position.row, column: position.column, kind: position.kind))
        case .column(let column, let rows, let kind):
            .column(column, rows: rows.map { height - $0.upperBound..<height - $0.lowerBound }, kind: kind)
        case .row(let row, let columns, let kind): .row(height - 1 - row, columns: columns, kind: kind)
        }
    }

    private static func moved(_ place: Place, _ offset: FrameOffset) -> Place {
        func moved(_ range: Range<Int>, by distance: Int) -> Range<Int> {
            range.lowerBound + distance..<range.upperBound + distance
        }
        switch place {
        case .pixel(let position):
            return .pixel(
                Position(row: position.row + offset.row, column: position.column + offset.column, kind: position.kind))
        case .column(let column, let rows, let kind):
            return .column(column + offset.column, rows: rows.map { moved($0, by: offset.row) }, kind: kind)
        case .row(let row, let columns, let kind):
            return .row(row + offset.row, columns: columns.map { moved($0, by: offset.column) }, kind: kind)
        }
    }

    private static func places(of defect: Defect, in shape: FrameShape) -> [Place] {
        let (firstRow, firstColumn) = (defect.row, defect.column)
        switch defect.shape {
        case .column:
            let isWhole = defect.row == 0 && defect.extentRows == shape.height
            return (0..<defect.extentColumns).map {
                .column(
                    firstColumn + $0, rows: isWhole ? nil : firstRow..<firstRow + defect.extentRows, kind: defect.class)
            }
        case .row:
            let isWhole = defect.column == 0 && defect.extentColumns == shape.width
            return (0..<defect.extentRows).map {
                .row(
                    firstRow + $0, columns: isWhole ? nil : firstColumn..<firstColumn + defect.extentColumns,
                    kind: defect.class)
            }
        case .point, .cluster, .grid:
            return defect.covered.map {
                .pixel(Position(row: $0.row, column: $0.column, kind: defect.class))
            }
        }
    }

    /// Without what has negative positions; nil when nothing is left.
    private static func cut(_ place: Place) -> Place? {
        func cut(_ range: Range<Int>) -> Range<Int> { max(0, range.lowerBound)..<max(0, range.upperBound) }
        switch place {
        case .pixel(let position): return position.row >= 0 && position.column >= 0 ? place : nil
        case .column(let column, let rows, let kind):
            guard column >= 0, rows.map({ !cut($0).isEmpty }) ?? true else { return nil }
            return .column(column, rows: rows.map(cut), kind: kind)
        case .row(let row, let columns, let kind):
            guard row >= 0, columns.map({ !cut($0).isEmpty }) ?? true else { return nil }
            return .row(row, columns: columns.map(cut), kind: kind)
        }
    }

    private static func order(of place: Place) -> (Int, Int) {
        switch place {
        case .pixel(let position): (position.row, position.column)
        case .column(let column, let rows, _): (rows?.lowerBound ?? 0, column)
        case .row(let row, let columns, _): (row, columns?.lowerBound ?? 0)
        }
    }
}

/// The comment that says which frame a list belongs to.
struct FrameNote: Equatable {
    let width: Int
    let height: Int
    let offset: FrameOffset
    /// Whether rows are counted from the frame's last one upwards, before the offset is added.
    let fromBottom: Bool

    var text: String {
        "# frame \(width) x \(height), offset \(offset.column),\(offset.row)" + (fromBottom ? ", from the bottom" : "")
    }

    init(width: Int, height: Int, offset: FrameOffset, fromBottom: Bool = false) {
        self.fromBottom = fromBottom
        self.width = width
        self.height = height
        self.offset = offset
    }

    /// Nil when the line is no such comment.
    init?(_ line: some StringProtocol) {
        // Most lines are none, and matching takes its time.
        guard line.first == "#",
            let match = try? /# frame (\d{1,9}) x (\d{1,9}), offset (-?\d{1,9}),(-?\d{1,9})(, from the bottom)?\s*/
                .wholeMatch(
                    in: String(line)),
            let width = Int(match.1), let height = Int(match.2), let column = Int(match.3), let row = Int(match.4)
        else { return nil }
        self.init(
            width: width, height: height, offset: FrameOffset(column: column, row: row), fromBottom: match.5 != nil)
    }
}
