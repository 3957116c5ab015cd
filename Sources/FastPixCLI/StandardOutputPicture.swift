import FastPix
import FastPixPlatform
import SystemPackage

/// A picture for stdout (`--output -`): a file until it is complete, so that nobody gets half of one.
struct StandardOutputPicture {
    private let folder: TemporaryFolder

    /// Nil when the output is a file or folder.
    init?(_ output: String) throws(FastPixError) {
        guard output == "-" else { return nil }
        folder = try TemporaryFolder()
    }

    /// Where to write the picture, in a folder that holds nothing else. Without an extension, so that its name says nothing.
    var path: FilePath { folder.path.appending("picture") }

    /// Writes a file to stdout.
    func send(_ file: FilePath) throws(FastPixError) {
        let descriptor = file.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw failed() }
        defer { _ = close(descriptor) }
        var piece = Data(count: 1 << 20)
        while true {
            let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failed() }
            if count == 0 { return }
            guard StandardStream.write(piece.prefix(count), to: STDOUT_FILENO) else { throw failed() }
        }
    }

    private func failed() -> FastPixError {
        FastPixError(.unwritable, systemErrno: errno, "the picture cannot be written to standard output")
    }

    /// More than one picture cannot follow each other there.
    static func refuseSeveral(_ count: Int) throws(FastPixError) {
        guard count > 1 else { return }
        throw FastPixError(
            .contradiction,
            "standard output takes one picture, and these are \(count); let --output name a folder")
    }
}
