import FastPixDetection

/// The blocks file of jpegpixi: `x,y,width,height` a line, 0-based from the top left of the JPEG picture, `#` for
/// comments; `H:` in front has it interpolated from left and right only, as columns need it, `V:` from above and below, as
/// rows do. A block holds all that a defect tinges, because jpegpixi interpolates it from the pixels around.
/// Source: jpegpixi(1).
enum JpegpixiBlocks {
    static func text(_ group: JudgedGroup) -> String {
        let frame = RawFrame(group, offset: FrameOffset())
        let blocks = group.defects.flatMap { defect in defect.patches.map { (patch: $0, shape: defect.shape) } }
            .sorted { ($0.patch.row, $0.patch.column) < ($1.patch.row, $1.patch.column) }
            .map { "\(direction(of: $1))\($0.column),\($0.row),\($0.columns),\($0.rows)" }
        return (frame.comments + blocks).joined(separator: "\n") + "\n"
    }

    private static func direction(of shape: DefectShape) -> String {
        switch shape {
        case .column: "H:"
        case .row: "V:"
        case .point, .cluster, .grid: ""
        }
    }

    static func entry(_ line: Substring) -> DefectMap.Entry? {
        var line = line
        if let prefix = ["2:", "H:", "h:", "V:", "v:"].first(where: { line.hasPrefix($0) }) {
            line = line.dropFirst(prefix.count)
        }
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
