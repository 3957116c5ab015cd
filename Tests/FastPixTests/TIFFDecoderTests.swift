import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixDiscovery

/// TIFF samples against hashes of the arrays that tifffile has written, made by `Tests/Fixtures/make_tiff_fixtures.py`.
struct TIFFDecoderTests {
    static let pictures = WrittenPicture.all("tiff")
    static let sound = pictures.filter { $0.sha256 != nil }
    static let refused = pictures.filter { $0.error != nil }

    @Test func manifestCoversBothOutcomes() {
        #expect(Self.sound.count > 50)
        #expect(Self.refused.count >= 10)
    }

    @Test(arguments: sound)
    func decodesWhatWasWritten(_ picture: WrittenPicture) throws {
        let photo = try picture.check(in: "tiff", format: .tiff)
        #expect(photo.header.whiteLevel == picture.whiteLevel)
    }

    @Test(arguments: refused)
    func refuses(_ picture: WrittenPicture) throws {
        let error = try #require(throws: FastPixError.self) {
            _ = try PhotoFile(probing: picture.path(in: "tiff"), maximumPixels: 1_000_000).samples()
        }
        switch picture.error {
        case "unsupported": #expect(error.code == .unsupported && error.message.contains("which is not read"))
        case "truncated": #expect(error.code == .corrupt && error.message.hasPrefix("truncated"))
        case "not finite": #expect(error.code == .corrupt && error.message.contains("row 7, column 11"))
        default: Issue.record("the manifest names an unknown error")
        }
        #expect(error.path == picture.path(in: "tiff"))
    }

    /// The weights of JFIF in 16-bit fixed point, written down once more.
    @Test(arguments: ["rgb8-chunky.tif", "rgb16-planar-zlib.tif", "rgb16-planar-tiles.tif", "rgba8.tif"])
    func lumaIsThatOfTheColours(_ name: String) throws {
        let path = FilePath(Repository.fixture("tiff/\(name)").path)
        let colours = try PhotoFile(probing: path, maximumPixels: 0)
        let samples = try colours.samples()
        let is16Bit = colours.header.shape.bitsPerSample == 16
        func sample(_ index: Int) -> Int {
            is16Bit ? Int(samples[2 * index]) | Int(samples[2 * index + 1]) << 8 : Int(samples[index])
        }
        let expected = (0..<colours.header.shape.width * colours.header.shape.height).flatMap { pixel -> [UInt8] in
            let luma =
                (19595 * sample(3 * pixel) + 38470 * sample(3 * pixel + 1) + 7471 * sample(3 * pixel + 2) + 32768) >> 16
            return is16Bit ? [UInt8(luma & 255), UInt8(luma >> 8)] : [UInt8(luma)]
        }
        let luma = try PhotoFile(probing: path, channels: .luma, maximumPixels: 0)
        #expect(luma.header.shape.channels == 1)
        #expect(try luma.samples(channels: .luma) == expected)
    }

    @Test func floatingPointLumaIsThatOfTheColours() throws {
        let path = FilePath(Repository.fixture("tiff/rgb-float32-planar.tif").path)
        let colours = try PhotoFile(probing: path, maximumPixels: 0).floats()
        let luma = try PhotoFile(probing: path, channels: .luma, maximumPixels: 0).floats(channels: .luma)
        #expect(luma.count * 3 == colours.count)
        for pixel in luma.indices {
            let expected =
                0.299 * Double(colours[3 * pixel]) + 0.587 * Double(colours[3 * pixel + 1]) + 0.114
                * Double(colours[3 * pixel + 2])
            #expect(abs(Double(luma[pixel]) - expected) <= 1e-6)
        }
    }

    @Test func alphaComesOnlyWhenItIsAskedFor() throws {
        let path = FilePath(Repository.fixture("tiff/rgba8.tif").path)
        let file = try OpenFile(path)
        let decoder = try PhotoDecoder(file, keepsAlpha: true, maximumPixels: 0)
        #expect(decoder.shape.channels == 4)
        let colours = try PhotoFile(probing: path, maximumPixels: 0).samples()
        var samples = [UInt8](repeating: 0, count: decoder.shape.bytesPerRow * decoder.shape.height)
        try samples.withUnsafeMutableBytes { try decoder.readRows(decoder.shape.height, into: $0.baseAddress!) }
        for pixel in 0..<colours.count / 3 {
            #expect(samples[4 * pixel..<4 * pixel + 3] == colours[3 * pixel..<3 * pixel + 3])
        }
    }

    // MARK: Stacks

    @Test(arguments: ["stack.tif", "imagej.tif", "imagej-pages.tif"])
    func everyPageIsAPhoto(_ name: String) throws {
        let path = FilePath(Repository.fixture("tiff/\(name)").path)
        let photos = PhotoProbe.probe(path, channels: .all, maximumPixels: 0).photos
        #expect(photos.map(\.name) == (0..<5).map { "\(path.string)#\($0)" })
        #expect(photos.map(\.bytesOnDisk).reduce(0, +) == photos[0].byteCount)
        #expect(photos.map(\.place) == photos.reversed().map(\.place).sorted())
    }

    /// Directories that lead back to an earlier one are an error behind the pictures before it.
    @Test func recursiveDirectoriesEnd() throws {
        let path = FilePath(Repository.fixture("tiff/loop.tif").path)
        let found = PhotoProbe.probe(path, channels: .all, maximumPixels: 0)
        #expect(found.photos.count == 5)
        #expect(found.failed.map(\.path) == [FilePath("\(path.string)#5")])
    }

    @Test func longStacksAreListedAndRead() throws {
        try withTemporaryFolder { folder in
            let pages = 10_000
            let file = try folder.addFile("long.tif", TIFFFile.stack(pages: pages, width: 4, height: 3))
            let found = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0)
            #expect(found.failed.isEmpty)
            #expect(found.photos.count == pages)
            for number in [0, 1, 4999, 9999] {
                #expect(try found.photos[number].samples() == TIFFFile.samples(page: number, width: 4, height: 3))
            }
        }
    }

    /// What a page is asked for in large pieces is its own part of the file: all pages together ask for the file once.
    @Test func stacksAreAskedForOnce() throws {
        try withTemporaryFolder { folder in
            let file = try folder.addFile("stack.tif", TIFFFile.stack(pages: 300, width: 64, height: 48))
            let photos = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0).photos
            #expect(photos.count == 300)
            let asked = try photos.reduce(0) { sum, photo in
                let reading = try PhotoReading(photo, maximumPixels: 0)
                var samples = [UInt8](repeating: 0, count: 64 * 48 * 2)
                for row in 0..<48 {
                    try samples.withUnsafeMutableBytes { try reading.readRows(1, into: $0.baseAddress! + row * 128) }
                }
                try reading.finish()
                #expect(samples == TIFFFile.samples(page: photo.page.number, width: 64, height: 48))
                return sum + reading.readAhead.askedBytes
            }
            #expect(asked == photos[0].byteCount)
        }
    }

    // MARK: Data in common

    /// Pages, and the strips of a page, may name the same data: what they unpack to is paid for by the file's bytes.
    @Test func sharedDataAreUnpackedNoMoreOftenThanTheFileCanHold() throws {
        try withTemporaryFolder { folder in
            func probe(_ bytes: Data) throws -> (sound: Int, reasons: Set<String>) {
                let file = try folder.addFile("a.tif", bytes)
                let found = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0)
                return (found.photos.count, Set(found.failed.map(\.reason)))
            }
            // As they are: the second of two pages has no bytes of its own.
            let plain = [UInt8](repeating: 9, count: 100 * 90)
            #expect(try probe(TIFFFile.sharing(plain, pages: 1, width: 100, height: 90)).sound == 1)
            let shared = try probe(TIFFFile.sharing(plain, pages: 60, width: 100, height: 90))
            // The directories of 126 bytes are as long as another page in all, but not as three.
            #expect((1...2).contains(shared.sound))
            #expect(shared.reasons.count == 1 && shared.reasons.first?.contains("data in common") == true)
            let strips = try probe(TIFFFile.sharing(plain, pages: 1, width: 100, height: 9000, strips: 100))
            #expect(strips.sound == 0 && strips.reasons.first?.hasPrefix("truncated") == true)
            // Packed: 16 MiB whatever the file is, and no more than Deflate makes of its bytes.
            let zeroes = HostilePNG.zeroes(4000 * 4000)
            let file = TIFFFile.sharing(zeroes, pages: 150, width: 4000, height: 4000, compression: 8)
            let packed = try probe(file)
            #expect(packed.sound >= 1 && packed.sound * 16_000_000 <= 1 << 24 + 1032 * file.count)
            #expect(packed.reasons.first?.contains("data in common") == true)
            let stripes = TIFFFile.sharing(
                HostilePNG.zeroes(22_000 * 10), pages: 1, width: 22_000, height: 22_000, strips: 2200, compression: 8)
            #expect(try probe(stripes).sound == 0)
            // A page of one colour with data of its own, which compresses best, is sound.
            let honest = TIFFFile.sharing(zeroes, pages: 1, width: 4000, height: 4000, compression: 8)
            #expect(try probe(honest).sound == 1)
        }
    }

    /// One nameless sample beside the colours is transparency in most files; two are bands that nobody would miss.
    @Test func severalNamelessSamplesAreRefused() throws {
        try withTemporaryFolder { folder in
            for kinds: [UInt32] in [[], [0], [2], [2, 0]] {
                let file = try folder.addFile("a.tif", TIFFFile.grey16(with: kinds))
                #expect(try PhotoFile(probing: FilePath(file.path), maximumPixels: 0).samples().count == 24)
            }
            let file = try folder.addFile("a.tif", TIFFFile.grey16(with: [0, 0]))
            let error = #expect(throws: FastPixError.self) {
                try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            }
            #expect(error?.code == .unsupported && error?.message.contains("have no name") == true)
        }
    }

    /// A strip as PackBits allows it: runs that go on from row to row, copied and repeated ones of every length, and bytes
    /// that stand for nothing. Cut off it is damage.
    @Test func packBitsOfAnyRuns() throws {
        let (width, height) = (300, 40)
        var state: UInt32 = 5
        func next(_ limit: Int) -> Int {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 8) % limit
        }
        var samples: [UInt8] = []
        var packed: [UInt8] = []
        while samples.count < width * height {
            let length = min(width * height - samples.count, 1 + next(128))
            switch next(5) {
            case 0: packed.append(128)
            case 1, 2:
                let run = (0..<length).map { _ in UInt8(next(256)) }
                packed += [UInt8(length - 1)] + run
                samples += run
            default:
                let length = max(2, length)
                guard samples.count + length <= width * height else { continue }
                let byte = UInt8(next(256))
                packed += [UInt8(257 - length), byte]
                samples += [UInt8](repeating: byte, count: length)
            }
        }
        let whole = Self.packBits(packed, width: width, height: height)
        try withTemporaryFolder { folder in
            let decoded = try decodeHostile(whole, as: "runs.tif", in: folder)
            #expect(decoded == [samples])
            // Of the last sample one byte is missing.
            let short = Self.packBits(Array(packed.dropLast()), width: width, height: height)
            let file = try folder.addFile("short.tif", short)
            let error = #expect(throws: FastPixError.self) {
                _ = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0).samples()
            }
            #expect(error?.code == .corrupt && error?.message.contains("ends before its rows do") == true)
        }
    }

    /// One strip of 8-bit grey.
    private static func packBits(_ strip: [UInt8], width: Int, height: Int) -> Data {
        func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
        let entries = [
            (256, width), (257, height), (258, 8), (259, 32773), (262, 1), (273, 0), (277, 1), (278, height),
            (279, strip.count),
        ]
        let start = 8 + 2 + 12 * entries.count + 4
        var file = Array("II".utf8) + little(42, 2) + little(8, 4) + little(entries.count, 2)
        for (tag, value) in entries {
            file += little(tag, 2) + little(4, 2) + little(1, 4) + little(tag == 273 ? start : value, 4)
        }
        return Data(file + little(0, 4) + strip)
    }

    // MARK: Damage

    /// The writer puts directories in front of samples, so that no cut leaves a whole picture.
    @Test(arguments: [
        "grey8-one-strip.tif", "grey16-zlib.tif", "rgb8-lzw.tif", "grey16-zlib-tiles.tif", "rgb8-packbits.tif",
        "rgb16-planar-zlib.tif", "grey8-jpeg.tif", "float32-zlib-predictor.tif",
    ])
    func everyTruncationIsRefusedOrWhole(_ name: String) throws {
        try withTemporaryFolder { folder in
            let whole = try Data(contentsOf: Repository.fixture("tiff/\(name)"))
            let samples = try #require(try decodeHostile(whole, as: "hostile.tif", in: folder))
            for length in 0..<whole.count {
                let decoded = try decodeHostile(whole.prefix(length), as: "hostile.tif", in: folder)
                // Padding behind the last strip may be missing.
                #expect(decoded == nil || (decoded == samples && length >= whole.count - 2), "\(length) bytes")
            }
        }
    }

    @Test(arguments: [
        "grey16-strips.tif", "grey16-lzw-predictor.tif", "rgb8-zlib.tif", "rgb8-packbits.tif", "stack.tif",
        "rgb16-planar-tiles.tif", "grey8-jpeg.tif", "mosaic.tif", "imagej.tif", "grey8-bigtiff.tif", "exif.tif",
        "float32-tiles.tif", "band-element.tif", "thumbnail.tif",
    ])
    func flippedBitsNeverCrash(_ name: String) throws {
        let whole = try Data(contentsOf: Repository.fixture("tiff/\(name)"))
        try flipBits(of: whole, as: "hostile.tif", headerBytes: 400, rounds: 100)
    }

    @Test func hugePicturesAreRefusedBeforeAnythingIsAllocated() throws {
        try withTemporaryFolder { folder in
            for (width, height) in [(UInt32.max, UInt32.max), (100_000, 100_000), (1, UInt32.max)] {
                let file = try folder.addFile(
                    "huge.tif", TIFFFile.declaring(width: UInt32(width), height: UInt32(height)))
                let error = #expect(throws: FastPixError.self) {
                    try PhotoFile(probing: FilePath(file.path), maximumPixels: 500_000_000)
                }
                // Where not even a row's bytes can be counted, libtiff says so first.
                #expect(error?.code == .tooLarge || error?.code == .corrupt)
            }
            // Within the limit, but the file has a few bytes only: no row of it can be read.
            let file = try folder.addFile("empty.tif", TIFFFile.declaring(width: 20_000, height: 20_000))
            let before = ProcessMemory.peakBytes
            #expect(throws: FastPixError.self) {
                let open = try OpenFile(FilePath(file.path))
                let decoder = try PhotoDecoder(open, maximumPixels: 500_000_000)
                let row = UnsafeMutableRawPointer.allocate(byteCount: decoder.shape.bytesPerRow, alignment: 16)
                defer { row.deallocate() }
                try decoder.readRows(1, into: row)
            }
            #expect(ProcessMemory.peakBytes - before < 50_000_000)
        }
    }
}
