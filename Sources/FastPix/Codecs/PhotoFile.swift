import CCodecs
import SystemPackage

/// A photo file: its path, its size on disk and what its headers say.
public struct PhotoFile: Sendable {
    public let path: FilePath
    /// Size of the file in bytes when its headers were read.
    public var byteCount: Int { state.byteCount }
    /// What the file was when its headers were read.
    let state: OpenFile.State
    public let header: PhotoHeader

    /// What a photo takes while it is on the lists of a run (measured: 1.1 KB with 40,000 photos).
    static let listedBytes = 1200

    /// Larger than any camera's single frame; a bound against files that only claim to be large.
    public static let defaultMaximumPixels: UInt64 = 500_000_000

    /// Reads the headers. `maximumPixels` bounds width x height (0: no bound).
    public init(
        probing path: FilePath, channels: ChannelSelection = .all, maximumPixels: UInt64
    ) throws(FastPixError) {
        let file = try OpenFile(path)
        var header = fpx_photo_header()
        var error = fpx_photo_error()
        let status = fpx_photo_probe(file.fileDescriptor, channels.requested, maximumPixels, &header, &error)
        guard status == FPX_PHOTO_OK else { throw FastPixError(status, error, path: path) }
        self.path = path
        state = file.state
        self.header = PhotoHeader(header)
    }
}

extension FastPixError {
    init(_ status: fpx_photo_status, _ error: fpx_photo_error, path: FilePath) {
        let code: Code
        switch status {
        case FPX_PHOTO_EMPTY, FPX_PHOTO_NOT_AN_IMAGE: code = .notAnImage
        case FPX_PHOTO_UNSUPPORTED: code = .unsupported
        case FPX_PHOTO_TOO_LARGE: code = .tooLarge
        case FPX_PHOTO_OUT_OF_MEMORY: code = .outOfMemory
        case FPX_PHOTO_UNREADABLE: code = .unreadable
        default: code = .corrupt
        }
        self.init(
            code, path: path.string, systemErrno: error.system_errno == 0 ? nil : error.system_errno,
            (text(error.message) ?? "the photo cannot be decoded")
                + (code == .tooLarge ? "; --max-pixels sets the limit" : ""))
    }
}
