import ArgumentParser
import FastPix

/// Whether files have to keep to their formats to the letter.
struct StrictnessOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Refuse files that break the rules of their format, even where the picture is whole.",
            discussion: """
                Garbage between header segments, wrong fields of a baseline scan, zeros as padding, bytes behind the end \
                of a PNG's data: every reader shows such pictures, and they count, with a note, unless this is given.
                """))
    var strict = false
}

extension Console {
    /// Names the first few photos that count although they are odd.
    func noteOdd(_ photos: [OddPhoto]) { noteFirst(photos.map(\.note)) }

    /// The same of repaired ones.
    func noteOdd(_ photos: [RepairReport.Photo]) {
        noteFirst(photos.flatMap { photo in photo.notes.map { "\(photo.path): \($0)" } })
    }

    private func noteFirst(_ notes: [String]) {
        for text in notes.prefix(Self.mostOdd) { note(text) }
        if notes.count > Self.mostOdd {
            note("\(counted(notes.count - Self.mostOdd, "more photo")) are odd and count, too")
        }
    }

    private static let mostOdd = 10
}
