import Foundation

/// The marker segments of a JPEG file up to its first scan (ITU-T T.81, annex B), read without libjpeg.
public struct JPEGSegments: Sendable {
    public struct Segment: Sendable {
        public let marker: UInt8
        public let content: Data
    }

    public struct Malformed: Error {}

    public let segments: [Segment]

    public init(_ file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        guard bytes.starts(with: [0xff, 0xd8]) else { throw Malformed() }
        var segments: [Segment] = []
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xff, bytes[position + 1] != 0xda {
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            let end = position + 2 + length
            guard length >= 2, end <= bytes.count else { throw Malformed() }
            segments.append(Segment(marker: bytes[position + 1], content: Data(bytes[position + 4..<end])))
            position = end
        }
        self.segments = segments
    }

    private func contents(_ marker: UInt8, beginning prefix: String) -> [Data] {
        segments.filter { $0.marker == marker && $0.content.starts(with: Array(prefix.utf8)) }.map(\.content)
    }

    /// JFIF's unit (0: ratio, 1: inch, 2: centimetre), horizontal and vertical density; nil without the marker.
    public var density: [Int]? {
        contents(0xe0, beginning: "JFIF\0").first.map { content in
            [Int(content[7]), Int(content[8]) << 8 | Int(content[9]), Int(content[10]) << 8 | Int(content[11])]
        }
    }

    /// EXIF from its TIFF header on.
    public var exif: [Data] { contents(0xe1, beginning: "Exif\0\0").map { Data($0.dropFirst(6)) } }

    /// The ICC profile, put together (ICC.1:2022, B.4).
    public var profile: Data? {
        let parts = contents(0xe2, beginning: "ICC_PROFILE\0").sorted { $0[12] < $1[12] }
        return parts.isEmpty ? nil : Data(parts.flatMap { $0.dropFirst(14) })
    }

    /// Of each component: horizontal factor * 16 + vertical factor.
    public var samplingFactors: [Int] {
        guard let frame = segments.first(where: { (0xc0...0xc2).contains($0.marker) })?.content else { return [] }
        return (0..<Int(frame[5])).map { Int(frame[6 + 3 * $0 + 1]) }
    }

    /// The first quantization table, as stored.
    public var quantization: [Int] {
        segments.first { $0.marker == 0xdb }.map { $0.content.dropFirst().prefix(64).map(Int.init) } ?? []
    }
}

/// The chunks of a PNG file, read without libpng.
public struct PNGChunks: Sendable {
    public struct Malformed: Error {}

    /// Kind and content, in the order of the file.
    public let chunks: [(kind: String, content: Data)]

    public init(_ file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        guard bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) else { throw Malformed() }
        var chunks: [(kind: String, content: Data)] = []
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            guard position + 12 + length <= bytes.count else { throw Malformed() }
            let kind = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            chunks.append((kind, Data(bytes[position + 8..<position + 8 + length])))
            position += 12 + length
        }
        self.chunks = chunks
    }

    public subscript(_ kind: String) -> Data? { chunks.first { $0.kind == kind }?.content }

    /// Big-endian 32-bit numbers of a chunk.
    public func numbers(_ kind: String) -> [Int]? {
        self[kind].map { content in
            stride(from: 0, to: content.count / 4 * 4, by: 4).map { start in
                content[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            }
        }
    }
}
