import FastPixDiscovery
import FastPixMaps
import Foundation
import SystemPackage
import TestSupport
import Testing

/// JPEG files with pictures behind the first one (CIPA DC-007): the repair keeps all of them where their index says.
@Suite(.timeLimit(.minutes(10)))
struct MultiPictureTests {
    /// An index made and read here, by the standard's description alone.
    private struct Index {
        static let marker: UInt8 = 0xe2
        /// Size and offset of each picture.
        var pictures: [(size: Int, offset: Int)]

        func content(littleEndian: Bool) -> Data {
            func number(_ value: Int, _ width: Int) -> [UInt8] {
                let bytes = (0..<width).map { UInt8(value >> (8 * $0) & 255) }
                return littleEndian ? bytes : bytes.reversed()
            }
            let entries = 8 + 2 + 3 * 12 + 4
            var bytes: [UInt8] = Array((littleEndian ? "II*\0" : "MM\0*").utf8) + number(8, 4) + number(3, 2)
            bytes += number(0xb000, 2) + number(7, 2) + number(4, 4) + Array("0100".utf8)
            bytes += number(0xb001, 2) + number(4, 2) + number(1, 4) + number(pictures.count, 4)
            bytes += number(0xb002, 2) + number(7, 2) + number(16 * pictures.count, 4) + number(entries, 4)
            bytes += number(0, 4)
            for picture in pictures {
                bytes += number(0, 4) + number(picture.size, 4) + number(picture.offset, 4) + number(0, 4)
            }
            return Data("MPF\0".utf8) + bytes
        }

        /// The pictures of a file, each cut out as its index says.
        static func pictures(of file: Data) throws -> [Data] {
            let start = try #require(file.firstRange(of: Data("MPF\0".utf8))).upperBound
            let isLittle = file[start] == UInt8(ascii: "I")
            func number(_ place: Int, _ width: Int) -> Int {
                let bytes = Array(file[start + place..<start + place + width])
                return (isLittle ? bytes.reversed() : bytes).reduce(0) { $0 << 8 | Int($1) }
            }
            let count = number(8 + 2 + 12 + 8, 4)
            let entries = number(8 + 2 + 24 + 8, 4)
            return try (0..<count).map { picture in
                let size = number(entries + 16 * picture + 4, 4)
                let offset = number(entries + 16 * picture + 8, 4)
                let first = offset == 0 ? 0 : start + offset
                try #require(first + size <= file.count)
                return file[first..<first + size]
            }
        }
    }

    /// A photo with an index, four bytes of padding, and two further pictures.
    private static func file(littleEndian: Bool) throws -> (file: Data, others: [Data]) {
        let photo = try Data(contentsOf: Repository.fixture("decoder/jpeg-420-97x61-q50.jpg"))
        let others = [
            try Data(contentsOf: Repository.fixture("decoder/jpeg-grey-200x150-q90.jpg")),
            try Data(contentsOf: Repository.fixture("decoder/jpeg-420-17x13-q50.jpg")),
        ]
        func first(_ index: Index) -> Data {
            TestPhoto.jpeg(photo, with: Index.marker, index.content(littleEndian: littleEndian))
        }
        let size = first(Index(pictures: [(0, 0), (0, 0), (0, 0)])).count
        // Offsets count from behind SOI, marker, length and name.
        let start = 2 + 4 + 4
        let index = Index(pictures: [
            (size, 0), (others[0].count, size + 4 - start), (others[1].count, size + 4 + others[0].count - start),
        ])
        return (first(index) + [0, 0, 0, 0] + others[0] + others[1], others)
    }

    @Test(arguments: [true, false]) func allPicturesStayReadable(_ littleEndian: Bool) throws {
        try withTemporaryFolder { folder in
            let (file, others) = try Self.file(littleEndian: littleEndian)
            #expect(try Index.pictures(of: file).dropFirst().elementsEqual(others))
            let photo = try folder.addFile("photo.jpg", file)
            let list = try folder.addFile("list.jpegpixi", Data("# frame 97 x 61, offset 0,0\n20,20,9,9\n".utf8))
            let report = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
                PhotoSource(paths: [FilePath(photo.path)]), maps: [DefectMapInput(FilePath(list.path))])
            #expect(report.photos.first.map { ($0.blocksChanged ?? 0) > 0 } == true)
            let repaired = try Data(contentsOf: folder.appendingPathComponent("out/photo.jpg"))
            // Otherwise nothing had to move.
            #expect(repaired.count != file.count)
            let pictures = try Index.pictures(of: repaired)
            #expect(pictures.count == 3)
            #expect(pictures.dropFirst().elementsEqual(others))
            #expect(pictures[0].suffix(2) == Data([0xff, 0xd9]))
            #expect(pictures[0].count + 4 + others[0].count + others[1].count == repaired.count)
        }
    }

    /// An index that means nothing stays as it is, byte for byte.
    @Test(arguments: [0, 3, 8, 11, 14, 30, 43, 60]) func damagedIndicesAreCopied(_ length: Int) throws {
        try withTemporaryFolder { folder in
            let photo = try Data(contentsOf: Repository.fixture("decoder/jpeg-420-97x61-q50.jpg"))
            let index = Index(pictures: [(4_000_000_000, 0), (1, 4_294_967_295), (5, 5)]).content(littleEndian: true)
            let content = index.prefix(4 + length)
            let source = try folder.addFile("photo.jpg", TestPhoto.jpeg(photo, with: Index.marker, content))
            let list = try folder.addFile("list.jpegpixi", Data("# frame 97 x 61, offset 0,0\n20,20,9,9\n".utf8))
            let report = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("out").path)).run(
                PhotoSource(paths: [FilePath(source.path)]), maps: [DefectMapInput(FilePath(list.path))])
            #expect(report.skipped == [])
            let repaired = try Data(contentsOf: folder.appendingPathComponent("out/photo.jpg"))
            let start = try #require(repaired.firstRange(of: Data("MPF\0".utf8))).lowerBound
            #expect(repaired[start..<start + content.count] == content)
        }
    }
}
