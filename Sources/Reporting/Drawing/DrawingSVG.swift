import FastPixPlatform
import FastPixPlumbing

extension Drawing {
    /// The drawing as a complete SVG 1.1 file.
    var svg: String {
        var lines = [
            #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(width)" height="\#(height)" "#
                + #"viewBox="0 0 \#(width) \#(height)" role="img" font-family="Menlo, Consolas, monospace" "#
                + #"font-size="\#(Self.fontSize)">"#,
            "<title>\(Self.escaped(description))</title>",
            #"<rect width="100%" height="100%" fill="\#(Self.hexadecimal(Self.paper))"/>"#,
        ]
        lines += shapes.map(Self.element)
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Characters of a monospaced font are six tenths of its size wide.
    private static let fontSize = Int(characterWidth / 0.6)

    private static func element(_ shape: Shape) -> String {
        switch shape {
        case .rectangle(let origin, let width, let height, let color):
            return #"<rect x="\#(number(origin.x))" y="\#(number(origin.y))" width="\#(number(width))" "#
                + #"height="\#(number(height))" fill="\#(hexadecimal(color))"/>"#
        case .line(let points, let width, let color, let isDashed):
            let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
            let dashes = isDashed ? #" stroke-dasharray="\#(number(dash)) \#(number(gap))""# : ""
            return #"<polyline points="\#(list)" fill="none" stroke="\#(hexadecimal(color))" "#
                + #"stroke-width="\#(number(width))"\#(dashes)/>"#
        case .disc(let centre, let radius, let color):
            return #"<circle cx="\#(number(centre.x))" cy="\#(number(centre.y))" r="\#(number(radius))" "#
                + #"fill="\#(hexadecimal(color))"/>"#
        case .text(let text, let point, let anchor, let color):
            return #"<text x="\#(number(point.x))" y="\#(number(point.y))" text-anchor="\#(anchor)" "#
                + #"fill="\#(hexadecimal(color))" xml:space="preserve">\#(escaped(text))</text>"#
        }
    }

    /// Lengths of a dashed line's dashes and of the gaps between them.
    static let dash = 8.0
    static let gap = 6.0

    private static func number(_ value: Double) -> String {
        let text = String(printf: "%.2f", value)
        return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }

    private static func hexadecimal(_ color: RGBColor) -> String {
        String(printf: "#%02x%02x%02x", color.red, color.green, color.blue)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
