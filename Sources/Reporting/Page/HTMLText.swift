import FastPixPlatform
import FastPixPlumbing

/// Text for a web page.
enum HTMLText {
    /// The text as content or as an attribute's value in quotes: nothing in it is taken for markup, and control and
    /// invisible formatting characters are shown as U+FFFD. Names come from files and from EXIF and may hold anything.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.printable.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// The text as content, in which sizes, shares and times are not broken over lines.
    static func words(_ text: String) -> String {
        escaped(text).replacing(/[0-9]+ (x [0-9]+|%)|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+[Z0-9:+-]*/) {
            "<span class=\"whole\">\($0.output.0)</span>"
        }
    }

    /// A picture as an address that holds it.
    static func dataAddress(ofPNG bytes: [UInt8]) -> String {
        "data:image/png;base64," + Data(bytes).base64EncodedString()
    }

    /// With two decimals, as the other reports have it; "undefined" for nil.
    static func number(_ value: Double?) -> String {
        // Digits behind the point of a 16-bit variance say nothing.
        value.map { String(printf: $0.magnitude < 100_000 ? "%.2f" : "%.0f", $0) } ?? "undefined"
    }
}
