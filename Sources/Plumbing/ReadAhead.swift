import FastPixPlatform

/// Asks the system to read a file in large pieces before they are needed.
///
/// Decoders read a few kilobytes at a time. Where many files are decoded side by side, a disk with a head would go from
/// one to the other for each of them; in pieces of megabytes it reads nearly as fast as one file alone.
package final class ReadAhead {
    private let descriptor: Int32
    /// Where the picture is thought to begin and end in the file.
    private let part: Range<Int>
    private let rows: Int
    private var asked: Int
    /// How many bytes have been asked for.
    package var askedBytes: Int { asked - part.lowerBound }

    /// `rows`: of the picture in `file`, which must stay open. Of a file of several pictures, each is thought to have as large a
    /// share as the others, in their order: whoever reads them all asks for each byte once.
    package init(_ file: borrowing OpenFile, rows: Int, picture: Int = 0, of pictures: Int = 1) {
        descriptor = file.fileDescriptor
        let byteCount = file.state.byteCount
        let share = Double(byteCount) / Double(max(1, pictures))
        func end(_ number: Int) -> Int { number >= pictures ? byteCount : min(byteCount, Int(share * Double(number))) }
        part = end(picture)..<max(end(picture), end(picture + 1))
        asked = part.lowerBound
        self.rows = max(1, rows)
        ask(upTo: part.lowerBound + Self.pieceBytes)
    }

    /// Large enough that a seek of some ten milliseconds is little beside reading it, small enough that a hundred of them
    /// do not fill the memory.
    private static let pieceBytes = 4 << 20

    /// The read-ahead that Linux gives a device unless told otherwise.
    private static let callBytes = 128 << 10

    /// The decoder is going to read as far as `row`: where that is in the file is guessed from the share of rows.
    package func advance(toRow row: Int) {
        guard asked < part.upperBound else { return }
        let position = part.lowerBound + part.count / rows * row
        // With half a piece left, so that the next is there in time.
        if position + Self.pieceBytes / 2 > asked { ask(upTo: position + Self.pieceBytes) }
    }

    private func ask(upTo end: Int) {
        let end = min(end, part.upperBound)
        guard end > asked else { return }
        #if os(Linux)
            // Advice: a refusal changes nothing but the time. Linux follows each call no further than the device's
            // read-ahead, so that one call for all of it would be a call for its first part.
            for first in stride(from: asked, to: end, by: Self.callBytes) {
                _ = posix_fadvise(
                    descriptor, off_t(first), off_t(min(Self.callBytes, end - first)), POSIX_FADV_WILLNEED)
            }
        #else
            var advice = radvisory(ra_offset: off_t(asked), ra_count: Int32(clamping: end - asked))
            _ = fcntl(descriptor, F_RDADVISE, &advice)
        #endif
        asked = end
    }
}
