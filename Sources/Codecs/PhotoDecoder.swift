import CCodecs
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// Decodes one photo, rows from top to bottom. Belongs to one thread at a time.
package struct PhotoDecoder: ~Copyable {
    package let shape: FrameShape
    private let path: FilePath
    private let decoder: OpaquePointer

    package let format: PhotoFormat

    /// `file` must stay open while the decoder lives. Several decoders may read one file. `page`: which of its pictures, as
    /// `PhotoFile.page` names it. With `keepsAlpha` a picture with transparency has one more channel, 2 or 4; `channels`
    /// must be `.all` then.
    package init(
        _ file: borrowing OpenFile, page: PhotoPage = .first, channels: ChannelSelection = .all,
        keepsAlpha: Bool = false, maximumPixels: UInt64
    ) throws(FastPixError) {
        var wanted = page.requested
        var decoder: OpaquePointer?
        var header = fpx_photo_header()
        var error = fpx_photo_error()
        let status = fpx_photo_open(
            file.fileDescriptor, &wanted, keepsAlpha ? .allAndAlpha : channels.requested,
            maximumPixels,
            &decoder, &header, &error)
        guard status == .ok, let decoder else { throw FastPixError(status, error, path: file.path) }
        self.decoder = decoder
        path = file.path
        let read = PhotoHeader(header)
        shape = read.shape
        format = read.format
    }

    deinit { fpx_photo_close(decoder) }

    /// Decodes the next rows, `stride` bytes from one to the next; without gaps when nil.
    package func readRows(
        _ rowCount: Int, into rows: UnsafeMutableRawPointer, stride: Int? = nil
    ) throws(FastPixError) {
        var error = fpx_photo_error()
        let status = fpx_photo_read_rows(
            decoder, rows.assumingMemoryBound(to: UInt8.self), stride ?? shape.bytesPerRow, rowCount, &error)
        guard status == .ok else { throw FastPixError(status, error, path: path) }
    }

    /// What was odd in the file so far; complete after `finish`.
    package var oddities: [PhotoOddity] { PhotoOddity.all(of: fpx_photo_oddities(decoder)) }

    /// Of a file that is packed as a whole: how many bytes it has been unpacked to by this decoder so far.
    package var unpackedBytes: Int { Int(fpx_photo_unpacked_bytes(decoder)) }

    /// After the last row: throws when the file is not complete to its end.
    package func finish() throws(FastPixError) {
        var error = fpx_photo_error()
        let status = fpx_photo_finish(decoder, &error)
        guard status == .ok else { throw FastPixError(status, error, path: path) }
    }
}
