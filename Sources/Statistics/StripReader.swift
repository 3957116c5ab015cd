import FastPixCodecs
import FastPixFrames
import FastPixPlumbing

/// Decodes whole photos, some rows at a time, into one strip of memory that stays in the cache. Belongs to one thread.
struct StripReader: ~Copyable {
    private var memory: MappedMemory?

    /// Decodes `photo` from top to bottom; `strip` gets the decoded rows, without gaps, and their number of pixels.
    ///
    /// Throws when the file is damaged, not complete to its end, or changed since its headers were read; `strip` may
    /// have been called by then. `ended` gets the file after that, still open. Returns the photo when something was odd in
    /// it.
    mutating func read(
        _ photo: PhotoFile, maximumPixels: UInt64, strip: (UnsafeRawPointer, _ pixelCount: Int) -> Void,
        ended: (borrowing OpenFile) throws(FastPixError) -> Void = { _ in }
    ) throws(FastPixError) -> OddPhoto? {
        let shape = photo.header.shape
        let reading = try PhotoReading(photo, maximumPixels: maximumPixels)
        let rowsPerStrip = Self.rowsPerStrip(shape)
        let rows = try start(holding: rowsPerStrip * shape.bytesPerRow)
        for row in stride(from: 0, to: shape.height, by: rowsPerStrip) {
            let count = min(rowsPerStrip, shape.height - row)
            try reading.readRows(count, into: rows)
            strip(rows, count * shape.width)
        }
        try reading.finish()
        try ended(reading.file)
        return reading.oddPhoto
    }

    /// Whole coded units of rows that fit the level-2 cache several times over; of very wide photos single rows.
    private static func rowsPerStrip(_ shape: FrameShape) -> Int {
        let rows = stripBytes / shape.bytesPerRow
        return min(shape.height, rows >= codedUnitRows ? rows / codedUnitRows * codedUnitRows : max(1, rows))
    }

    /// The decoded rows that are held at once.
    static func memoryBytes(_ shape: FrameShape) -> Int {
        max(stripBytes, rowsPerStrip(shape) * shape.bytesPerRow + offset)
    }

    private static let stripBytes = 256 << 10
    private static let codedUnitRows = 16

    /// libjpeg-turbo writes rows that begin at a multiple of 32 bytes past the caches, straight to memory (non-temporal
    /// stores). The rows here are read at once: beginning elsewhere, they are found in the level-2 cache, and the sums
    /// cost 2 % of decoding, not 8.
    private static let offset = 16

    private mutating func start(holding byteCount: Int) throws(FastPixError) -> UnsafeMutableRawPointer {
        let needed = byteCount + Self.offset
        if let start = memory?.start, let held = memory?.byteCount, held >= needed { return start + Self.offset }
        memory = nil
        let larger = try MappedMemory(
            byteCount: max(needed, Self.stripBytes), purpose: "decoded rows", advice: "use fewer workers")
        let start = larger.start + Self.offset
        memory = consume larger
        return start
    }
}
