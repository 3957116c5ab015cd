import FastPixPlatform

/// The CSV form of results (RFC 4180).
package enum CSVText {
    /// A field, quoted where it must be. Spreadsheets run fields that begin like formulas; a quote mark in front makes
    /// them text.
    package static func field(_ text: String) -> String {
        let harmless = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
        guard harmless.contains(where: { ",\"\n\r".contains($0) }) else { return harmless }
        return "\"" + harmless.replacing("\"", with: "\"\"") + "\""
    }
}
