import CCodecs
import FastPixCodecs
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixDiscovery

/// FITS samples against hashes of the arrays that astropy has written, made by `Tests/Fixtures/make_fits_fixtures.py`.
struct FITSDecoderTests {
    static let pictures = WrittenPicture.all("fits")
    static let sound = pictures.filter { $0.sha256 != nil }
    static let refused = pictures.filter { $0.error != nil }

    @Test func manifestCoversBothOutcomes() {
        #expect(Self.sound.count > 30)
        #expect(Self.refused.count >= 8)
        #expect(Set(Self.sound.compactMap(\.bitsPerSample)) == [8, 16, 32])
    }

    @Test(arguments: sound)
    func decodesWhatWasWritten(_ picture: WrittenPicture) throws {
        let photo = try picture.check(in: "fits", format: .fits)
        #expect(photo.header.whiteLevel == picture.whiteLevel)
    }

    @Test(arguments: refused)
    func refuses(_ picture: WrittenPicture) throws {
        let error = try #require(throws: FastPixError.self) {
            _ = try PhotoFile(probing: picture.path(in: "fits"), maximumPixels: 1_000_000).samples()
        }
        switch picture.error {
        case "unsupported": #expect(error.code == .unsupported)
        case "truncated": #expect(error.code == .corrupt && error.message.hasPrefix("truncated"))
        case let words?:
            #expect(error.code == .corrupt && error.message.contains(words))
            #expect(error.message.hasSuffix("in row 4, column 9"))
        case nil: Issue.record("the manifest names no error")
        }
        #expect(error.path == picture.path(in: "fits"))
    }

    @Test(arguments: ["cube.fits", "cube.fits.gz", "cube-rice.fits.fz", "extensions.fits"])
    func everyPlaneIsAPhoto(_ name: String) throws {
        let path = FilePath(Repository.fixture("fits/\(name)").path)
        let photos = PhotoProbe.probe(path, channels: .all, maximumPixels: 0).photos
        #expect(photos.map(\.page.number) == Array(photos.indices))
        #expect(photos.allSatisfy { $0.isInStack })
        // In any order: a packed file has to be unpacked again to go back.
        let forward = try photos.map { try $0.samples() }
        let backward = try photos.reversed().map { try $0.samples() }
        #expect(forward == backward.reversed())
    }

    @Test func aCubeIsNotLongerThanItsFile() throws {
        try withTemporaryFolder { folder in
            var bytes = try Data(contentsOf: Repository.fixture("fits/cube.fits"))
            let planes = try #require(bytes.range(of: Data("NAXIS3  =                    5".utf8)))
            bytes.replaceSubrange(planes, with: Data("NAXIS3  =            123456789".utf8))
            let file = try folder.addFile("long.fits", bytes)
            let found = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0)
            #expect(found.photos.isEmpty)
            #expect(found.failed.count == 1 && found.failed[0].reason.hasPrefix("truncated"))
        }
    }

    /// gzip (RFC 1952) without compression.
    private static func gzip(_ content: [UInt8]) -> Data {
        var packed = Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
        for start in stride(from: 0, to: content.count, by: 65_535) {
            let end = min(content.count, start + 65_535)
            let length = UInt16(end - start)
            packed += [end == content.count ? 1 : 0]
            packed += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
            packed += content[start..<end]
        }
        for word in [HostilePNG.crc32(content), UInt32(content.count)] { packed += HostilePNG.word(word).reversed() }
        return packed
    }

    private static func card(_ keyword: String, _ value: Int) -> String {
        let digits = "\(value)"
        return "\(keyword)  = " + String(repeating: " ", count: 20 - digits.count) + digits
    }

    /// Planes of 8 bits, each of one value, packed.
    private static func packedCube(planes: Int, width: Int, height: Int) -> Data {
        let cards = [
            "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    3",
            card("NAXIS1", width), card("NAXIS2", height), card("NAXIS3", planes), "END",
        ]
        var bytes = Array(cards.map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined().utf8)
        bytes += [UInt8](repeating: 32, count: 2880 - bytes.count)
        for plane in 0..<planes { bytes += [UInt8](repeating: UInt8(plane), count: width * height) }
        bytes += [UInt8](repeating: 0, count: 2880 - bytes.count % 2880)
        return gzip(bytes)
    }

    /// Reads a picture row by row; returns its samples and how many bytes were unpacked for it.
    private static func read(_ photo: PhotoFile) throws -> (samples: [UInt8], work: Int) {
        let file = try OpenFile(photo.path)
        let decoder = try PhotoDecoder(file, page: photo.page, maximumPixels: 0)
        let shape = decoder.shape
        var samples = [UInt8](repeating: 0, count: shape.bytesPerRow * shape.height)
        try samples.withUnsafeMutableBytes {
            for row in 0..<shape.height { try decoder.readRows(1, into: $0.baseAddress! + row * shape.bytesPerRow) }
        }
        try decoder.finish()
        return (samples, decoder.unpackedBytes)
    }

    /// A plane does not cost all planes before it, and the checksum at the end is looked at once.
    @Test func packedCubesAreUnpackedInALine() throws {
        try withTemporaryFolder { folder in
            let (planes, side) = (60, 360)
            let bytes = Self.packedCube(planes: planes, width: side, height: side)
            let file = try folder.addFile("cube.fits.gz", bytes)
            let photos = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0).photos
            #expect(photos.count == planes)
            var work = 0
            for photo in photos {
                let (samples, unpacked) = try Self.read(photo)
                #expect(samples == [UInt8](repeating: UInt8(photo.page.number), count: side * side))
                work += unpacked
            }
            // The planes, the way to the end, and for each plane the way to it from a place nearby.
            #expect(work <= (2 * side * side + (1 << 18)) * planes + bytes.count, "\(work) bytes")
            // Many at once, as hotpixels reads them, of a file that nothing is known of yet.
            let other = try folder.addFile("many.fits.gz", bytes)
            let others = PhotoProbe.probe(FilePath(other.path), channels: .all, maximumPixels: 0).photos
            var many = 0
            for first in stride(from: 0, to: planes, by: 12) {
                var decoders: [(Int, PhotoReading)] = []
                for photo in others[first..<min(planes, first + 12)] {
                    decoders.append((photo.page.number, try PhotoReading(photo, maximumPixels: 0)))
                }
                for _ in 0..<side {
                    for (number, reading) in decoders {
                        var row = [UInt8](repeating: 0, count: side)
                        try row.withUnsafeMutableBytes { try reading.readRows(1, into: $0.baseAddress!) }
                        #expect(row.first == UInt8(number) && row.last == UInt8(number))
                    }
                }
                for (_, reading) in decoders {
                    try reading.finish()
                    many += reading.unpackedBytes
                }
            }
            #expect(many <= (2 * side * side + (1 << 18)) * planes + bytes.count, "\(many) bytes")
        }
    }

    /// What is wrong at the end is found out once, and every plane is refused for it.
    @Test func damagedPackedCubesAreUnpackedInALine() throws {
        try withTemporaryFolder { folder in
            let (planes, side) = (40, 360)
            let whole = Self.packedCube(planes: planes, width: side, height: side)
            var flipped = whole
            flipped[flipped.count - 6] ^= 1
            for (bytes, words) in [(whole.dropLast(5), "truncated"), (flipped, "damaged")] {
                let file = try folder.addFile("cube-\(words).fits.gz", Data(bytes))
                let path = FilePath(file.path)
                let photo = try PhotoFile(probing: path, maximumPixels: 0)
                var work = 0
                for plane in 0..<planes {
                    let page = fpx_photo_page(
                        position: photo.page.requested.position, plane: UInt64(plane), has_masked_border: false,
                        is_strict: false)
                    let open = try OpenFile(path)
                    let decoder = try PhotoDecoder(
                        open, page: PhotoPage(number: plane, page, PhotoReadingChoice()), maximumPixels: 0)
                    var samples = [UInt8](repeating: 0, count: side * side)
                    try samples.withUnsafeMutableBytes { try decoder.readRows(side, into: $0.baseAddress!) }
                    let error = #expect(throws: FastPixError.self) { try decoder.finish() }
                    #expect(error?.message.hasPrefix(words) == true)
                    work += decoder.unpackedBytes
                }
                #expect(work <= (2 * side * side + (1 << 18)) * planes + bytes.count, "\(work) bytes")
            }
        }
    }

    /// Rows of red, green and blue lie in three planes: none of them costs the others.
    @Test func packedColoursAreUnpackedInALine() throws {
        try withTemporaryFolder { folder in
            let side = 600
            let bytes = Self.packedCube(planes: 3, width: side, height: side)
            let file = try folder.addFile("rgb.fits.gz", bytes)
            let photo = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            #expect(photo.header.shape.channels == 3)
            let (samples, work) = try Self.read(photo)
            #expect(samples == (0..<side * side).flatMap { _ in [0, 1, 2] as [UInt8] })
            #expect(work <= 3 * bytes.count, "\(work) bytes")
        }
    }

    /// A byte of picture for a kilobyte of list: a small file must not fill the memory.
    @Test func morePicturesThanAFilePaysForAreNotListed() throws {
        try withTemporaryFolder { folder in
            let planes = 70_000
            let cards = [
                "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    3",
                "NAXIS1  =                    1", "NAXIS2  =                    1",
                "NAXIS3  = " + String(repeating: " ", count: 15) + "\(planes)", "END",
            ]
            var bytes = Data(cards.map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined().utf8)
            bytes += Data(repeating: 32, count: 2880 - bytes.count) + Data(count: planes)
            let file = try folder.addFile("many.fits", bytes)
            let found = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0)
            #expect(found.photos.count == 65_536)
            #expect(found.failed.map(\.path) == [FilePath("\(file.path)#65536")])
            #expect(found.failed.first?.reason.hasPrefix("more pictures than the 65536") == true)
        }
    }

    /// 8-bit zeros in tiles of 100 rows, packed by gzip's code; with `shared` all rows of the table name the same bytes.
    private static func tiled(width: Int, height: Int, shared: Bool, pictures: Int = 1) -> Data {
        func header(_ cards: [String]) -> Data {
            var bytes = Data(
                (cards + ["END"]).map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined().utf8)
            bytes += Data(repeating: 32, count: (2880 - bytes.count % 2880) % 2880)
            return bytes
        }
        func keyword(_ name: String, _ value: Int) -> String {
            let digits = "\(value)"
            return name.padding(toLength: 8, withPad: " ", startingAt: 0) + "= "
                + String(repeating: " ", count: 20 - digits.count) + digits
        }
        let tiles = height / 100
        let tile = HostilePNG.zeroes(100 * width)
        let heap = shared ? tile.count : tiles * tile.count
        var file = header(["SIMPLE  =                    T", keyword("BITPIX", 8), keyword("NAXIS", 0)])
        for _ in 0..<pictures {
            file += header([
                "XTENSION= 'BINTABLE'", keyword("BITPIX", 8), keyword("NAXIS", 2), keyword("NAXIS1", 8),
                keyword("NAXIS2", tiles), keyword("PCOUNT", heap), keyword("GCOUNT", 1), keyword("TFIELDS", 1),
                "TTYPE1  = 'COMPRESSED_DATA'", "TFORM1  = '1PB'", "ZIMAGE  =                    T",
                keyword("ZBITPIX", 8), keyword("ZNAXIS", 2), keyword("ZNAXIS1", width), keyword("ZNAXIS2", height),
                keyword("ZTILE1", width), keyword("ZTILE2", 100), "ZCMPTYPE= 'GZIP_1'",
            ])
            var data: [UInt8] = []
            for number in 0..<tiles {
                data += HostilePNG.word(UInt32(tile.count))
                data += HostilePNG.word(shared ? 0 : UInt32(number * tile.count))
            }
            for _ in 0..<(shared ? 1 : tiles) { data += tile }
            file += Data(data) + Data(count: (2880 - data.count % 2880) % 2880)
        }
        return file
    }

    /// 484 megapixels in 14 kB: each row of the table named the same bytes.
    @Test func sharedTilesAreUnpackedNoMoreOftenThanTheFileCanHold() throws {
        try withTemporaryFolder { folder in
            func probe(_ bytes: Data) throws -> PhotoProbe.Outcome {
                let file = try folder.addFile("a.fits.fz", bytes)
                return PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 0)
            }
            #expect(try probe(Self.tiled(width: 10_000, height: 20_000, shared: false)).photos.count == 1)
            let shared = try probe(Self.tiled(width: 10_000, height: 20_000, shared: true))
            #expect(shared.photos.isEmpty)
            #expect(shared.failed.count == 1 && shared.failed[0].reason.contains("data in common"))
            // Small ones are nobody's harm, until there are many of them.
            #expect(try probe(Self.tiled(width: 500, height: 500, shared: true)).photos.count == 1)
            let many = try probe(Self.tiled(width: 2000, height: 4000, shared: true, pictures: 20))
            #expect((1..<20).contains(many.photos.count))
            #expect(many.failed.count == 20 - many.photos.count)
        }
    }

    /// Taken for missing, they would give other samples.
    @Test(arguments: [
        "BSCALE  =                  NaN", "BSCALE  =                    0", "BZERO   = 'many'", "BSCALE  =",
    ])
    func scalesThatAreNoNumbersAreDamage(_ card: String) throws {
        try withTemporaryFolder { folder in
            let picture = RawPicture(width: 20, height: 20, usual: 9, others: [])
            var text = String(decoding: picture.fitsAsStored([]), as: UTF8.self)
            let name = card.prefix(6)
            let start = try #require(text.range(of: name))
            let end = text.index(start.lowerBound, offsetBy: 80)
            text.replaceSubrange(
                start.lowerBound..<end, with: card.padding(toLength: 80, withPad: " ", startingAt: 0))
            let file = try folder.addFile("a.fits", Data(text.utf8))
            let error = #expect(throws: FastPixError.self) {
                try PhotoFile(probing: FilePath(file.path), maximumPixels: 0)
            }
            #expect(error?.code == .corrupt && error?.message.contains("BSCALE") == true)
        }
    }

    /// gzip ends in a checksum of all, which a flipped bit does not pass.
    @Test func packedFilesAreCheckedToTheirEnd() throws {
        try withTemporaryFolder { folder in
            let whole = [UInt8](try Data(contentsOf: Repository.fixture("fits/u16.fits.gz")))
            let samples = try #require(try decodeHostile(Data(whole), as: "a.fits.gz", in: folder))
            for length in whole.count - 40..<whole.count {
                let cut = try decodeHostile(Data(whole.prefix(length)), as: "a.fits.gz", in: folder)
                #expect(cut == nil, "\(length) bytes of \(whole.count)")
            }
            // Behind gzip's own header, some fields of which mean nothing.
            for index in 10..<whole.count {
                var bytes = whole
                bytes[index] ^= UInt8(1 << (index % 8))
                let decoded = try decodeHostile(Data(bytes), as: "a.fits.gz", in: folder)
                #expect(decoded == nil || decoded == samples, "byte \(index)")
            }
        }
    }

    @Test func hugeFramesAreRefused() throws {
        try withTemporaryFolder { folder in
            var bytes = try Data(contentsOf: Repository.fixture("fits/u8.fits"))
            for axis in ["NAXIS1  =                   31", "NAXIS2  =                   23"] {
                let card = try #require(bytes.range(of: Data(axis.utf8)))
                bytes.replaceSubrange(card, with: Data((axis.prefix(9) + "            2000000000").utf8.prefix(30)))
            }
            let file = try folder.addFile("huge.fits", bytes)
            let error = #expect(throws: FastPixError.self) {
                try PhotoFile(probing: FilePath(file.path), maximumPixels: 500_000_000)
            }
            #expect(error?.code == .tooLarge)
        }
    }

    /// The cards of a header are padded with blanks and data with zeros to 2880 bytes: cut off, they are not missed.
    @Test(arguments: ["u8.fits", "u16-rice_1.fits.fz", "u16-gzip_2.fits.fz", "u16.fits.gz"])
    func everyTruncationIsRefusedOrWhole(_ name: String) throws {
        try withTemporaryFolder { folder in
            let whole = try Data(contentsOf: Repository.fixture("fits/\(name)"))
            let samples = try #require(try decodeHostile(whole, as: name, in: folder))
            for length in stride(from: 0, to: whole.count, by: 7) {
                let decoded = try decodeHostile(whole.prefix(length), as: name, in: folder)
                #expect(decoded == nil || decoded == samples, "\(length) bytes")
            }
        }
    }

    @Test(arguments: [
        "u16.fits", "camera.fits", "scaled.fits", "cube.fits", "rgb.fits", "u16-rice_1.fits.fz", "u8-gzip_1.fits.fz",
        "i32-gzip_2.fits.fz", "u16.fits.gz", "extensions.fits", "cube-rice.fits.fz",
    ])
    func flippedBitsNeverCrash(_ name: String) throws {
        let whole = try Data(contentsOf: Repository.fixture("fits/\(name)"))
        try flipBits(of: whole, as: name, headerBytes: 8640, rounds: 60)
    }
}
