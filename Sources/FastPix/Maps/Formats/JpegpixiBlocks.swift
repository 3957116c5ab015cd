/// The blocks file of jpegpixi: `x,y,width,height` a line, 0-based from the top left of the JPEG picture, `#` for
/// comments. A block holds all that a defect tinges, because jpegpixi interpolates it from the pixels around.
/// Source: jpegpixi(1).
enum JpegpixiBlocks {
    static func text(_ group: JudgedGroup) -> String {
        let frame = RawFrame(group, offset: RawFrame.Offset())
        let blocks = group.defects.sorted { ($0.row, $0.column) < ($1.row, $1.column) }.map {
            "\($0.smear.column),\($0.smear.row),\($0.smear.columns),\($0.smear.rows)"
        }
        return (frame.comments + blocks).joined(separator: "\n") + "\n"
    }

    static func entry(_ line: Substring) -> DefectMap.Entry? {
        var line = line
        // Its default, interpolation in both directions; the others are for whole lines.
        if line.hasPrefix("2:") { line = line.dropFirst(2) }
        let numbers = line.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard (2...4).contains(numbers.count), !numbers.contains(nil) else { return nil }
        let values = numbers.compactMap { $0 }
        let columns = values.count > 2 ? values[2] : 1
        let rows = values.count > 3 ? values[3] : columns
        guard columns >= 1, rows >= 1 else { return nil }
        return DefectMap.Entry(
            row: values[1], column: values[0],
            smear: Smear(row: values[1], column: values[0], rows: rows, columns: columns))
    }
}
