import FastPix
import Foundation

/// Where a result goes: stdout, or a file that appears when it is complete.
struct ResultSink: ~Copyable {
    private var file: StagedFile?

    init(_ path: String?) throws(FastPixError) {
        if let path { file = try StagedFile(target: path) }
    }

    consuming func write(_ result: String) throws(FastPixError) {
        if var file = file.take() {
            try file.write(result)
            try file.commit()
            return
        }
        var bytes = Data(result.utf8)
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw FastPixError(.unwritable, systemErrno: errno, "the result cannot be written to standard output")
            }
            bytes.removeFirst(written)
        }
    }
}
