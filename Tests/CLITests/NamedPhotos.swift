import TestSupport
import Testing

extension CommandRun {
    /// Expects one line on stderr for each photo, and no other: its reason, of which the command may put what to do about it
    /// into its own options' words.
    func expectNamed(_ photos: [(path: String, reason: String)], _ location: SourceLocation = #_sourceLocation) {
        #expect(stderrLines.count == photos.count, sourceLocation: location)
        for (line, photo) in zip(stderrLines, photos) {
            let what = photo.reason.split(separator: "; ", maxSplits: 1, omittingEmptySubsequences: false)[0]
            #expect(line.hasPrefix("fastpix: skipped \(photo.path): \(what)"), sourceLocation: location)
        }
    }
}
