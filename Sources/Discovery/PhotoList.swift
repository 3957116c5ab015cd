import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// A file, or standard input, that names photos, or other files: one a line, or with zero bytes between them. Names are
/// relative to the current folder; empty ones mean nothing.
public struct PhotoList: Sendable {
    /// Nil: standard input.
    public let path: FilePath?
    /// Whether names end in zero bytes, so that they may hold line ends.
    public let isNullSeparated: Bool

    /// The list in this file; nil: standard input. It is read when photos are looked for.
    public init(_ path: FilePath?, isNullSeparated: Bool = false) {
        self.path = path
        self.isNullSeparated = isNullSeparated
    }

    private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// More than any path that a system takes.
    static let longestName = 1 << 16

    /// Hands over one name after the other, with a zero at its end, while the list is read: it is never in memory as a
    /// whole. Throws when it cannot be read or is no list.
    func readNames(_ body: (UnsafePointer<CChar>) -> Void) throws(FastPixError) {
        var descriptor = STDIN_FILENO
        if let path {
            descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
            guard descriptor >= 0 else { throw failure("the list cannot be opened", errno) }
        }
        defer { if path != nil { close(descriptor) } }
        let end: UInt8 = isNullSeparated ? 0 : 10
        // One byte more for the zero behind the last name.
        var buffer = [UInt8](repeating: 0, count: Self.longestName * 2 + 1)
        var filled = 0
        var isAtStart = true
        while true {
            let room = buffer.count - 1 - filled
            let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, room) }
            if got < 0 {
                if errno == EINTR { continue }
                throw failure("the list cannot be read", errno)
            }
            if !isNullSeparated, got > 0, buffer[filled..<filled + got].contains(0) {
                throw failure("the list has zero bytes between its names; say that names end in zero bytes")
            }
            filled += got
            let used = buffer.withUnsafeMutableBytes { names(in: $0, filled, end, &isAtStart, isLast: got == 0, body) }
            guard got > 0 else { return }
            guard filled - used <= Self.longestName else {
                throw failure(
                    "this is no list of names: a name has more than \(Self.longestName) bytes; "
                        + (isNullSeparated ? "it takes names that end in zero bytes" : "it takes one name a line"))
            }
            buffer.withUnsafeMutableBytes { bytes in
                _ = memmove(bytes.baseAddress!, bytes.baseAddress! + used, filled - used)
            }
            filled -= used
        }
    }

    /// Hands over the whole names among the first `filled` bytes, and with the last ones what is left. Returns how many bytes are done with.
    private func names(
        in bytes: UnsafeMutableRawBufferPointer, _ filled: Int, _ end: UInt8, _ isAtStart: inout Bool, isLast: Bool,
        _ body: (UnsafePointer<CChar>) -> Void
    ) -> Int {
        let start = bytes.baseAddress!
        var first = 0
        while first < filled {
            var length = filled - first
            if let found = memchr(start + first, Int32(end), length) {
                length = UnsafeRawPointer(found) - UnsafeRawPointer(start + first)
            } else if !isLast {
                break
            }
            bytes[first + length] = 0
            // The mark that some programs put in front of UTF-8.
            if isAtStart, !isNullSeparated, bytes[first..<first + length].starts(with: Self.byteOrderMark) {
                first += Self.byteOrderMark.count
                length -= Self.byteOrderMark.count
            }
            isAtStart = false
            // Lists of Windows end their lines with two bytes.
            if !isNullSeparated, length > 0, bytes[first + length - 1] == UInt8(ascii: "\r") {
                bytes[first + length - 1] = 0
                if length == 1 {
                    first += 2
                    continue
                }
            }
            if length > 0 { body((start + first).assumingMemoryBound(to: CChar.self)) }
            first += length + 1
        }
        return min(first, filled)
    }

    /// All names, for lists of what is few beside photos. Throws when it cannot be read or is no list.
    package func paths() throws(FastPixError) -> [FilePath] {
        var paths: [FilePath] = []
        try readNames { paths.append(FilePath(platformString: $0)) }
        return paths
    }

    private func failure(_ message: String, _ code: Int32? = nil) -> FastPixError {
        FastPixError(
            code == nil ? .invalidArgument : .unreadable, path: path ?? "standard input", systemErrno: code,
            message)
    }
}

/// What the user has named, and which of it is taken.
public struct PhotoSource: Sendable {
    /// Photos and folders of photos.
    public var paths: [FilePath]
    /// Files that name photos.
    public var lists: [PhotoList]
    /// Whether subfolders are looked through, too.
    public var recursive: Bool
    /// Which of all these photos are taken.
    public var selection: PhotoSelection

    /// Paths and lists, of which everything is taken by default.
    public init(
        paths: [FilePath], lists: [PhotoList] = [], recursive: Bool = false,
        selection: PhotoSelection = PhotoSelection()
    ) {
        self.paths = paths
        self.lists = lists
        self.recursive = recursive
        self.selection = selection
    }
}
