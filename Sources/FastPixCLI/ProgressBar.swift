import ArgumentParser
import FastPix
import FastPixPlatform
import Synchronization

/// How a run tells how far it is.
enum ProgressForm: String, ExpressibleByArgument, CaseIterable {
    /// A bar on a terminal, nothing elsewhere.
    case auto
    case bar, json, none
}

struct ProgressOptions: ParsableArguments {
    @Option(
        name: .customLong("progress"),
        help: ArgumentHelp(
            "How far the work is, on stderr.",
            discussion: "auto: a bar, on terminals alone. json: an object a line, for programs, also with --quiet.",
            valueName: "auto|bar|json|none"))
    var form: ProgressForm = .auto

    func bar(_ console: Console) -> ProgressBar {
        switch form {
        case .auto: ProgressBar(console.showsProgress ? .bar : .none)
        case .bar: ProgressBar(console.isQuiet ? .none : .bar)
        case .json: ProgressBar(.json)
        case .none: ProgressBar(.none)
        }
    }
}

/// Tells on stderr how far the work is: one line on the terminal that is drawn again and again, or lines for programs.
final class ProgressBar: Sendable {
    private struct State {
        var activity = ""
        var start = ContinuousClock.now
        var lastTold: ContinuousClock.Instant?
        /// Columns of the line on the terminal; 0 when there is none.
        var drawnColumns = 0
    }

    private struct Step {
        let activity: String
        let done: Int
        let total: Int
        let unit: String
        let bytesDone: Int
        let bytesInAll: Int
    }

    private let form: ProgressForm
    private let state = Mutex(State())

    init(_ form: ProgressForm) { self.form = form }

    func update(_ progress: JobProgress) {
        let activity = progress.stage == .readingHeaders ? "Reading headers" : "Decoding"
        update(
            activity, done: progress.done, of: progress.total, "photos", bytesDone: progress.bytesDone,
            bytesInAll: progress.bytesInAll)
    }

    /// Draws "Decoding [###...] 3/24 photos". Safe from any thread; draws at most ten times a second.
    func update(
        _ activity: String, done: Int, of total: Int, _ unit: String, bytesDone: Int = 0, bytesInAll: Int = 0
    ) {
        guard form == .bar || form == .json else { return }
        let step = Step(
            activity: activity, done: done, total: max(1, total), unit: unit, bytesDone: bytesDone,
            bytesInAll: bytesInAll)
        state.withLock { state in
            let now = ContinuousClock.now
            if activity != state.activity {
                state.activity = activity
                state.start = now
                state.lastTold = nil
            }
            if let last = state.lastTold, now - last < .milliseconds(100), done < total { return }
            state.lastTold = now
            guard form == .bar else { return write(Self.json(step)) }
            let columns = Self.terminalColumns
            // Never into the last column: some terminals begin a new line there.
            let line = Self.line(step, after: now - state.start, columns: columns - 1)
            write(Self.erasure(of: state.drawnColumns, columns: columns) + line)
            state.drawnColumns = line.count
        }
    }

    /// Removes the line, so that what follows starts clean: what `body` writes, between which and this no bar is drawn.
    func clear(before body: () -> Void = {}) {
        state.withLock { state in
            if state.drawnColumns > 0 { write(Self.erasure(of: state.drawnColumns, columns: Self.terminalColumns)) }
            state.drawnColumns = 0
            body()
        }
    }

    // MARK: The terminal

    /// As many columns as the terminal has now; it may have been made narrower since the last line.
    private static var terminalColumns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Takes a line away. In a terminal that has become narrower it goes over several of its lines.
    private static func erasure(of drawn: Int, columns: Int) -> String {
        let linesAbove = drawn > columns ? (drawn - 1) / columns : 0
        return linesAbove == 0 ? "\r\u{1b}[K" : "\r\u{1b}[\(linesAbove)A\u{1b}[J"
    }

    /// At most so many columns. What does not fit is left out, the least important first.
    private static func line(_ step: Step, after elapsed: Duration, columns: Int) -> String {
        let share =
            step.bytesInAll > 0
            ? Double(step.bytesDone) / Double(step.bytesInAll) : Double(step.done) / Double(step.total)
        let count = "\(step.done)/\(step.total) \(step.unit)"
        var parts: [String] = []
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        if share > 0, seconds > 0.5 {
            parts.append(String(printf: "%.0f s left", seconds * (1 - share) / share))
            parts.append(String(printf: "%.1f/s", Double(step.done) / seconds))
        }
        if step.bytesInAll > 0 {
            parts.append(String(printf: "%.0f of %.0f MB", Double(step.bytesDone) / 1e6, Double(step.bytesInAll) / 1e6))
        }
        for bar in [24, 10] {
            for kept in stride(from: parts.count, through: bar == 24 ? 1 : 0, by: -1) {
                let filled = min(bar, Int(Double(bar) * share))
                let picture = String(repeating: "#", count: filled) + String(repeating: ".", count: bar - filled)
                let line = ["\(step.activity) [\(picture)] \(count)"] + parts.prefix(kept)
                let text = line.joined(separator: ", ")
                if text.count <= columns { return text }
            }
        }
        let shorter = [
            "\(step.activity) \(count)", count, "\(step.done)/\(step.total)", "\(Int(100 * min(1, share))) %",
        ]
        // Rather nothing than a part of a number.
        return shorter.first { $0.count <= columns } ?? ""
    }

    // MARK: Programs

    private static func json(_ step: Step) -> String {
        // All words are the program's own; nothing in them has to be escaped.
        "{\"activity\":\"\(step.activity)\",\"bytesDone\":\(step.bytesDone),\"bytesInAll\":\(step.bytesInAll),"
            + "\"done\":\(step.done),\"inAll\":\(step.total),\"schema\":\"fastpix.progress/1\",\"unit\":\"\(step.unit)\"}\n"
    }

    private func write(_ text: String) { _ = StandardStream.write(Data(text.utf8), to: STDERR_FILENO) }
}
