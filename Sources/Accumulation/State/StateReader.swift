import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage

/// A state file that has been found complete and sound: everything but its sums is in memory.
///
/// Whatever is in the file, reading it ends with an error or with statistics that photos can have.
struct StateReader: ~Copyable {
    let manifest: StateManifest
    private let file: OpenFile
    private let coarseOffset: Int
    private let rowsOffset: Int

    var path: FilePath { file.path }

    /// Reads the whole file once. Throws when it is no state, of another version, damaged or incomplete.
    init(_ path: FilePath) throws(FastPixError) {
        let file = try OpenFile(path)
        let header = try Self.bytes(file, 0, min(StateFormat.headerByteCount, file.state.byteCount))
        guard header.starts(with: StateFormat.signature), header.count == StateFormat.headerByteCount else {
            throw FastPixError(.notAnImage, path: path, "not a state file of fastpix; name one that it wrote")
        }
        let version = StateFormat.word(header[8..<12])
        guard version == StateFormat.version else {
            throw FastPixError(
                .unsupported, path: path,
                "a state file of version \(version), and this fastpix reads version \(StateFormat.version); use the "
                    + "fastpix that wrote it, or begin anew")
        }
        let manifestByteCount = Int(StateFormat.word(header[12..<16]))
        let coarseOffset = StateFormat.headerByteCount + manifestByteCount
        guard manifestByteCount <= StateFormat.longestManifest,
            coarseOffset + Checksum.byteCount <= file.state.byteCount
        else { throw Self.damaged(path, "it is shorter than it says") }
        try Self.verify(file)
        let json = try Self.bytes(file, StateFormat.headerByteCount, manifestByteCount)
        guard let manifest = try? JSONDecoder().decode(StateManifest.self, from: Data(json)) else {
            throw Self.damaged(path, "its manifest cannot be read")
        }
        if let contradiction = manifest.contradiction { throw Self.damaged(path, "it tells of \(contradiction)") }
        guard let statistics = StateFormat.statisticsByteCount(manifest),
            statistics == file.state.byteCount - coarseOffset - Checksum.byteCount
        else { throw Self.damaged(path, "its length does not match its frame") }
        self.manifest = manifest
        self.coarseOffset = coarseOffset
        rowsOffset = coarseOffset + StateFormat.coarseByteCount(manifest)
        self.file = file
    }

    private static func damaged(_ path: FilePath, _ how: String) -> FastPixError {
        FastPixError(.corrupt, path: path, "the state file is damaged: \(how); begin anew without it")
    }

    private static func verify(_ file: borrowing OpenFile) throws(FastPixError) {
        let checksum = try Checksum()
        let end = file.state.byteCount - Checksum.byteCount
        var piece = [UInt8](repeating: 0, count: min(end, pieceByteCount))
        for start in stride(from: 0, to: end, by: pieceByteCount) {
            let count = min(pieceByteCount, end - start)
            try read(file, start, count, into: &piece)
            piece.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        guard try bytes(file, end, Checksum.byteCount) == checksum.digest else {
            throw damaged(file.path, "its checksum is wrong")
        }
    }

    // MARK: Statistics

    /// Adds the state's statistics of `rows`, which follow each other in the memory of `accumulators`, exactly.
    /// `accumulators` have the state's frame; they may count no extremes where the state does. Both together must have no
    /// more photos than exact sums hold. Throws when the file has sums that no photos have, or cannot be read; the
    /// accumulators are then worthless.
    borrowing func add(rows: Range<Int>, to accumulators: Accumulators) throws(FastPixError) {
        precondition(accumulators.shape == manifest.frame && accumulators.kind == .exact)
        precondition(manifest.contents.hasExtremes || !accumulators.contents.hasExtremes)
        let shape = manifest.frame
        let sizes = manifest.contents.elementBytes(shape).map { $0 * shape.samplesPerRow }
        let rowBytes = sizes.reduce(0, +)
        var bytes = [UInt8](repeating: 0, count: rowBytes)
        for (band, photoCount) in manifest.bands {
            for row in band.clamped(to: rows) {
                try Self.read(file, rowsOffset + row * rowBytes, rowBytes, into: &bytes)
                let isPossible = bytes.withUnsafeBytes { bytes in
                    var arrays: [UnsafeRawPointer] = []
                    var offset = 0
                    for size in sizes {
                        arrays.append(bytes.baseAddress! + offset)
                        offset += size
                    }
                    return accumulators.mergeMoments(
                        rows: row..<row + 1, sums: arrays[0], squares: arrays[1], frameCount: photoCount)
                        && (!accumulators.contents.hasExtremes
                            || accumulators.mergeExtremes(
                                rows: row..<row + 1, counters: Array(arrays[2...]), frameCount: photoCount))
                }
                guard isPossible else { throw Self.damaged(path, "it has sums that no photos have") }
            }
        }
        accumulators.release(rows: rows)
    }

    /// Adds the state's coarse sums, where it has them. Throws when no photos have such sums, or the file cannot be read.
    borrowing func add(to coarse: CoarseSums) throws(FastPixError) {
        precondition(coarse.shape == manifest.frame && manifest.contents.hasExtremes)
        let bytes = try Self.bytes(file, coarseOffset, StateFormat.coarseByteCount(manifest))
        let photoCount = manifest.photos.count + manifest.unfinished.count
        guard bytes.withUnsafeBytes({ coarse.merge($0, photoCount: photoCount) }) else {
            throw Self.damaged(path, "it has sums that no photos have")
        }
    }

    /// Throws when the file is not what it was when it was opened: what was read of it is worthless then.
    borrowing func checkUnchanged() throws(FastPixError) {
        guard file.isUnchanged else {
            throw FastPixError(.corrupt, path: path, "the state file changed while it was being read; run again")
        }
    }

    // MARK: Bytes

    private static let pieceByteCount = 1 << 18

    private static func bytes(
        _ file: borrowing OpenFile, _ offset: Int, _ count: Int
    ) throws(FastPixError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try read(file, offset, count, into: &bytes)
        return bytes
    }

    private static func read(
        _ file: borrowing OpenFile, _ offset: Int, _ count: Int, into bytes: inout [UInt8]
    ) throws(FastPixError) {
        var done = 0
        while done < count {
            let descriptor = file.fileDescriptor
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + done, count - done, off_t(offset + done))
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw FastPixError(
                    .unreadable, path: file.path, systemErrno: errno, "the state file cannot be read")
            }
            if got == 0 { throw damaged(file.path, "it ends too early") }
            done += got
        }
    }
}
