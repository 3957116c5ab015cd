import FastPixFrames
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Writes the statistics of a set of photos to a file that appears under its name when it is complete and on the disk.
/// Rows come in order, as they become known; `finish` ends it, and tells whether all of them could be written. Dropped
/// before, it leaves an older state of the name as it was. Belongs to one thread at a time.
package final class StateWriter: @unchecked Sendable {
    /// Nil once it is finished, or cannot be written any more.
    private var file: ChecksummedFile?
    private var failure: FastPixError?

    private init(file: consuming ChecksummedFile) { self.file = consume file }

    /// Hands each photo that is in the state to a closure, whole ones first, each kind in order.
    package typealias Photos = ((StatePhoto) throws(FastPixError) -> Void) throws(FastPixError) -> Void

    /// `coarse`: where the header says that the extremes are counted. Throws what `StagedFile` and `photos` throw.
    package static func begin(
        _ header: StateHeader, _ coarse: CoarseSums?, to path: FilePath, replacing: Bool = true, photos: Photos
    ) throws(FastPixError) -> StateWriter {
        precondition(header.hasExtremes == (coarse != nil))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Nothing in a manifest can fail to be encoded: its floating-point numbers come from fractions and are finite.
        guard let json = try? encoder.encode(header) else { preconditionFailure("a manifest cannot be encoded") }
        var file = try ChecksummedFile(path, replacing: replacing)
        try file.append(StateFormat.header(manifestByteCount: json.count))
        try file.append([UInt8](json))
        var records: [UInt8] = []
        var written = 0
        try photos { (photo: StatePhoto) throws(FastPixError) in
            StatePhotoRecord.append(photo, to: &records)
            guard records.count >= pieceByteCount else { return }
            written += records.count
            try file.append(records)
            records.removeAll(keepingCapacity: true)
        }
        try file.append(records)
        precondition(written + records.count == header.photoBytes)
        if let coarse { try file.append(UnsafeRawBufferPointer(coarse.bytes)) }
        return StateWriter(file: file)
    }

    /// All of a set of photos. The workers pack rows while one of them writes.
    static func write(
        _ accumulators: Accumulators, _ coarse: CoarseSums?, _ manifest: StateManifest, to path: FilePath,
        workers: Int = WorkerTeam.defaultWorkers
    ) throws(FastPixError) {
        precondition(accumulators.rowsHeld == accumulators.shape.height)
        let writer = try StateWriter.begin(manifest.header, coarse, to: path) { add throws(FastPixError) in
            for photo in manifest.photos { try add(photo) }
            for photo in manifest.unfinished { try add(photo) }
        }
        let shape = accumulators.shape
        let rowsPerPiece = max(1, pieceByteCount / accumulators.contents.byteCountOfRow(shape))
        let pieces = (shape.height + rowsPerPiece - 1) / rowsPerPiece
        let steps = OrderedSteps(parts: pieces, steps: 1)
        WorkerTeam.run(workers: min(workers, pieces)) { _ in
            let packer = RowPacker()
            while let piece = steps.begin() {
                let rows = piece * rowsPerPiece..<min(shape.height, (piece + 1) * rowsPerPiece)
                let packed = packer.pack(accumulators, rows: rows)
                accumulators.release(rows: rows)
                _ = steps.pass(0, part: piece) { () throws(FastPixError) in writer.append(packed) }
            }
        }
        if let failure = steps.failure { throw failure }
        try writer.finish()
    }

    /// The next rows, as `RowPacker` makes them. A failure to write them is told by `finish`: whoever adds up has a result
    /// without the state, too.
    func append(_ packed: UnsafeRawBufferPointer) {
        guard failure == nil else { return }
        do throws(FastPixError) {
            try file!.append(packed)
        } catch {
            failure = error
            // Makes room on a disk that is full.
            file = nil
        }
    }

    /// Once, behind the last row. Throws when the state cannot be written.
    package func finish() throws(FastPixError) {
        if let failure { throw failure }
        try file.take()!.finish()
    }

    private static let pieceByteCount = 1 << 20
}
