/// A DNG packed by lossless JPEG, of one grey level, put together after DNG 1.4 and ITU-T T.81 with whatever sizes a test wants
/// in its parts.
public struct LosslessDNG {
    /// What the tags say.
    public var width: Int
    public var height: Int
    /// Columns and rows of its tiles; nil: one strip.
    public var tile: (width: Int, height: Int)?
    /// Columns, rows and samples a pixel of the JPEGs, strip by strip or tile by tile.
    public var frames: [(width: Int, height: Int, components: Int)]
    /// What the JPEGs claim to be, where that is something else.
    public var claimed: (width: Int, height: Int)?

    /// A sound one.
    public init(width: Int, height: Int, tile: (width: Int, height: Int)? = nil) {
        (self.width, self.height, self.tile) = (width, height, tile)
        let size = tile ?? (width, height)
        let count = (width + size.width - 1) / size.width * ((height + size.height - 1) / size.height)
        // As most cameras write them: two samples of a row are a pixel of two components.
        frames = .init(repeating: (size.width / 2, size.height, 2), count: count)
    }

    public var bytes: [UInt8] {
        let pieces = frames.map { jpeg($0) }
        func long(_ values: [Int]) -> [UInt8] { values.flatMap { Self.little($0, 4) } }
        func directory(_ first: Int) -> [UInt8] {
            var place = first
            let places = pieces.map { piece in
                defer { place += piece.count }
                return place
            }
            // Tag, type (1 byte, 2 text, 3 16 bits, 4 32 bits), content.
            var entries: [(tag: Int, type: Int, bytes: [UInt8])] = [
                (254, 4, long([0])), (256, 4, long([width])), (257, 4, long([height])), (258, 3, [16, 0]),
                (259, 3, [7, 0]), (262, 3, Self.little(32803, 2)), (271, 2, Array("Test\0".utf8)),
                (272, 2, Array("Camera\0".utf8)), (277, 3, [1, 0]), (33421, 3, [2, 0, 2, 0]),
                (33422, 1, [0, 1, 1, 2]), (50706, 1, [1, 4, 0, 0]),
            ]
            if let tile {
                entries += [
                    (322, 4, long([tile.width])), (323, 4, long([tile.height])), (324, 4, long(places)),
                    (325, 4, long(pieces.map(\.count))),
                ]
            } else {
                entries += [(273, 4, long(places)), (278, 4, long([height])), (279, 4, long(pieces.map(\.count)))]
            }
            entries.sort { $0.tag < $1.tag }
            var bytes = Self.little(entries.count, 2)
            var outside: [UInt8] = []
            let start = 8 + 2 + 12 * entries.count + 4
            for entry in entries {
                let size = [1: 1, 2: 1, 3: 2, 4: 4][entry.type]!
                bytes += Self.little(entry.tag, 2) + Self.little(entry.type, 2)
                bytes += Self.little(entry.bytes.count / size, 4)
                if entry.bytes.count > 4 {
                    bytes += Self.little(start + outside.count, 4)
                    outside += entry.bytes
                } else {
                    bytes += entry.bytes + [UInt8](repeating: 0, count: 4 - entry.bytes.count)
                }
            }
            return bytes + Self.little(0, 4) + outside
        }
        let start = 8 + directory(0).count
        return Array("II".utf8) + [42, 0] + Self.little(8, 4) + directory(start) + pieces.joined()
    }

    /// Every sample is a single 0 bit, "no difference", so that all are the middle grey.
    private func jpeg(_ frame: (width: Int, height: Int, components: Int)) -> [UInt8] {
        func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
            [0xff, marker] + Self.big(content.count + 2) + content
        }
        let (width, height) = claimed ?? (frame.width, frame.height)
        let components = (1...UInt8(frame.components)).map { $0 }
        let bits = frame.width * frame.height * frame.components
        return [0xff, 0xd8]
            + segment(
                0xc3,
                [16] + Self.big(height) + Self.big(width) + [UInt8(components.count)]
                    + components.flatMap { [$0, 0x11, 0] })
            + segment(0xc4, [0, 1] + [UInt8](repeating: 0, count: 15) + [0])
            + segment(0xda, [UInt8(components.count)] + components.flatMap { [$0, 0] } + [1, 0, 0])
            + [UInt8](repeating: 0, count: bits / 8) + (bits % 8 > 0 ? [0xff >> UInt8(bits % 8)] : [])
            + [0xff, 0xd9]
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func big(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
}
