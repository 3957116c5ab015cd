import FastPix
import FastPixPlatform
import SystemPackage

/// A result as JSON of a run that failed: it names what was skipped and has no figures, and says so itself (`failed`). The same
/// command, once what was wrong is put right, may replace it without --overwrite.
enum FailedResult {
    /// Larger files are read by nobody here; they stay.
    private static let longestFile = 64 << 20

    private struct Mark: Decodable {
        let schema: String
        let failed: Bool
    }

    static func isAt(_ path: FilePath) -> Bool {
        guard let file = try? OpenFile(path), file.state.byteCount <= longestFile, let bytes = try? file.content()
        else {
            return false
        }
        // Of JSON Lines the first one tells.
        let newline = UInt8(ascii: "\n")
        for text in [bytes, bytes.prefix { $0 != newline }] {
            guard let mark = try? JSONDecoder().decode(Mark.self, from: text) else { continue }
            return mark.failed && mark.schema.hasPrefix("fastpix.")
        }
        return false
    }
}
