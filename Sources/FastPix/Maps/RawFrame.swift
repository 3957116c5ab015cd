/// The defects of a group in the frame of its raw files, which begins above and left of the photos' frame.
struct RawFrame {
    struct Position: Equatable {
        let row: Int
        let column: Int
        let kind: DefectClass
    }

    /// The photos' upper left pixel in the raw frame.
    struct Offset: Sendable, Equatable {
        var column = 0
        var row = 0
    }

    let width: Int
    let height: Int
    let offset: Offset
    let cameraName: String
    /// From top to bottom, those in the same row from left to right.
    let positions: [Position]
    /// Defects that a negative offset puts outside the raw frame.
    let outside: Int

    init(_ group: JudgedGroup, offset: Offset) {
        width = group.shape.width
        height = group.shape.height
        self.offset = offset
        cameraName = group.camera.name
        let all = group.defects.sorted { ($0.row, $0.column) < ($1.row, $1.column) }.map {
            Position(row: $0.row + offset.row, column: $0.column + offset.column, kind: $0.class)
        }
        positions = all.filter { $0.row >= 0 && $0.column >= 0 }
        outside = all.count - positions.count
    }

    /// Two comment lines: whose defects they are, and the frame they belong to, which `FrameNote` reads.
    var comments: [String] {
        var title = "# fastpix \(fastPixVersion): \(counted(positions.count, "defect")) of \(cameraName.printable)"
        // dcraw reads lines in pieces of 127 bytes and would take the rest of a longer one for a position.
        while title.utf8.count > 100 { title.removeLast() }
        return [title, FrameNote(width: width, height: height, offset: offset).text]
    }
}

/// The comment that says which frame a list belongs to.
struct FrameNote: Equatable {
    let width: Int
    let height: Int
    let offset: RawFrame.Offset

    var text: String { "# frame \(width) x \(height), offset \(offset.column),\(offset.row)" }

    init(width: Int, height: Int, offset: RawFrame.Offset) {
        self.width = width
        self.height = height
        self.offset = offset
    }

    /// Nil when the line is no such comment.
    init?(_ line: some StringProtocol) {
        // Most lines are none, and matching takes its time.
        guard line.first == "#",
            let match = try? /# frame (\d{1,9}) x (\d{1,9}), offset (-?\d{1,9}),(-?\d{1,9})\s*/.wholeMatch(
                in: String(line)),
            let width = Int(match.1), let height = Int(match.2), let column = Int(match.3), let row = Int(match.4)
        else { return nil }
        self.init(width: width, height: height, offset: RawFrame.Offset(column: column, row: row))
    }
}
