import FastPix
import Foundation
import Synchronization

/// One line on the terminal that tells how far the work is.
final class ProgressBar: Sendable {
    private struct State {
        var activity = ""
        var start = ContinuousClock.now
        var lastDrawn: ContinuousClock.Instant?
        var isDrawn = false
    }

    private let isShown: Bool
    private let state = Mutex(State())

    init(isShown: Bool) { self.isShown = isShown }

    func update(_ progress: JobProgress) {
        let activity = progress.stage == .readingHeaders ? "Reading headers" : "Decoding"
        update(activity, done: progress.done, of: progress.total, "photos")
    }

    /// Draws "Decoding [###...] 3/24 photos". Safe from any thread; draws at most ten times a second.
    func update(_ activity: String, done: Int, of total: Int, _ unit: String) {
        guard isShown else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if activity != state.activity {
                state.activity = activity
                state.start = now
            }
            if let last = state.lastDrawn, now - last < .milliseconds(100), done < total { return }
            state.lastDrawn = now
            state.isDrawn = true
            write("\r\u{1b}[K" + line(activity, done, max(1, total), unit, after: now - state.start))
        }
    }

    /// Removes the line, so that what follows starts clean.
    func clear() {
        state.withLock { state in
            if state.isDrawn { write("\r\u{1b}[K") }
            state.isDrawn = false
        }
    }

    private func line(_ activity: String, _ done: Int, _ total: Int, _ unit: String, after elapsed: Duration) -> String
    {
        let width = 24
        let filled = width * done / total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        var text = "\(activity) [\(bar)] \(done)/\(total) \(unit)"
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        if done > 0, seconds > 0.5 {
            let perSecond = Double(done) / seconds
            text += String(format: ", %.1f/s, %.0f s left", perSecond, Double(total - done) / perSecond)
        }
        return text
    }

    private func write(_ text: String) { _ = StandardStream.write(Data(text.utf8), to: STDERR_FILENO) }
}
