/// Columns aligned with spaces.
struct TextTable {
    enum Column {
        case left(String)
        case right(String)

        var title: String {
            switch self {
            case .left(let title), .right(let title): title
            }
        }
    }

    let columns: [Column]
    let rows: [[String]]

    var text: String {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = columns.indices.map { index in
                let padding = String(repeating: " ", count: widths[index] - line[index].count)
                switch columns[index] {
                case .left: return line[index] + padding
                case .right: return padding + line[index]
                }
            }
            let joined = "  " + cells.joined(separator: "  ")
            return String(joined.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
