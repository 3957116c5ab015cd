import FastPixDetection

/// The list of Siril's `cosme`: `P x y H` for a hot pixel, which becomes the mean of its neighbours, `P x y C` for a
/// cold one, which becomes their median; `C x 0` for a whole column and `L y 0` for a whole row, which become the means
/// of the lines beside them; 0-based, y from the top of the picture; `#` in the first column begins a comment, an empty
/// line is an error, and lines are at most 62 bytes long. Parts of lines are lists of their pixels.
/// Source: `apply_cosme_to_image` in src/filters/cosmetic_correction.c.
enum SirilList {
    static func text(_ frame: RawFrame) -> String {
        let lines = frame.places.flatMap { place -> [String] in
            switch place {
            case .pixel(let position): [pixel(position.column, position.row, position.kind)]
            case .column(let column, nil, _): ["C \(column) 0"]
            case .column(let column, let rows?, let kind): rows.map { pixel(column, $0, kind) }
            case .row(let row, nil, _): ["L \(row) 0"]
            case .row(let row, let columns?, let kind): columns.map { pixel($0, row, kind) }
            }
        }
        return (frame.comments + lines).joined(separator: "\n") + "\n"
    }

    private static func pixel(_ column: Int, _ row: Int, _ kind: DefectClass) -> String {
        "P \(column) \(row) \(kind == .dead || kind == .lowGain ? "C" : "H")"
    }

    static func entry(_ line: Substring) -> DefectMap.Entry? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, let first = Int(words[1]), let second = Int(words[2]) else { return nil }
        let kind = words.count > 3 ? words[3] : nil
        guard words.count <= 4, kind == nil || kind == "H" || kind == "C" else { return nil }
        switch words[0] {
        case "P": return DefectMap.Entry(row: second, column: first)
        case "C": return DefectMap.Entry(row: 0, column: first, shape: .column, extentRows: nil)
        case "L": return DefectMap.Entry(row: first, column: 0, shape: .row, extentColumns: nil)
        default: return nil
        }
    }
}
