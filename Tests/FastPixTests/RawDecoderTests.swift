import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

/// DNG samples against hashes of the arrays that were written and that rawpy reads back, made by
/// `Tests/Fixtures/make_raw_fixtures.py`.
struct RawDecoderTests {
    static let pictures = WrittenPicture.all("raw")
    static let sound = pictures.filter { $0.sha256 != nil }
    static let refused = pictures.filter { $0.error != nil }

    @Test(arguments: sound)
    func decodesWhatWasWritten(_ picture: WrittenPicture) throws {
        let photo = try picture.check(in: "raw", format: .raw)
        let sensor = try #require(photo.header.sensorFrame)
        #expect([sensor.width, sensor.height, sensor.left, sensor.top] == picture.sensor)
        if picture.bitsPerSample == 16 { #expect(photo.header.whiteLevel == 16000) }
        if picture.pattern != nil, picture.bitsPerSample == 16 { #expect(photo.header.blackLevel == 256) }
    }

    @Test(arguments: sound)
    func maskedBorderIsReadWhenItIsAskedFor(_ picture: WrittenPicture) throws {
        let photo = try PhotoFile(
            probing: picture.path(in: "raw"), reading: PhotoReadingChoice(maskedBorder: true), maximumPixels: 0)
        #expect([photo.header.shape.width, photo.header.shape.height] == picture.sensor.map { Array($0.prefix(2)) })
        #expect(photo.header.sensorFrame.map { [$0.left, $0.top] } == [0, 0])
        #expect(SHA256.hexadecimal(of: try photo.samples()) == picture.border)
    }

    @Test(arguments: refused)
    func refuses(_ picture: WrittenPicture) throws {
        let error = try #require(throws: FastPixError.self) {
            _ = try PhotoFile(probing: picture.path(in: "raw"), maximumPixels: 1_000_000).samples()
        }
        #expect(error.code == .corrupt && error.message.hasPrefix("truncated"))
    }

    @Test func neighboursOfOneColourAreFarEnough() throws {
        func distance(_ name: String) throws -> Int {
            try PhotoFile(probing: FilePath(Repository.fixture("raw/\(name)").path), maximumPixels: 0).header.shape
                .neighbourDistance
        }
        #expect(try distance("bayer-rggb.dng") == 2)
        #expect(try distance("monochrome.dng") == 2)
        #expect(try distance("xtrans.dng") == 6)
    }

    @Test func pixelsAreBoundedBeforeUnpacking() throws {
        let path = FilePath(Repository.fixture("raw/border.dng").path)
        let error = #expect(throws: FastPixError.self) { try PhotoFile(probing: path, maximumPixels: 44 * 36 - 1) }
        #expect(error?.code == .tooLarge)
    }

    /// LibRaw 0.20 writes a pattern of 36 places without an end when its sides of six are missing (found by fuzzing).
    @Test func aPatternWithoutItsSidesIsRefused() throws {
        try withTemporaryFolder { folder in
            let whole = try Data(contentsOf: Repository.fixture("raw/xtrans.dng"))
            // The tag of the sides, 33421, its type and its count; little-endian.
            let sides = try #require(whole.range(of: Data([0x8d, 0x82, 3, 0, 2, 0, 0, 0])))
            var hostile: [Data] = []
            for (offset, value) in [(0, UInt8(0x8c)), (2, 4), (4, 1), (8, 5), (10, 2)] {
                var bytes = whole
                bytes[sides.lowerBound + offset] = value
                hostile.append(bytes)
            }
            for bytes in hostile {
                let file = try folder.addFile("a.dng", bytes)
                let error = #expect(throws: FastPixError.self) {
                    try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
                }
                #expect(error?.code == .corrupt)
            }
        }
    }

