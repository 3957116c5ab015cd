import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// A photo that is being decoded, from its top, strip by strip. Belongs to one worker at a time.
final class OpenPhoto {
    private let reading: PhotoReading
    /// Rows that were in the accumulators before this run began to decode it.
    let rowsBefore: Int
    var rowsDecoded: Int { reading.rowsRead }
    var photo: PhotoFile { reading.photo }
    /// The rows above the next strip, which extremes are counted with.
    private var kept: MappedMemory?
    private let keptRowCount: Int
    private let half: Int
    private let levels: PhotoLevels
    /// What opening and decoding it has taken so far.
    private(set) var secondsDecoding: Double

    /// Throws when the file cannot be opened, or is another than its headers were read of. `keptRows`: how many rows above
    /// each strip are needed again with it. `pattern`: takes in what its pattern is known by.
    init(
        _ photo: PhotoFile, rowsBefore: Int, keptRows: Int, pattern: PatternSample?, settings: AccumulationSettings
    ) throws(FastPixError) {
        let begun = monotonicSeconds()
        self.rowsBefore = rowsBefore
        keptRowCount = keptRows
        levels = PhotoLevels(damage: DamageSigns(photo.header, keptRows: keptRows), pattern: pattern)
        reading = try PhotoReading(photo, channels: settings.channels, maximumPixels: settings.maximumPixels)
        // The pictures of one file take turns.
        half = (try ContentHash(ofHeadOf: reading.file).half + photo.page.number) % 2
        kept = keptRows == 0 ? nil : try Self.memory(keptRows, photo.header.shape)
        secondsDecoding = monotonicSeconds() - begun
    }

    private static func memory(_ rows: Int, _ shape: FrameShape) throws(FastPixError) -> MappedMemory {
        try MappedMemory(
            byteCount: keptBytes(rows, shape), purpose: "rows that are needed again", advice: "use a smaller batch")
    }

    /// What the kept rows of one photo take.
    static func keptBytes(_ rows: Int, _ shape: FrameShape) -> Int { rows * shape.bytesPerRow }

    /// Decodes the next `count` rows into `strip`.
    func readRows(_ count: Int, into strip: UnsafeMutableRawPointer) throws(FastPixError) -> DecodedRows {
        let firstRow = rowsDecoded
        let begun = monotonicSeconds()
        try reading.readRows(count, into: strip)
        secondsDecoding += monotonicSeconds() - begun
        let bytesPerRow = photo.header.shape.bytesPerRow
        let kept = kept?.start ?? strip
        return DecodedRows(
            firstRow: firstRow, strip: UnsafeRawPointer(strip),
            kept: UnsafeRawPointer(kept), keptRowCount: keptRowCount,
            bytesPerRow: bytesPerRow, rowsBefore: rowsBefore, half: half, levels: levels)
    }

    /// Keeps what the next strip needs of this one, which had `rowCount` rows.
    func keepLastRows(of rows: DecodedRows, rowCount: Int) {
        guard let start = kept?.start else { return }
        let end = rows.firstRow + rowCount
        let bytesPerRow = rows.bytesPerRow
        // From the top, because a short strip leaves some of the rows that were kept.
        for row in max(0, end - keptRowCount)..<end {
            (start + (row - end + keptRowCount) * bytesPerRow).copyMemory(from: rows.row(row), byteCount: bytesPerRow)
        }
    }

    /// Checks, after the last row, that what was decoded was one complete file, as it was when its headers were read.
    func finish() throws(FastPixError) { try reading.finish() }

    /// What makes one doubt that the photo is whole, after its last row.
    var damageSigns: DamageSigns { levels.damage }
    var pattern: PatternSample? { levels.pattern }
    var oddPhoto: OddPhoto? { reading.oddPhoto }

    /// What is known of the photo as a whole, after its last row.
    var fact: FrameFact {
        let capture = photo.header.capture
        return FrameFact(
            level: levels.level, roughness: levels.roughness, half: half, exposureSeconds: capture.exposureSeconds,
            iso: capture.iso, time: capture.time, pictureKind: capture.pictureKind)
    }

    /// What the file's content is known by. Throws when it changed since it was opened.
    func hash(_ hashes: FileHashes) throws(FastPixError) -> ContentHash { try hashes.hash(photo, reading.file) }
}
