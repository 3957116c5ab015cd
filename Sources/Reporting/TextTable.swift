import FastPixPlatform
import FastPixPlumbing

extension String {
    /// The same words in lines that fit the page.
    var wrapped: String {
        var lines: [String] = []
        for word in split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= TextTable.pageColumns {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }
}

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

    /// What terminals and mails have.
    static let pageColumns = 80

    /// With two spaces between columns, or with one where that would not fit the page.
    var text: String {
        let wide = lines(gap: 2)
        return (wide.contains { $0.count > Self.pageColumns } ? lines(gap: 1) : wide).joined(separator: "\n")
    }

    /// Whether no line of `text` is longer than the page.
    var fits: Bool { !lines(gap: 1).contains { $0.count > Self.pageColumns } }

    private func lines(gap: Int) -> [String] {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let space = String(repeating: " ", count: gap)
        return lines.map { line in
            let cells = columns.indices.map { index in
                let padding = String(repeating: " ", count: widths[index] - line[index].count)
                switch columns[index] {
                case .left: return line[index] + padding
                case .right: return padding + line[index]
                }
            }
            let joined = "  " + cells.joined(separator: space)
            return String(joined.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// A figure with two digits behind the point where it is small, and never wider than nine characters.
    static func number(_ value: Double) -> String {
        let size = value.magnitude
        if size < 100_000 { return String(printf: "%.2f", value) }
        return String(printf: size < 10_000_000 ? "%.0f" : "%.3g", value)
    }
}