    private static func refusal(_ dng: LosslessDNG, in folder: URL) throws -> FastPixError? {
        let file = try folder.addFile("a.dng", Data(dng.bytes))
        return #expect(throws: FastPixError.self) {
            _ = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0).samples()
        }
    }

    /// LibRaw leaves zeros where the JPEGs in a DNG are smaller than its picture, without a word.
    @Test func picturesThatTheirJPEGsDoNotCoverAreDamaged() throws {
        try withTemporaryFolder { folder in
            for tile in [nil, (width: 16, height: 16)] {
                let sound = LosslessDNG(width: 44, height: 36, tile: tile)
                let file = try folder.addFile("a.dng", Data(sound.bytes))
                let samples = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0).samples()
                let grey = (0..<44 * 36).flatMap { _ in withUnsafeBytes(of: UInt16(0x8000)) { Array($0) } }
                #expect(samples == grey)
                // In any one strip or tile.
                for number in sound.frames.indices {
                    for change: (inout LosslessDNG) -> Void in [
                        { $0.frames[number].width = 1 }, { $0.frames[number].height = 2 },
                    ] {
                        var lying = sound
                        change(&lying)
                        #expect(try Self.refusal(lying, in: folder)?.code == .corrupt, "\(number)")
                    }
                }
                for size in [(64, 36), (44, 49), (200, 200), (44, 20_000), (1000, 1000)] {
                    var lying = sound
                    (lying.width, lying.height) = size
                    #expect(try Self.refusal(lying, in: folder)?.code == .corrupt, "\(size)")
                }
                // Frames that their bytes cannot hold: LibRaw makes up what is missing.
                var claiming = sound
                claiming.claimed = (1024, 1024)
                #expect(try Self.refusal(claiming, in: folder)?.code == .corrupt)
                (claiming.width, claiming.height) = (1024, 1024)
                #expect(try Self.refusal(claiming, in: folder)?.reason.hasPrefix("truncated") == true)
            }
        }
    }

    /// By its header alone, as long as the file cannot hold it whatever its JPEGs say.
    @Test func largePicturesInFewBytesAreRefusedBeforeTheyAreUnpacked() throws {
        try withTemporaryFolder { folder in
            var lying = LosslessDNG(width: 44, height: 36)
            (lying.width, lying.height) = (20_000, 20_000)
            let file = try folder.addFile("a.dng", Data(lying.bytes))
            let error = #expect(throws: FastPixError.self) {
                try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            }
            #expect(error?.code == .corrupt)
            #expect(error?.reason.contains("cannot hold its 20000 x 20000 pixels") == true)
        }
    }

    @Test(arguments: ["bayer-rggb.dng", "lossless-jpeg.dng", "float.dng"])
    func everyTruncationIsRefusedOrWhole(_ name: String) throws {
        try withTemporaryFolder { folder in
            let whole = try Data(contentsOf: Repository.fixture("raw/\(name)"))
            let samples = try #require(try decodeHostile(whole, as: "hostile.dng", in: folder))
            for length in stride(from: 0, to: whole.count, by: 5) {
                let decoded = try decodeHostile(whole.prefix(length), as: "hostile.dng", in: folder)
                #expect(decoded == nil || decoded == samples, "\(length) bytes")
            }
        }
    }
}

struct ColourPatternTests {
    @Test func lettersRepeat() throws {
        let pattern = try #require(ColourPattern(rows: 2, columns: 2, letters: "RGGB"))
        #expect(pattern.letter(row: 0, column: 0) == "R" && pattern.letter(row: 5, column: 7) == "B")
        #expect(pattern.letter(row: 4, column: 3) == "G")
        #expect(ColourPattern(rows: 2, columns: 2, letters: "RGB") == nil)
        #expect(ColourPattern(rows: 0, columns: 2, letters: "") == nil)
    }

    /// States of earlier versions have frames without a pattern; those with one survive being written and read.
    @Test func shapesAreReadBack() throws {
        let old = Data(#"{"width": 4, "height": 3, "channels": 1, "bitsPerSample": 16}"#.utf8)
        let plain = FrameShape(width: 4, height: 3, channels: 1, bitsPerSample: 16)
        #expect(try JSONDecoder().decode(FrameShape.self, from: old) == plain)
        let pattern = ColourPattern(rows: 2, columns: 2, letters: "GBRG")
        let mosaic = FrameShape(width: 4, height: 3, channels: 1, bitsPerSample: 16, pattern: pattern)
        #expect(try JSONDecoder().decode(FrameShape.self, from: JSONEncoder().encode(mosaic)) == mosaic)
        let wrong = Data(
            #"{"width": 4, "height": 3, "channels": 1, "bitsPerSample": 16, "pattern": {"rows": 2, "columns": 2, "letters": "R"}}"#
                .utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(FrameShape.self, from: wrong) }
    }
}
