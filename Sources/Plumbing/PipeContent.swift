import FastPixPlatform
import SystemPackage

/// What comes through a pipe.
package enum PipeContent {
    /// Reads a pipe, or another file that has no size (standard input, a device), to its end; nil when `path` is none. Waits
    /// until somebody has written all of it. Throws when it cannot be read, or more than `most` bytes come.
    package static func of(_ path: FilePath, most: Int) throws(FastPixError) -> Data? {
        var information = stat()
        guard path.withPlatformString({ stat($0, &information) }) == 0 else { return nil }
        guard ![S_IFREG, S_IFDIR].contains(information.st_mode & S_IFMT) else { return nil }
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else {
            throw FastPixError(.unreadable, path: path, systemErrno: errno, "it cannot be opened")
        }
        defer { close(descriptor) }
        var bytes = Data()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = read(descriptor, &piece, piece.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw FastPixError(.unreadable, path: path, systemErrno: errno, "it cannot be read")
            }
            if got == 0 { return bytes }
            guard bytes.count + got <= most else {
                throw FastPixError(.tooLarge, path: path, "more than \(most) bytes come out of it")
            }
            bytes.append(contentsOf: piece[..<got])
        }
    }
}
