import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPix
@testable import FastPixAccumulation
@testable import FastPixCodecs
@testable import FastPixDetection
@testable import FastPixDiscovery
@testable import FastPixFrames
@testable import FastPixMaps
@testable import FastPixPlumbing
@testable import FastPixReporting

/// Files that break their format and whose picture is whole: the samples are those of the sound file, with a note, and
/// `isStrict` refuses them. What only looks alike is damage.
struct OddPhotoTests {
    /// A JPEG's segments in front of its data: marker, and where they begin; the last one is that of the scan.
    private static func segments(_ jpeg: [UInt8]) -> [(marker: UInt8, start: Int, end: Int)] {
        var segments: [(marker: UInt8, start: Int, end: Int)] = []
        var place = 2
        while true {
            let end = place + 2 + Int(jpeg[place + 2]) << 8 + Int(jpeg[place + 3])
            segments.append((jpeg[place + 1], place, end))
            if jpeg[place + 1] == 0xda { return segments }
            place = end
        }
    }

    private static func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Repository.fixture("decoder/\(name)")))
    }

    /// The samples, and what was odd.
    private static func decode(
        _ bytes: [UInt8], isStrict: Bool = false, in folder: URL
    ) throws -> (samples: [UInt8], oddities: [PhotoOddity]) {
        let file = try folder.addFile("photo", Data(bytes))
        let photo = try PhotoFile(
            probing: FilePath(file.path), reading: PhotoReadingChoice(isStrict: isStrict), maximumPixels: 0)
        let reading = try PhotoReading(photo, maximumPixels: 0)
        let shape = photo.header.shape
        var samples = [UInt8](repeating: 0, count: shape.bytesPerRow * shape.height)
        try samples.withUnsafeMutableBytes { try reading.readRows(shape.height, into: $0.baseAddress!) }
        try reading.finish()
        return (samples, reading.oddPhoto?.oddities ?? [])
    }

    private static func expectOdd(_ odd: [UInt8], _ sound: [UInt8], _ oddity: PhotoOddity) throws {
        try withTemporaryFolder { folder in
            let whole = try decode(sound, in: folder)
            #expect(whole.oddities == [])
            let found = try decode(odd, in: folder)
            #expect(found.samples == whole.samples)
            #expect(found.oddities == [oddity])
            let error = #expect(throws: FastPixError.self) { try decode(odd, isStrict: true, in: folder) }
            #expect(error?.code == .corrupt)
        }
    }

    private static func expectDamage(_ bytes: [UInt8], _ comment: Comment) throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: FastPixError.self, comment) { try decode(bytes, in: folder) }
            #expect(error?.code == .corrupt, comment)
        }
    }

    private static let garbage: [UInt8] = [0, 103, 97, 114, 98, 97, 103, 101, 33]

    @Test func bytesBetweenSegments() throws {
        let jpeg = try Self.fixture("jpeg-420-97x61-q50.jpg")
        for segment in Self.segments(jpeg).dropLast() {
            let odd = jpeg[..<segment.end] + Self.garbage + jpeg[segment.end...]
            let isSide = (0xe0..<0xee).contains(segment.marker) || segment.marker == 0xfe
            if isSide {
                try Self.expectOdd(Array(odd), jpeg, .bytesBetweenSegments)
            } else {
                // A byte too many in a table pushes its last one out: the picture would be another.
                try Self.expectDamage(Array(odd), "behind \(segment.marker)")
            }
        }
    }

    /// A damaged marker makes garbage of its segment: something of the headers is lost.
    @Test func lostSegmentsAreDamage() throws {
        let jpeg = try Self.fixture("jpeg-420-97x61-q50.jpg")
        for segment in Self.segments(jpeg).dropLast().dropFirst() {
            var lost = jpeg
            lost[segment.start] = 0xfe
            try Self.expectDamage(lost, "\(segment.marker)")
        }
    }

    @Test func fieldsOfTheScan() throws {
        let jpeg = try Self.fixture("jpeg-420-97x61-q50.jpg")
        let end = try #require(Self.segments(jpeg).last).end
        // What baseline pictures do not use may be anything.
        for fields: [UInt8] in [
            [0, 0, 0], [0, 63, 0x11], [1, 63, 0], [0, 62, 0], [0, 255, 0], [5, 3, 0], [255, 255, 0], [0, 63, 0xff],
        ] {
            try Self.expectOdd(Array(jpeg[..<(end - 3)] + fields + jpeg[end...]), jpeg, .scanFields)
        }
        // As a byte too few leaves them.
        try Self.expectDamage(Array(jpeg[..<(end - 3)] + [63, 0, 0] + jpeg[end...]), "a byte too few")
        // Bytes lost from the header, and put into it: the data would begin elsewhere.
        let header = jpeg[..<(end - 3)]
        let data = jpeg[end...]
        try Self.expectDamage(Array(header + [63, 0] + data), "a byte lost")
        for surplus: [UInt8] in [[0], [1], [7, 9], [0, 0], [4, 5, 0], [4, 0, 0]] {
            try Self.expectDamage(Array(header + surplus + [0, 63, 0] + data), "\(surplus) put in")
        }
    }

    @Test func paddingBeforeRestarts() throws {
        let jpeg = try Self.fixture("jpeg-restart-blocks.jpg")
        let end = try #require(Self.segments(jpeg).last).end
        let restarts = (end..<jpeg.count - 1).filter { jpeg[$0] == 0xff && (0xd0...0xd7).contains(jpeg[$0 + 1]) }
        #expect(restarts.count > 10)
        func padded(_ count: (Int) -> Int) -> [UInt8] {
            var odd = jpeg
            for (number, restart) in restarts.enumerated().reversed() {
                odd.insert(contentsOf: [UInt8](repeating: 0, count: count(number)), at: restart)
            }
            return odd
        }
        try Self.expectOdd(padded { $0 % 2 == 0 ? 12 : 0 }, jpeg, .padding)
        // Before every one of them: libjpeg tells of several at once.
        for count in [1, 2, 3, 5, 8, 16] { try Self.expectOdd(padded { _ in count }, jpeg, .padding) }
        try Self.expectOdd(padded { $0 % 17 }, jpeg, .padding)
        // So many are lost data, wherever.
        try Self.expectDamage(padded { $0 % 2 == 0 ? 300 : 0 }, "a block of zeros")
        try Self.expectDamage(padded { _ in 17 }, "more than padding")
        for number in [0, 1, restarts.count / 2, restarts.count - 1] {
            try Self.expectDamage(padded { $0 == number ? 300 : 2 }, "a block of zeros at \(number)")
        }
    }

    @Test func adobesTransform() throws {
        var jpeg = try Self.fixture("jpeg-420-97x61-q50.jpg")
        // JFIF would say that it is YCbCr.
        for segment in Self.segments(jpeg).reversed() where segment.marker == 0xe0 {
            jpeg.removeSubrange(segment.start..<segment.end)
        }
        let adobe: [UInt8] = [0xff, 0xee, 0, 14] + Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 2]
        try Self.expectOdd(Array(jpeg[..<2] + adobe + jpeg[2...]), jpeg, .adobeTransform)
    }

    @Test func bytesBehindTheStream() throws {
        var sound = HostilePNG(width: 9, height: 7)
        sound.finish(width: 9, height: 7)
        // The last chunk but one is the picture's.
        let bytes = sound.bytes
        let type = try #require(Data(bytes).firstRange(of: Data("IDAT".utf8))).lowerBound
        let length = bytes[type - 4..<type].reduce(0) { $0 << 8 | Int($1) }
        var odd = HostilePNG(width: 9, height: 7)
        odd.chunk("IDAT", Array(bytes[type + 4..<type + 4 + length]) + [1, 2, 3])
        odd.chunk("IEND", [])
        try Self.expectOdd(odd.bytes, bytes, .bytesBehindStream)
        // In a chunk of their own.
        let stream = Array(bytes[type + 4..<type + 4 + length])
        var further = HostilePNG(width: 9, height: 7)
        further.chunk("IDAT", stream)
        further.chunk("IDAT", [1, 2, 3])
        further.chunk("IEND", [])
        try Self.expectOdd(further.bytes, bytes, .bytesBehindStream)
        // A stream may end in a chunk without a row, and chunks may be empty: nothing is odd about that.
        for split in 1..<stream.count {
            var sound = HostilePNG(width: 9, height: 7)
            sound.chunk("IDAT", Array(stream[..<split]))
            sound.chunk("IDAT", [])
            sound.chunk("IDAT", Array(stream[split...]))
            sound.chunk("IDAT", [])
            sound.chunk("IEND", [])
            try withTemporaryFolder { folder in
                let decoded = try Self.decode(sound.bytes, isStrict: true, in: folder)
                #expect(decoded.oddities == [])
            }
        }
    }
}
