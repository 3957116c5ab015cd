import CCodecs
import FastPixPlumbing
import SystemPackage

/// A header that several pictures may have in common.
package final class KeptHeader: Sendable {
    let header: PhotoHeader

    package init(_ header: PhotoHeader) { self.header = header }
}

/// One picture of a photo file: the file's path, its size on disk and what the picture's headers say.
package struct PhotoFile: Sendable {
    package let path: FilePath
    /// Which picture of the file.
    package let page: PhotoPage
    /// How many pictures the file has, refused ones included.
    package var picturesInFile: Int
    package var isInStack: Bool { picturesInFile > 1 }
    /// Size of the file in bytes when its headers were read.
    package var byteCount: Int { state.byteCount }
    /// This picture's share of it; the shares of all pictures add up to the file.
    package var bytesOnDisk: Int {
        byteCount / picturesInFile + (page.number == 0 ? byteCount % picturesInFile : 0)
    }
    /// What the file was when its headers were read.
    package let state: OpenFile.State
    package var header: PhotoHeader { kept.header }
    /// One for all pictures of a file that say the same: stacks have thousands of them.
    private let kept: KeptHeader

    /// What a file takes while it is on the lists of a run (measured: 1.1 KB with 40,000 photos).
    package static let listedBytes = 1200
    /// The same of each further picture of a file.
    package static let listedPictureBytes = 500

    /// Larger than any camera's single frame; a bound against files that only claim to be large.
    package static let defaultMaximumPixels: UInt64 = 500_000_000

    /// Reads the headers of the file's first picture. `maximumPixels` bounds width x height (0: no bound).
    package init(
        probing path: FilePath, channels: ChannelSelection = .all, reading: PhotoReadingChoice = PhotoReadingChoice(),
        maximumPixels: UInt64
    ) throws(FastPixError) {
        let file = try OpenFile(path)
        var header = fpx_photo_header()
        var error = fpx_photo_error()
        var page = PhotoPage.first(reading).requested
        let status = fpx_photo_probe(file.fileDescriptor, &page, channels.requested, maximumPixels, &header, &error)
        guard status == .ok else { throw FastPixError(status, error, path: path) }
        self.path = path
        self.page = PhotoPage(number: 0, header.page, reading)
        picturesInFile = 1
        state = file.state
        kept = KeptHeader(PhotoHeader(header))
    }

    package init(path: FilePath, page: PhotoPage, picturesInFile: Int, state: OpenFile.State, header: KeptHeader) {
        self.path = path
        self.page = page
        self.picturesInFile = picturesInFile
        self.state = state
        kept = header
    }

    /// What the picture is called in results: its file's path, with "#" and the number of the picture when the file has
    /// several.
    package var namedPath: FilePath { isInStack ? Self.namedPath(path, picture: page.number) : path }
    /// The same as text.
    package var name: String { namedPath.string }

    /// What a picture of a file with several is called.
    package static func namedPath(_ path: FilePath, picture number: Int) -> FilePath {
        FilePath(bytes: path.bytes + Array("#\(number)".utf8))
    }

    /// What tells a picture from all others of a run; ordered by the bytes of the paths, then as in the file.
    package struct Place: Sendable, Hashable, Comparable {
        package let path: FilePath
        package let pageNumber: Int

        package static func < (left: Place, right: Place) -> Bool {
            left.path == right.path ? left.pageNumber < right.pageNumber : left.path.bytesPrecede(right.path)
        }
    }

    package var place: Place { Place(path: path, pageNumber: page.number) }
}

extension FastPixError {
    package init(_ status: fpx_photo_status, _ error: fpx_photo_error, path: FilePath) {
        let code: Code
        switch status {
        case .empty, .notAnImage: code = .notAnImage
        case .unsupported: code = .unsupported
        case .tooLarge: code = .tooLarge
        case .outOfMemory: code = .outOfMemory
        case .unreadable: code = .unreadable
        case .truncated, .corrupt, .ok: code = .corrupt
        }
        self.init(
            code, path: path.string, systemErrno: error.system_errno == 0 ? nil : error.system_errno,
            (text(error.message) ?? "the photo cannot be decoded")
                + (code == .tooLarge ? "; raise the limit of pixels to read it" : ""))
    }
}
