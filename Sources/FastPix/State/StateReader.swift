import CKernels
import Foundation
import SystemPackage

/// A state file that has been found complete and sound: everything but its moments and records is in memory.
///
/// Whatever is in the file, reading it ends with an error or with moments that photos can have.
struct StateReader: ~Copyable {
    let manifest: StateManifest
    private let file: OpenFile
    private let momentsOffset: Int
    private let recordsOffset: Int

    var path: FilePath { file.path }

    /// Reads the whole file once. Throws when it is no state, of another version, damaged or incomplete.
    init(_ path: FilePath) throws(FastPixError) {
        let file = try OpenFile(path)
        let header = try Self.bytes(file, 0, min(StateFormat.headerByteCount, file.state.byteCount))
        guard header.starts(with: StateFormat.signature), header.count == StateFormat.headerByteCount else {
            throw FastPixError(.notAnImage, path: path.string, "not a state file of fastpix; name one that it wrote")
        }
        let version = StateFormat.word(header[8..<12])
        guard version == StateFormat.version else {
            throw FastPixError(
                .unsupported, path: path.string,
                "a state file of version \(version), and this fastpix reads version \(StateFormat.version); use the "
                    + "fastpix that wrote it, or begin anew")
        }
        let manifestByteCount = Int(StateFormat.word(header[12..<16]))
        let momentsOffset = StateFormat.headerByteCount + manifestByteCount
        guard manifestByteCount <= StateFormat.longestManifest,
            momentsOffset + Checksum.byteCount <= file.state.byteCount
        else { throw Self.damaged(path, "it is shorter than it says") }
        try Self.verify(file)
        let json = try Self.bytes(file, StateFormat.headerByteCount, manifestByteCount)
        guard let manifest = try? JSONDecoder().decode(StateManifest.self, from: Data(json)) else {
            throw Self.damaged(path, "its manifest cannot be read")
        }
        if let contradiction = manifest.contradiction { throw Self.damaged(path, "it tells of \(contradiction)") }
        let recordCount = manifest.confirmation?.scouting?.recordCount(manifest.frame) ?? 0
        let records = recordCount * Witness.wordCount(channels: manifest.frame.channels) * 8
        guard let moments = StateFormat.momentsByteCount(manifest.frame),
            moments == file.state.byteCount - momentsOffset - records - Checksum.byteCount
        else { throw Self.damaged(path, "its length does not match its frame") }
        self.manifest = manifest
        self.momentsOffset = momentsOffset
        recordsOffset = momentsOffset + moments
        self.file = file
    }

    private static func damaged(_ path: FilePath, _ how: String) -> FastPixError {
        FastPixError(.corrupt, path: path.string, "the state file is damaged: \(how); begin anew without it")
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

    // MARK: Moments

    /// Adds the state's moments to `accumulators`, exactly. Their shape must be the state's, and both together must
    /// have no more photos than exact sums hold. Throws when the file is not what it was when it was opened; the
    /// accumulators are then worthless.
    borrowing func add(to accumulators: Accumulators) throws(FastPixError) {
        precondition(accumulators.shape == manifest.frame && accumulators.kind == .exact)
        let squareByteCount = manifest.frame.bitsPerSample == 8 ? 4 : 8
        let squaresOffset = momentsOffset + manifest.frame.sampleCount * 4
        var sums = [UInt8](repeating: 0, count: Self.pieceSampleCount * 4)
        var squares = [UInt8](repeating: 0, count: Self.pieceSampleCount * squareByteCount)
        for (rows, photoCount) in manifest.bands {
            let samples =
                rows.lowerBound * manifest.frame.samplesPerRow..<rows.upperBound * manifest.frame.samplesPerRow
            for start in stride(from: samples.lowerBound, to: samples.upperBound, by: Self.pieceSampleCount) {
                let count = min(Self.pieceSampleCount, samples.upperBound - start)
                try Self.read(file, momentsOffset + start * 4, count * 4, into: &sums)
                try Self.read(file, squaresOffset + start * squareByteCount, count * squareByteCount, into: &squares)
                let isPossible = sums.withUnsafeBytes { sums in
                    squares.withUnsafeBytes { squares in
                        accumulators.merge(
                            start..<start + count, sums: sums.baseAddress!, squares: squares.baseAddress!,
                            frameCount: photoCount)
                    }
                }
                guard isPossible else { throw Self.damaged(path, "it has sums that no photos have") }
                accumulators.release(start..<start + count)
            }
        }
        try checkUnchanged()
        accumulators.frameCount += manifest.photos.count
    }

    private borrowing func checkUnchanged() throws(FastPixError) {
        guard file.isUnchanged else {
            throw FastPixError(.corrupt, path: path.string, "the state file changed while it was being read; run again")
        }
    }

    // MARK: Records

    /// What is being looked at in the second half of the photos, with what was recorded of it; nil before that half.
    /// Throws when the file is not what it was when it was opened, or has records that its photos cannot have.
    borrowing func scouting() throws(FastPixError) -> Scouting? {
        let frame = manifest.frame
        guard let scouting = manifest.confirmation?.scouting?.scouting(frame) else { return nil }
        let unfinished = manifest.unfinished.compactMap(\.rows)
        let whole = manifest.photos.count { $0.half == 1 }
        let wordCount = Witness.wordCount(channels: frame.channels)
        var records: [Witness] = []
        var bytes = [UInt8](repeating: 0, count: wordCount * 8)
        for (index, position) in scouting.recorder.positions.enumerated() {
            try Self.read(file, recordsOffset + index * bytes.count, bytes.count, into: &bytes)
            let words = bytes.withUnsafeBytes { bytes in
                (0..<wordCount).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
            }
            let record = Witness(
                words: words,
                // A neighbourhood is recorded with its last row.
                count: whole + unfinished.count { $0 > position.row + Neighbourhood.margin }, channels: frame.channels,
                largest: StateFormat.largestSample(frame))
            guard let record else { throw Self.damaged(path, "it has records that no photos have") }
            records.append(record)
        }
        try checkUnchanged()
        scouting.recorder.restore(records)
        return scouting
    }

    // MARK: Bytes

    private static let pieceByteCount = 1 << 18
    private static let pieceSampleCount = 1 << 15

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
                    .unreadable, path: file.path.string, systemErrno: errno, "the state file cannot be read")
            }
            if got == 0 { throw damaged(file.path, "it ends too early") }
            done += got
        }
    }
}
