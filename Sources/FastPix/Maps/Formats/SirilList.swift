/// The list of Siril's `cosme`: `P x y H` for a hot pixel, which becomes the mean of its neighbours, `P x y C` for a
/// cold one, which becomes their median; 0-based, y from the top of the picture; `#` in the first column begins a
/// comment, and an empty line is an error. Source: `apply_cosme_to_image` in src/filters/cosmetic_correction.c.
enum SirilList {
    static func text(_ frame: RawFrame) -> String {
        let lines = frame.positions.map { "P \($0.column) \($0.row) \(isCold($0.kind) ? "C" : "H")" }
        return (frame.comments + lines).joined(separator: "\n") + "\n"
    }

    private static func isCold(_ kind: DefectClass) -> Bool { kind == .dead || kind == .lowGain }

    static func entry(_ line: Substring) -> DefectMap.Entry? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard (3...4).contains(words.count), words[0] == "P", let column = Int(words[1]), let row = Int(words[2]),
            words.count == 3 || words[3] == "H" || words[3] == "C"
        else { return nil }
        return DefectMap.Entry(row: row, column: column)
    }
}
