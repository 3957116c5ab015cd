import FastPix
import FastPixPlatform

/// stderr: progress, notes and errors. Results go to stdout, never here.
struct Console: Sendable {
    let isQuiet: Bool

    private static let isTerminal = isatty(STDERR_FILENO) == 1
    /// It knows no commands: neither colours nor how to take a line away.
    private static let isDumb = environment("TERM") == "dumb"
    /// https://no-color.org: any non-empty value turns colour off.
    private static let hasColour = isTerminal && (environment("NO_COLOR") ?? "").isEmpty && !isDumb

    private static func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    var showsProgress: Bool { Self.isTerminal && !Self.isDumb && !isQuiet }

    /// Something the user should know that is not an error.
    func note(_ text: String) {
        if !isQuiet { write("fastpix: \(OptionWords.added(to: text).printable)") }
    }

    func warning(_ text: String) {
        if !isQuiet { write("fastpix: \(styled("warning:", "33")) \(OptionWords.added(to: text).printable)") }
    }

    func error(_ text: String) {
        write("fastpix: \(styled("error:", "31")) \(OptionWords.added(to: text).printable)")
    }

    /// Names each output that could not be written.
    func failed(_ outputs: [FailedOutput]) {
        for output in outputs { error("\(output.path): \(output.reason)") }
    }

    /// Names each photo with its reason; of many that have the same one, the first few,
    /// and how many more there are.
    func skipped(_ photos: [SkippedPhoto], namingAll: Bool = false) {
        let counts = Dictionary(photos.map { ($0.reason, 1) }, uniquingKeysWith: +)
        var named: [String: Int] = [:]
        for photo in photos {
            named[photo.reason, default: 0] += 1
            let count = counts[photo.reason] ?? 0
            guard !namingAll, count > Self.mostNamed, named[photo.reason]! > Self.fewNamed else {
                write("fastpix: \(styled("skipped", "33")) \(photo.path.string.printable): \(words(photo))")
                continue
            }
            if named[photo.reason] == Self.fewNamed + 1 {
                write("fastpix: \(styled("skipped", "33")) \(count - Self.fewNamed) more: \(words(photo))")
            }
        }
    }

    private func words(_ photo: SkippedPhoto) -> String { OptionWords.added(to: photo.reason).printable }

    /// So many lines with one reason are read; of more, so few are enough.
    private static let mostNamed = 20
    private static let fewNamed = 10

    private func styled(_ text: String, _ code: String) -> String {
        Self.hasColour ? "\u{1b}[1;\(code)m\(text)\u{1b}[0m" : text
    }

    private func write(_ line: String) {
        // A message that nobody can read must not cost the result.
        _ = StandardStream.write(Data((line + "\n").utf8), to: STDERR_FILENO)
    }
}
