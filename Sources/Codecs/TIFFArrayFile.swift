import FastPixPlumbing
import SystemPackage

/// Streams a picture to a TIFF file without compression, float32 or 8 bits, grey or RGB: its rows as they are given, behind a
/// directory. Above 4 GB it is a BigTIFF. Like `StagedFile`, the file appears under its name only when `commit()` succeeds.
/// Source: TIFF 6.0 and its supplement for floating point; the BigTIFF specification of libtiff.
package struct TIFFArrayFile: ~Copyable {
    private var file: StagedFile
    private var writtenBytes: Int
    private let expectedBytes: Int

    /// `bitsPerSample`: 8, whole numbers, or 32, floating point. `description`: ASCII.
    package init(
        target: FilePath, width: Int, height: Int, channels: Int, bitsPerSample: Int, description: String,
        replacing: Bool = true
    ) throws(FastPixError) {
        let expectedBytes = width * height * channels * bitsPerSample / 8
        let isBig = expectedBytes > Int(UInt32.max) - (1 << 16)
        let text = Array(description.utf8.filter { (32...126).contains($0) }) + [0]
        // Tag, type (2: text, 3: 16 bits, 4: 32 bits, 16: 64 bits), values as bytes.
        func short(_ values: [Int]) -> [UInt8] { values.flatMap { Self.bytes(UInt16($0)) } }
        func long(_ value: Int) -> [UInt8] { isBig ? Self.bytes(UInt64(value)) : Self.bytes(UInt32(value)) }
        let wide = isBig ? 16 : 4
        var entries: [(tag: Int, type: Int, count: Int, bytes: [UInt8])] = [
            (256, 4, 1, Self.bytes(UInt32(width))), (257, 4, 1, Self.bytes(UInt32(height))),
            (258, 3, channels, short(Array(repeating: bitsPerSample, count: channels))), (259, 3, 1, short([1])),
            (262, 3, 1, short([channels == 3 ? 2 : 1])), (270, 2, text.count, text),
            (273, wide, 1, long(0)), (277, 3, 1, short([channels])), (278, 4, 1, Self.bytes(UInt32(height))),
            (279, wide, 1, long(expectedBytes)), (284, 3, 1, short([1])),
            (339, 3, channels, short(Array(repeating: bitsPerSample == 8 ? 1 : 3, count: channels))),
        ]
        let inline = isBig ? 8 : 4
        let head = isBig ? 16 : 8
        let directory = isBig ? 8 + entries.count * 20 + 8 : 2 + entries.count * 12 + 4
        let outside = entries.reduce(0) { $0 + ($1.bytes.count > inline ? ($1.bytes.count + 1) / 2 * 2 : 0) }
        let data = (head + directory + outside + 15) / 16 * 16
        entries[entries.firstIndex { $0.tag == 273 }!].bytes = long(data)
        var bytes: [UInt8] =
            [0x49, 0x49]
            + (isBig
                ? short([43, 8, 0]) + Self.bytes(UInt64(16)) + Self.bytes(UInt64(entries.count))
                : short([42]) + Self.bytes(UInt32(8)) + short([entries.count]))
        var values: [UInt8] = []
        for entry in entries {
            bytes += short([entry.tag, entry.type]) + long(entry.count)
            if entry.bytes.count > inline {
                bytes += long(head + directory + values.count)
                values += entry.bytes + (entry.bytes.count % 2 == 1 ? [0] : [])
            } else {
                bytes += entry.bytes + [UInt8](repeating: 0, count: inline - entry.bytes.count)
            }
        }
        bytes += long(0) + values
        bytes += [UInt8](repeating: 0, count: data - bytes.count)
        var file = try StagedFile(target: target, replacing: replacing)
        try file.write(bytes)
        self.file = file
        writtenBytes = 0
        self.expectedBytes = expectedBytes
    }

    private static func bytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    package mutating func append(_ samples: [Float]) throws(FastPixError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(samples.count * 4)
        for sample in samples { bytes.append(contentsOf: Self.bytes(sample.bitPattern)) }
        try append(bytes)
    }

    package mutating func append(_ bytes: [UInt8]) throws(FastPixError) {
        try file.write(bytes)
        writtenBytes += bytes.count
    }

    package consuming func commit() throws(FastPixError) {
        precondition(writtenBytes == expectedBytes)
        try file.commit()
    }
}
