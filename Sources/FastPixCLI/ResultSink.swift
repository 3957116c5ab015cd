import FastPix
import Foundation

/// Where a result goes: stdout, or a file that appears when it is complete.
struct ResultSink {
    private let path: String?

    /// Sees whether the file can be written, before the work starts: a result that cannot be written must not cost an
    /// hour first. Nothing is left behind until there is a result, so that an interrupted run leaves nothing either.
    init(_ path: String?, photos: PhotoDiscovery? = nil) throws(FastPixError) {
        self.path = path
        guard let path else { return }
        try photos?.refuseOverwriting(path)
        _ = try StagedFile(target: path)
    }

    func write(_ result: String) throws(FastPixError) {
        guard let path else { return try writeToStandardOutput(result) }
        var file = try StagedFile(target: path)
        try file.write(result)
        try file.commit()
    }

    private func writeToStandardOutput(_ result: String) throws(FastPixError) {
        guard StandardStream.write(Data(result.utf8), to: STDOUT_FILENO) else {
            throw FastPixError(.unwritable, systemErrno: errno, "the result cannot be written to standard output")
        }
    }
}
