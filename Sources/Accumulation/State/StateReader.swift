import FastPixFrames
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// A state file that has been found complete: everything but its sums, and of a streamed one its photos, is in memory.
///
/// Whatever is in the file, reading it ends with an error or with statistics that photos can have.
package struct StateReader: ~Copyable {
    /// Without photos when the state is streamed.
    let manifest: StateManifest
    private let file: OpenFile
    private let photosOffset: Int
    private let coarseOffset: Int
    private let rowsOffset: Int
    /// Of all bytes read so far, of a streamed state.
    private let checksum: SharedChecksum?

    var path: FilePath { file.path }
    package var header: StateHeader { manifest.header }

    /// Reads the whole file once to prove it sound, and its photos. Throws when it is no state, of another version,
    /// damaged or incomplete.
    init(_ path: FilePath) throws(FastPixError) { try self.init(path, isStreamed: false) }

    /// For a state of which all rows are read once, in order: what it is hashed by then, so that it is read only once.
    /// Call `checkSound` at the end, and believe nothing of it before.
    package init(streaming path: FilePath) throws(FastPixError) { try self.init(path, isStreamed: true) }

    private init(_ path: FilePath, isStreamed: Bool) throws(FastPixError) {
        let file = try OpenFile(path)
        let start = try Self.bytes(file, 0, min(StateFormat.headerByteCount, file.state.byteCount))
        guard start.starts(with: StateFormat.signature), start.count == StateFormat.headerByteCount else {
            throw FastPixError(
                .notAnImage, path: path,
                start.starts(with: StateFormat.channelSignature)
                    ? "a state of fastpix stats, and one of fastpix hotpixels is needed; name another file"
                    : "not a state file of fastpix; name one that it wrote")
        }
        let version = StateFormat.word(start[8..<12])
        guard version == StateFormat.version else {
            throw FastPixError(
                .unsupported, path: path,
                "a state file of version \(version), and this fastpix reads version \(StateFormat.version); use the "
                    + "fastpix that wrote it, or begin anew")
        }
        let manifestByteCount = Int(StateFormat.word(start[12..<16]))
        let photosOffset = StateFormat.headerByteCount + manifestByteCount
        guard manifestByteCount <= StateFormat.longestManifest,
            photosOffset + Checksum.byteCount <= file.state.byteCount
        else { throw Self.damaged(path, "it is shorter than it says") }
        if !isStreamed { try Self.verify(file) }
        let json = try Self.bytes(file, StateFormat.headerByteCount, manifestByteCount)
        guard let header = try? JSONDecoder().decode(StateHeader.self, from: Data(json)) else {
            throw Self.damaged(path, "its manifest cannot be read")
        }
        if let contradiction = header.contradiction { throw Self.damaged(path, "it tells of \(contradiction)") }
        guard let least = StateFormat.leastByteCountBehindManifest(header),
            least <= file.state.byteCount - photosOffset - Checksum.byteCount
        else { throw Self.damaged(path, "its length does not match its frame") }
        let coarseOffset = photosOffset + header.photoBytes
        let rowsOffset = coarseOffset + StateFormat.coarseByteCount(header)
        var checksum: SharedChecksum?
        var photos: [StatePhoto] = []
        if isStreamed {
            let shared = try SharedChecksum()
            try Self.add(file, to: rowsOffset, shared.value)
            checksum = shared
        } else {
            let cursor = Self.photos(file.fileDescriptor, path, header, photosOffset)
            while let photo = try cursor.next() { photos.append(photo) }
        }
        manifest = StateManifest(
            header, photos: Array(photos.prefix(header.photoCount)),
            unfinished: Array(photos.dropFirst(header.photoCount)))
        self.checksum = checksum
        self.photosOffset = photosOffset
        self.coarseOffset = coarseOffset
        self.rowsOffset = rowsOffset
        self.file = file
    }

    package static func damaged(_ path: FilePath, _ how: String) -> FastPixError {
        FastPixError(.corrupt, path: path, "the state file is damaged: \(how); begin anew without it")
    }

    /// What is wrong with a streamed state that turned out damaged in some way before its checksum was known: that the
    /// checksum is wrong, where it is, which tells damage from what was written so; otherwise the error itself.
    package static func cause(of error: FastPixError) -> FastPixError {
        guard error.code == .corrupt, let path = error.path else { return error }
        do throws(FastPixError) {
            let file = try OpenFile(path)
            guard file.state.byteCount >= StateFormat.headerByteCount + Checksum.byteCount else { return error }
            let start = try bytes(file, 0, StateFormat.headerByteCount)
            let manifestByteCount = Int(StateFormat.word(start[12..<16]))
            guard start.starts(with: StateFormat.signature), manifestByteCount <= StateFormat.longestManifest,
                StateFormat.headerByteCount + manifestByteCount + Checksum.byteCount <= file.state.byteCount
            else { return error }
            try verify(file)
            return error
        } catch {
            return error
        }
    }

    /// Reads the whole file; throws when its checksum is wrong.
    package static func verify(_ file: borrowing OpenFile) throws(FastPixError) {
        let checksum = try Checksum()
        let end = file.state.byteCount - Checksum.byteCount
        try add(file, to: end, checksum)
        guard try bytes(file, end, Checksum.byteCount) == checksum.digest else {
            throw damaged(file.path, "its checksum is wrong")
        }
    }

    /// Hashes the file from its beginning to `end`.
    private static func add(
        _ file: borrowing OpenFile, to end: Int, _ checksum: borrowing Checksum
    ) throws(FastPixError) {
        var piece = [UInt8](repeating: 0, count: min(end, pieceByteCount))
        for start in stride(from: 0, to: end, by: pieceByteCount) {
            let count = min(pieceByteCount, end - start)
            try read(file.fileDescriptor, file.path, start, count, into: &piece)
            piece.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    // MARK: Statistics

    /// Adds the state's statistics of `rows`, which follow each other in the memory of `accumulators`, exactly.
    /// `accumulators` have the state's frame; they may count no extremes where the state does. Both together must have no
    /// more photos than exact sums hold. Throws when the file has sums that no photos have, or cannot be read; the accumulators
    /// are then worthless.
    borrowing func add(rows: Range<Int>, to accumulators: Accumulators) throws(FastPixError) {
        let all = try self.rows(isFirstTime: false)
        while all.next < rows.lowerBound { try all.skip() }
        let unpacker = RowUnpacker()
        for row in rows {
            try add(all, to: accumulators, with: unpacker)
            accumulators.release(rows: row..<row + 1)
        }
    }

    /// Its rows from the first; not to be used longer than this reader. `isFirstTime`: of a streamed state, that none of them
    /// were read before.
    borrowing func rows(isFirstTime: Bool) throws(FastPixError) -> StateRows {
        try StateRows(
            file.fileDescriptor, path, PackedRows(header.frame, header.contents), height: header.frame.height,
            bytes: rowsOffset..<file.state.byteCount - Checksum.byteCount, checksum: isFirstTime ? checksum : nil)
    }

    /// Adds the next of its rows, as above.
    borrowing func add(
        _ rows: StateRows, to accumulators: Accumulators, with unpacker: RowUnpacker
    ) throws(FastPixError) {
        precondition(accumulators.shape == header.frame && accumulators.kind == .exact)
        precondition(header.contents.hasExtremes || !accumulators.contents.hasExtremes)
        let isPossible = try unpacker.add(
            rows, to: accumulators, of: header.contents, frameCount: manifest.photoCount(row: rows.next))
        guard isPossible else { throw Self.damaged(path, "it has sums that no photos have") }
    }

    /// Adds the state's coarse sums, where it has them. Throws when no photos have such sums, or the file cannot be read.
    borrowing func add(to coarse: CoarseSums) throws(FastPixError) {
        precondition(coarse.shape == header.frame && header.contents.hasExtremes)
        let photoCount = header.photoCount + header.unfinishedCount
        let byteCount = StateFormat.coarseByteCount(header)
        var piece = [UInt8](repeating: 0, count: min(byteCount, Self.pieceByteCount))
        for offset in stride(from: 0, to: byteCount, by: Self.pieceByteCount) {
            let count = min(Self.pieceByteCount, byteCount - offset)
            try Self.read(file.fileDescriptor, path, coarseOffset + offset, count, into: &piece)
            let isPossible = piece.withUnsafeBytes {
                coarse.merge(UnsafeRawBufferPointer(rebasing: $0[..<count]), at: offset, photoCount: photoCount)
            }
            guard isPossible else { throw Self.damaged(path, "it has sums that no photos have") }
        }
    }

    /// Its photos from the first. Not to be used longer than this reader.
    borrowing func photos() -> StatePhotoCursor { Self.photos(file.fileDescriptor, path, header, photosOffset) }

    private static func photos(
        _ descriptor: Int32, _ path: FilePath, _ header: StateHeader, _ offset: Int
    ) -> StatePhotoCursor {
        StatePhotoCursor(
            descriptor, path, bytes: offset..<offset + header.photoBytes,
            count: header.photoCount + header.unfinishedCount
        ) { photo, place in
            let isWhole = place < header.photoCount
            guard photo.isWhole == isWhole, photo.rows.map({ (1..<header.frame.height).contains($0) }) ?? true else {
                return "photos of another height"
            }
            guard (photo.fact != nil) == (isWhole && header.hasExtremes) else {
                return "photos of which nothing is known"
            }
            return photo.fact?.isPossible(header.frame) ?? true ? nil : "photos of impossible brightness"
        }
    }

    /// Of a streamed state of which all rows were read: throws when it is damaged.
    borrowing func checkSound() throws(FastPixError) {
        let end = file.state.byteCount - Checksum.byteCount
        guard try Self.bytes(file, end, Checksum.byteCount) == checksum?.value.digest else {
            throw Self.damaged(path, "its checksum is wrong")
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

    package static func bytes(
        _ file: borrowing OpenFile, _ offset: Int, _ count: Int
    ) throws(FastPixError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try read(file.fileDescriptor, file.path, offset, count, into: &bytes)
        return bytes
    }

    static func read(
        _ descriptor: Int32, _ path: FilePath, _ offset: Int, _ count: Int, into bytes: inout [UInt8]
    ) throws(FastPixError) {
        let result: Result<Void, FastPixError> = bytes.withUnsafeMutableBytes { bytes in
            do throws(FastPixError) {
                return .success(
                    try read(descriptor, path, offset, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Fills all of `bytes`.
    static func read(
        _ descriptor: Int32, _ path: FilePath, _ offset: Int, into bytes: UnsafeMutableRawBufferPointer
    ) throws(FastPixError) {
        var done = 0
        while done < bytes.count {
            let got = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if got < 0 {
                if errno == EINTR { continue }
                throw FastPixError(.unreadable, path: path, systemErrno: errno, "the state file cannot be read")
            }
            if got == 0 { throw damaged(path, "it ends too early") }
            done += got
        }
    }
}
