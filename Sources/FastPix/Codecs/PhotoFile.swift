import CCodecs
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One picture of a photo file: the file's path, its size on disk and what the picture's headers say.
public struct PhotoFile: Sendable {
    public let path: FilePath
    /// Which picture of the file.
    public let page: PhotoPage
    /// How many pictures the file has, refused ones included.
    public let picturesInFile: Int
    public var isInStack: Bool { picturesInFile > 1 }
    /// Size of the file in bytes when its headers were read.
    public var byteCount: Int { state.byteCount }
    /// This picture's share of it; the shares of all pictures add up to the file.
    public var bytesOnDisk: Int {
        byteCount / picturesInFile + (page.number == 0 ? byteCount % picturesInFile : 0)
    }
    /// What the file was when its headers were read.
    let state: OpenFile.State
    public let header: PhotoHeader

    /// What a photo takes while it is on the lists of a run (measured: 1.1 KB with 40,000 photos).
    static let listedBytes = 1200

    /// Reads the headers of the file's first picture; of a raw file with the sensor's masked border, if wanted. `maximumPixels` bounds width x height (0: no bound).
    public init(
        probing path: FilePath, channels: ChannelSelection = .all, maskedBorder: Bool = false, maximumPixels: UInt64
    ) throws(FastPixError) {
        let file = try OpenFile(path)
        var header = fpx_photo_header()
        var error = fpx_photo_error()
        var page = (maskedBorder ? PhotoPage.firstWithMaskedBorder : .first).requested
        let status = fpx_photo_probe(file.fileDescriptor, &page, channels.requested, maximumPixels, &header, &error)
        guard status == FPX_PHOTO_OK else { throw FastPixError(status, error, path: path) }
        self.path = path
        self.page = PhotoPage(number: 0, header.page)
        picturesInFile = 1
        state = file.state
        self.header = PhotoHeader(header)
    }

    init(path: FilePath, page: PhotoPage, picturesInFile: Int, state: OpenFile.State, header: PhotoHeader) {
        self.path = path
        self.page = page
        self.picturesInFile = picturesInFile
        self.state = state
        self.header = header
    }

    /// What the picture is called in results: its file's path, with "#" and the number of the picture when the file has
    /// several.
    public var name: String { isInStack ? "\(path.string)#\(page.number)" : path.string }

    /// What tells a picture from all others of a run; ordered by the bytes of the paths, then as in the file.
    public struct Place: Sendable, Hashable, Comparable {
        public let path: FilePath
        public let pageNumber: Int

        public static func < (left: Place, right: Place) -> Bool {
            left.path == right.path ? left.pageNumber < right.pageNumber : left.path.bytesPrecede(right.path)
        }
    }

    public var place: Place { Place(path: path, pageNumber: page.number) }
}

/// An open regular file, closed when it goes out of scope.
struct OpenFile: ~Copyable {
    let fileDescriptor: Int32
    let path: FilePath
    /// What the file was when it was opened.
    let state: State

    /// Changes when somebody writes to the file.
    struct State: Equatable, Sendable {
        let byteCount: Int
        let modified: timespec
        let changed: timespec

        static func == (left: State, right: State) -> Bool {
            left.byteCount == right.byteCount && left.modified.isEqual(to: right.modified)
                && left.changed.isEqual(to: right.changed)
        }
    }

    init(_ path: FilePath) throws(FastPixError) {
        // O_NONBLOCK: opening a FIFO must not wait for somebody to write to it.
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw Self.notOpened(path, errno) }
        do throws(FastPixError) {
            state = try Self.state(of: descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        fileDescriptor = descriptor
        self.path = path
    }

    private static func notOpened(_ path: FilePath, _ code: Int32) -> FastPixError {
        let isShortage = code == EMFILE || code == ENFILE
        return FastPixError(
            .unreadable, path: path.string, systemErrno: code,
            isShortage
                ? "the file cannot be opened, because too many are open already; raise the limit (ulimit -n), or use "
                    + "fewer --workers or a smaller --batch" : "the file cannot be opened")
    }

    /// True when the file has not been written to since it was opened.
    var isUnchanged: Bool {
        do throws(FastPixError) {
            return try Self.state(of: fileDescriptor, path) == state
        } catch {
            return false
        }
    }

    private static func state(of descriptor: Int32, _ path: FilePath) throws(FastPixError) -> State {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            throw FastPixError(.unreadable, path: path.string, systemErrno: errno, "the file cannot be read")
        }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw FastPixError(.unreadable, path: path.string, "not a regular file")
        }
        #if canImport(Darwin)
            return State(
                byteCount: Int(information.st_size), modified: information.st_mtimespec,
                changed: information.st_ctimespec)
        #else
            return State(
                byteCount: Int(information.st_size), modified: information.st_mtim, changed: information.st_ctim)
        #endif
    }

    deinit { close(fileDescriptor) }

    /// How many files the photos may hold open at once: what the system allows a process, less some for the process
    /// itself and its outputs.
    static var limit: Int {
        var limit = rlimit()
        #if canImport(Darwin) || canImport(Musl)
            let status = getrlimit(RLIMIT_NOFILE, &limit)
        #else
            let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #endif
        guard status == 0 else { return 128 }
        return max(1, Int(min(limit.rlim_cur, 1 << 20)) - 12)
    }
}

extension timespec {
    fileprivate func isEqual(to other: timespec) -> Bool { tv_sec == other.tv_sec && tv_nsec == other.tv_nsec }
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
