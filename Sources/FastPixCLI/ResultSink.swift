import FastPix
import FastPixPlatform
import SystemPackage

/// Where a result goes: stdout (also under the name `-`), or a file that appears when it is complete.
struct ResultSink {
    private let path: FilePath?
    private let overwrites: Bool

    /// Sees whether the file can be written, before the work starts: a result that cannot be written must not cost an
    /// hour first. Nothing is left behind until there is a result, so that an interrupted run leaves nothing either.
    init(_ path: String?, overwrites: Bool = false) throws(FastPixError) {
        self.path = path == "-" ? nil : path.map { ArgumentPaths.asGiven($0) }
        // A run that failed has left nothing that could be lost.
        self.overwrites = overwrites || self.path.map(FailedResult.isAt) == true
        guard let path = self.path else { return }
        try StagedFile.prepare(target: path, replacing: self.overwrites)
    }

    func write(_ result: String) throws(FastPixError) {
        guard let path else { return try writeToStandardOutput(result) }
        var file = try StagedFile(target: path, replacing: overwrites)
        try file.write(result)
        try file.commit()
    }

    private func writeToStandardOutput(_ result: String) throws(FastPixError) {
        guard StandardStream.write(Data(result.utf8), to: STDOUT_FILENO) else {
            throw FastPixError(.unwritable, systemErrno: errno, "the result cannot be written to standard output")
        }
    }
}
