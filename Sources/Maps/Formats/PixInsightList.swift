import FastPixDetection

/// The defect list of PixInsight's CosmeticCorrection: `Col x` for a whole column, `Col x first last` for a part of one, so
/// that a pixel is `Col x y y`, and likewise `Row`; 0-based from the top left. There are no comments, so that it cannot
/// tell its frame. Source: `LoadList_PushButton` in CosmeticCorrectionInterface.cpp of the PixInsight Class Library.
enum PixInsightList {
    static func text(_ frame: RawFrame) -> String {
        frame.places.map { place in
            switch place {
            case .pixel(let position): "Col \(position.column) \(position.row) \(position.row)\n"
            case .column(let column, let rows, _): "Col \(column)\(part(rows))\n"
            case .row(let row, let columns, _): "Row \(row)\(part(columns))\n"
            }
        }.joined()
    }

    private static func part(_ range: Range<Int>?) -> String {
        range.map { " \($0.lowerBound) \($0.upperBound - 1)" } ?? ""
    }

    static func entry(_ line: Substring) -> DefectMap.Entry? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2 || words.count == 4, let line = Int(words[1]) else { return nil }
        var range: ClosedRange<Int>?
        if words.count == 4 {
            guard let first = Int(words[2]), let last = Int(words[3]), first >= 0, last >= first else {
                return nil
            }
            range = first...last
        }
        // One pixel of a column or of a row is a pixel.
        let isPixel = range.map { $0.lowerBound == $0.upperBound } ?? false
        let extent = range.map { $0.upperBound - $0.lowerBound }
        guard extent.map({ $0 < Int.max }) ?? true else { return nil }
        switch words[0] {
        case "Col":
            return DefectMap.Entry(
                row: range?.lowerBound ?? 0, column: line, shape: isPixel ? nil : .column,
                extentRows: extent.map { $0 + 1 })
        case "Row":
            return DefectMap.Entry(
                row: line, column: range?.lowerBound ?? 0, shape: isPixel ? nil : .row,
                extentColumns: extent.map { $0 + 1 })
        default: return nil
        }
    }
}
