/// `.badpixels` of dcraw and LibRaw: `column row time` a line, 0-based from the top left of the visible raw frame
/// before rotation, `#` for comments; a pixel counts for photos taken after its UNIX time, so 0 means all. Lines are
/// lists of their pixels. Source: dcraw(1), "FILES", and `bad_pixels` in dcraw.c.
enum DcrawList {
    static func text(_ frame: RawFrame) -> String {
        (frame.comments + frame.positions.map { "\($0.column) \($0.row) 0" }).joined(separator: "\n") + "\n"
    }

    /// The position in a line with its comment removed; nil when it is not of this form.
    static func entry(_ line: Substring) -> DefectMap.Entry? {
        let numbers = line.split(whereSeparator: \.isWhitespace).map { Int($0) }
        guard numbers.count == 3, let column = numbers[0], let row = numbers[1], numbers[2] != nil else { return nil }
        return DefectMap.Entry(row: row, column: column)
    }
}
