/// The defect list of PixInsight's CosmeticCorrection: `Col x first last` for a part of a column, so that a pixel is
/// `Col x y y`; 0-based from the top left. There are no comments, so that it cannot tell its frame.
/// Source: `LoadList_PushButton` in CosmeticCorrectionInterface.cpp of the PixInsight Class Library.
enum PixInsightList {
    static func text(_ frame: RawFrame) -> String {
        frame.positions.map { "Col \($0.column) \($0.row) \($0.row)\n" }.joined()
    }

    static func entry(_ line: Substring) -> DefectMap.Entry? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 4, let line = Int(words[1]), let first = Int(words[2]), first == Int(words[3]) else {
            return nil
        }
        switch words[0] {
        case "Col": return DefectMap.Entry(row: first, column: line)
        case "Row": return DefectMap.Entry(row: line, column: first)
        default: return nil
        }
    }
}
