/// JPEG files of one grey component, put together segment by segment after ITU-T T.81, with whatever a test wants in them.
public struct HostileJPEG {
    public private(set) var bytes: [UInt8] = [0xff, 0xd8]

    /// The second byte of a frame's marker.
    public enum Frame: UInt8 {
        case sequential = 0xc0
        case progressive = 0xc2
        case arithmetic = 0xc9
        case arithmeticProgressive = 0xca
    }

    /// Begins a file with a quantisation table of ones and the frame's header.
    public init(_ frame: Frame, width: Int, height: Int) {
        segment(0xdb, [0] + [UInt8](repeating: 1, count: 64))
        segment(frame.rawValue, [8] + Self.word(height) + Self.word(width) + [1, 1, 0x11, 0])
    }

    public mutating func segment(_ marker: UInt8, _ content: [UInt8]) {
        bytes += [0xff, marker] + Self.word(content.count + 2) + content
    }

    /// Bytes as they are.
    public mutating func append(_ bytes: [UInt8]) { self.bytes += bytes }

    /// A scan of coefficients `first` to `last`; `bits` are the high and the low bit position of its approximation.
    public mutating func scan(_ first: UInt8, _ last: UInt8, bits: UInt8 = 0, _ data: [UInt8] = []) {
        segment(0xda, [1, 1, 0, first, last, bits])
        bytes += data
    }

    public mutating func finish() { bytes += [0xff, 0xd9] }

    private static func word(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

    /// A Huffman table with one symbol, whose code is a single 0 bit. `table`: 0x00 for means, 0x10 for the rest.
    private mutating func oneCode(_ table: UInt8, _ symbol: UInt8) {
        segment(0xc4, [table, 1] + [UInt8](repeating: 0, count: 15) + [symbol])
    }

    /// So many 0 bits, filled up with 1 bits as the standard wants.
    private static func zeroBits(_ count: Int) -> [UInt8] {
        var bits = [UInt8](repeating: 0, count: count / 8)
        if count % 8 > 0 { bits.append(0xff >> UInt8(count % 8)) }
        return bits
    }

    private static func blocks(_ width: Int, _ height: Int) -> Int { ((width + 7) / 8) * ((height + 7) / 8) }

    /// Middle grey: every block is two bits, "no difference" and "end of block".
    public static func sequential(width: Int, height: Int) -> HostileJPEG {
        var jpeg = HostileJPEG(.sequential, width: width, height: height)
        jpeg.oneCode(0x00, 0)
        jpeg.oneCode(0x10, 0)
        jpeg.scan(0, 63, zeroBits(2 * blocks(width, height)))
        jpeg.finish()
        return jpeg
    }

    /// Middle grey in a scan of means, one bit for each block, and in `acScans` scans of the rest, in which two bytes stand
    /// for 16,384 empty blocks.
    public static func progressive(width: Int, height: Int, acScans: Int) -> HostileJPEG {
        let count = blocks(width, height)
        var jpeg = HostileJPEG(.progressive, width: width, height: height)
        jpeg.oneCode(0x00, 0)
        jpeg.scan(0, 0, zeroBits(count))
        // A run of 2^14 ends of blocks, and 14 bits that add nothing.
        jpeg.oneCode(0x10, 0xe0)
        for scan in 0..<acScans {
            let first = UInt8(1 + 63 * scan / acScans)
            jpeg.scan(first, UInt8(63 * (scan + 1) / acScans), zeroBits(15 * ((count + 16_383) / 16_384)))
        }
        jpeg.finish()
        return jpeg
    }

    /// Arithmetic-coded frames of 484 megapixels in a hundred bytes: progressive with 2 and with 478 scans, and sequential.
    public static var emptyScans: [HostileJPEG] {
        let side = 22_000
        var two = HostileJPEG(.arithmeticProgressive, width: side, height: side)
        two.scan(0, 0)
        two.scan(1, 63)
        var many = HostileJPEG(.arithmeticProgressive, width: side, height: side)
        many.scan(0, 0, bits: 0x0d)
        for bit in (0..<13).reversed() { many.scan(0, 0, bits: UInt8(bit + 1) << 4 | UInt8(bit)) }
        for coefficient in 1...29 as ClosedRange<UInt8> {
            many.scan(coefficient, coefficient, bits: 0x0d, [0x80])
            for bit in (0..<13).reversed() {
                many.scan(coefficient, coefficient, bits: UInt8(bit + 1) << 4 | UInt8(bit), [0x80])
            }
        }
        many.scan(30, 63)
        var sequential = HostileJPEG(.arithmetic, width: side, height: side)
        sequential.scan(0, 63)
        return [two, many, sequential].map {
            var jpeg = $0
            jpeg.finish()
            return jpeg
        }
    }

    /// A frame of 484 megapixels whose scans have next to no data beside many bytes of comments and tables, which hold none.
    public static var scansBesideOtherBytes: [HostileJPEG] {
        let side = 22_000
        func begun() -> HostileJPEG { HostileJPEG(.arithmeticProgressive, width: side, height: side) }
        var comment = begun()
        comment.segment(0xfe, [UInt8](repeating: 0x78, count: 58_000))
        comment.scan(0, 0, [0, 0])
        var tables = begun()
        for _ in 0..<900 { tables.segment(0xdb, [0] + [UInt8](repeating: 1, count: 64)) }
        tables.scan(0, 0, [0, 0])
        var between = begun()
        for coefficient in 0...63 as ClosedRange<UInt8> {
            between.scan(coefficient, coefficient, [0])
            between.segment(0xfe, [UInt8](repeating: 0x78, count: 60_000))
        }
        return [comment, tables, between].map {
            var jpeg = $0
            jpeg.finish()
            return jpeg
        }
    }
}
