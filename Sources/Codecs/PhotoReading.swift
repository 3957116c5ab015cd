import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// Reads one photo from its top to its end: opens the file, proves that it is the one its headers were read of, decodes
/// rows, and proves at the end that it was complete and did not change meanwhile. Belongs to one thread at a time.
package final class PhotoReading {
    package let photo: PhotoFile
    package let file: OpenFile
    private let decoder: PhotoDecoder
    package let readAhead: ReadAhead
    package private(set) var rowsRead = 0

    /// Throws when the file cannot be opened, or is another by now.
    package init(
        _ photo: PhotoFile, channels: ChannelSelection = .all, maximumPixels: UInt64
    ) throws(FastPixError) {
        self.photo = photo
        try AddressSpace.demand(photo.header.decoderBytes, for: "this photo")
        file = try OpenFile(photo.path)
        readAhead = ReadAhead(
            file, rows: photo.header.shape.height, picture: photo.page.number, of: photo.picturesInFile)
        decoder = try PhotoDecoder(file, page: photo.page, channels: channels, maximumPixels: maximumPixels)
        guard decoder.shape == photo.header.shape, file.state == photo.state else { throw Self.changed(photo) }
    }

    /// Decodes the next `count` rows into `rows`, without gaps.
    package func readRows(_ count: Int, into rows: UnsafeMutableRawPointer) throws(FastPixError) {
        readAhead.advance(toRow: rowsRead + count)
        try decoder.readRows(count, into: rows)
        rowsRead += count
    }

    /// After the last row: throws when what was decoded was not one complete file, or it was written to meanwhile.
    package func finish() throws(FastPixError) {
        try decoder.finish()
        try demandUnchanged()
    }

    /// After some of its rows, when the others are not needed.
    package func demandUnchanged() throws(FastPixError) {
        guard file.isUnchanged else { throw Self.changed(photo) }
    }

    /// Of a file that is packed as a whole: how many bytes it has been unpacked to for this photo so far.
    package var unpackedBytes: Int { decoder.unpackedBytes }

    /// The photo, when something was odd in it; complete after `finish`.
    package var oddPhoto: OddPhoto? {
        let oddities = decoder.oddities
        return oddities.isEmpty ? nil : OddPhoto(path: photo.name, oddities: oddities)
    }

    package static func changed(_ photo: PhotoFile) -> FastPixError {
        FastPixError(.corrupt, path: photo.name, "the file changed while it was being read; run again")
    }
}
