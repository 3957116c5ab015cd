import FastPix
import Foundation

/// stderr: progress, notes and errors. Results go to stdout, never here.
struct Console: Sendable {
    let isQuiet: Bool

    private static let isTerminal = isatty(STDERR_FILENO) == 1
    /// https://no-color.org: any non-empty value turns colour off.
    private static let hasColour =
        isTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"

    private static func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    var showsProgress: Bool { Self.isTerminal && !isQuiet }

    /// Something the user should know that is not an error.
    func note(_ text: String) {
        if !isQuiet { write("fastpix: \(printable(text))") }
    }

    func warning(_ text: String) {
        if !isQuiet { write("fastpix: \(styled("warning:", "33")) \(printable(text))") }
    }

    func error(_ text: String) {
        write("fastpix: \(styled("error:", "31")) \(printable(text))")
    }

    func skipped(_ photo: SkippedPhoto) {
        write("fastpix: \(styled("skipped", "33")) \(printable(photo.path)): \(printable(photo.reason))")
    }

    private func styled(_ text: String, _ code: String) -> String {
        Self.hasColour ? "\u{1b}[1;\(code)m\(text)\u{1b}[0m" : text
    }

    private func write(_ line: String) {
        // A message that nobody can read must not cost the result.
        _ = StandardStream.write(Data((line + "\n").utf8), to: STDERR_FILENO)
    }

    /// File names may hold characters that move the cursor or turn the text around; they must not reach a terminal.
    private func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: "\u{fffd}"
                default: Character(scalar)
                }
            })
    }
}
