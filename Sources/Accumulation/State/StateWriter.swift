import FastPixFrames
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Writes the statistics of a set of photos to a file that appears under its name when it is complete and on the disk.
/// Rows come in order, as they become known; `finish` ends it. Dropped before, it leaves an older state of the name as it
/// was.
package struct StateWriter: ~Copyable {
    private var file: ChecksummedFile

    private init(file: consuming ChecksummedFile) { self.file = file }

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
        var writer = StateWriter(file: try ChecksummedFile(path, replacing: replacing))
        try writer.file.append(StateFormat.header(manifestByteCount: json.count))
        try writer.file.append([UInt8](json))
        var records: [UInt8] = []
        var written = 0
        try photos { (photo: StatePhoto) throws(FastPixError) in
            StatePhotoRecord.append(photo, to: &records)
            guard records.count >= pieceByteCount else { return }
            written += records.count
            try writer.file.append(records)
            records.removeAll(keepingCapacity: true)
        }
        try writer.file.append(records)
        precondition(written + records.count == header.photoBytes)
        if let coarse { try writer.file.append(UnsafeRawBufferPointer(coarse.bytes)) }
        return writer
    }

    /// All of a set of photos.
    static func write(
        _ accumulators: Accumulators, _ coarse: CoarseSums?, _ manifest: StateManifest, to path: FilePath
    ) throws(FastPixError) {
        precondition(accumulators.rowsHeld == accumulators.shape.height)
        var writer = try StateWriter.begin(manifest.header, coarse, to: path) { add throws(FastPixError) in
            for photo in manifest.photos { try add(photo) }
            for photo in manifest.unfinished { try add(photo) }
        }
        let shape = accumulators.shape
        let rowsPerPiece = max(1, pieceByteCount / accumulators.contents.byteCountOfRow(shape))
        for first in stride(from: 0, to: shape.height, by: rowsPerPiece) {
            let rows = first..<min(shape.height, first + rowsPerPiece)
            try writer.append(accumulators, rows: rows)
            accumulators.release(rows: rows)
        }
        try writer.finish()
    }

    /// The next rows. Row by row all arrays together, so that a reader who wants some rows finds them in one place.
    package mutating func append(_ accumulators: Accumulators, rows: Range<Int>) throws(FastPixError) {
        precondition(accumulators.kind == .exact, "rounded moments depend on the order of photos")
        for row in rows {
            for array in accumulators.arrays(rows: row..<row + 1) { try file.append(UnsafeRawBufferPointer(array)) }
        }
    }

    package consuming func finish() throws(FastPixError) { try file.finish() }

    private static let pieceByteCount = 1 << 20
}
