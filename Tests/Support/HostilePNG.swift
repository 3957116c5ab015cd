import Foundation

/// PNG files put together byte by byte, with right checksums and whatever a test wants in them.
public struct HostilePNG {
    public private(set) var bytes: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// The signature alone.
    public init() {}

    /// A header for 8-bit grey.
    public init(width: UInt32, height: UInt32) {
        chunk("IHDR", Self.word(width) + Self.word(height) + [8, 0, 0, 0, 0])
    }

    public mutating func chunk(_ type: String, _ content: [UInt8]) {
        let body = Array(type.utf8) + content
        bytes += Self.word(UInt32(content.count)) + body + Self.word(Self.crc32(body))
    }

    /// Bytes as they are.
    public mutating func append(_ bytes: [UInt8]) { self.bytes += bytes }

    /// Rows of zeroes, and the end.
    public mutating func finish(width: Int, height: Int) {
        chunk("IDAT", Self.zeroes((width + 1) * height))
        chunk("IEND", [])
    }

    public static func word(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    /// A zlib stream (RFC 1950, 1951; fixed Huffman codes) of `count` zeroes in about a thousandth of their bytes.
    public static func zeroes(_ count: Int) -> [UInt8] {
        var bits = Bits()
        bits.append(0b1, 1)
        bits.append(0b01, 2)
        bits.appendCode(0b0011_0000, 8)
        var left = count - 1
        // Length 258 is code 285, distance 1 is code 0: 13 bits, so that eight of them repeat every 13 bytes.
        func appendMatches(_ count: Int) {
            for _ in 0..<count {
                bits.appendCode(0b1100_0101, 8)
                bits.appendCode(0, 5)
                left -= 258
            }
        }
        if left >= 16 * 258 {
            appendMatches(16)
            left -= 8 * 258 * bits.repeatLast(13, left / (8 * 258))
        }
        appendMatches(left / 258)
        for _ in 0..<left { bits.appendCode(0b0011_0000, 8) }
        bits.appendCode(0, 7)
        return [0x78, 0x01] + bits.finished + word(UInt32(count % 65521) << 16 | 1)
    }

    private struct Bits {
        private var bytes: [UInt8] = []
        private var current: UInt8 = 0
        private var used: UInt8 = 0

        /// Lowest bit first.
        mutating func append(_ value: UInt32, _ count: Int) {
            for bit in 0..<count {
                current |= UInt8(value >> UInt32(bit) & 1) << used
                used += 1
                if used == 8 {
                    bytes.append(current)
                    (current, used) = (0, 0)
                }
            }
        }

        /// Huffman codes go highest bit first.
        mutating func appendCode(_ code: UInt32, _ count: Int) {
            for bit in (0..<count).reversed() { append(code >> UInt32(bit) & 1, 1) }
        }

        /// Appends the last whole bytes again and again; returns how often. The unfinished byte stays the last.
        mutating func repeatLast(_ byteCount: Int, _ times: Int) -> Int {
            let last = bytes.suffix(byteCount)
            for _ in 0..<times { bytes += last }
            return times
        }

        var finished: [UInt8] { used == 0 ? bytes : bytes + [current] }
    }

    /// PNG's checksum (ISO 3309).
    public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var checksum = UInt32.max
        for byte in bytes { checksum = table[Int((checksum ^ UInt32(byte)) & 0xff)] ^ (checksum >> 8) }
        return ~checksum
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
    }
}
