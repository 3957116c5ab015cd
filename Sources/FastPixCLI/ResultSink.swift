import FastPix
import Foundation
import SystemPackage

/// Where a result goes: stdout, or a file that appears when it is complete.
struct ResultSink {
    private let path: FilePath?

    /// Sees whether the file can be written, before the work starts: a result that cannot be written must not cost an
    /// hour first. Nothing is left behind until there is a result, so that an interrupted run leaves nothing either.
    init(_ path: String?) throws(FastPixError) {
        self.path = path.map { ArgumentPaths.asGiven($0) }
        guard let path = self.path else { return }
        try StagedFile.prepare(target: path)
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
