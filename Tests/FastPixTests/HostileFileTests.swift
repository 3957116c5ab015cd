import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Files made to do harm: each ends with a reason or with sound samples, and with neither much time nor much memory.
struct HostileFileTests {
    /// Decodes what the bytes hold; nil when they are refused, which must come with a reason.
    private static func decode(_ bytes: Data, in folder: URL, maximumPixels: UInt64 = 1_000_000) throws -> Data? {
        let file = try folder.addFile("hostile", bytes)
        do throws(FastPixError) {
            let photo = try PhotoFile(probing: FilePath(file.path), maximumPixels: maximumPixels)
            let open = try OpenFile(photo.path)
            let decoder = try PhotoDecoder(open, maximumPixels: maximumPixels)
            let shape = decoder.shape
            #expect(shape == photo.header.shape)
            let samples = UnsafeMutableRawBufferPointer.allocate(
                byteCount: shape.bytesPerRow * shape.height, alignment: 8)
            defer { samples.deallocate() }
            try decoder.readRows(shape.height, into: samples.baseAddress!)
            try decoder.finish()
            return Data(samples)
        } catch {
            #expect(!error.message.isEmpty)
            #expect(error.path == FilePath(file.path))
            return nil
        }
    }

    private static func fixture(_ name: String) throws -> Data {
        try Data(contentsOf: Repository.fixture("decoder/\(name)"))
    }

    // MARK: Truncation and flipped bits

    @Test(arguments: [
        "jpeg-420-17x13-q50.jpg", "jpeg-420-progressive-17x13.jpg", "jpeg-grey-16x16-q100.jpg", "jpeg-exif.jpg",
        "png-grey8-17x13-adam7.png", "png-rgb16-17x13.png", "png-palette4-17x13-adam7.png", "png-exif.png",
    ])
    func everyTruncationIsRefused(_ name: String) throws {
        try withTemporaryFolder { folder in
            let whole = try Self.fixture(name)
            #expect(try Self.decode(whole, in: folder) != nil)
            for length in 0..<whole.count {
                #expect(try Self.decode(whole.prefix(length), in: folder) == nil, "\(length) bytes of \(whole.count)")
            }
        }
    }

    @Test(arguments: [
        "jpeg-420-97x61-q50.jpg", "jpeg-444-progressive-97x61.jpg", "jpeg-multiscan-420.jpg", "jpeg-arithmetic.jpg",
        "jpeg-exif.jpg", "jpeg-restart-progressive.jpg", "png-grey16-97x61.png", "png-palette2-97x61-adam7.png",
        "png-rgb8-17x13-adam7.png", "png-exif.png",
    ])
    func flippedBitsNeverCrash(_ name: String) throws {
        try withTemporaryFolder { folder in
            let whole = try Self.fixture(name)
            var random = SyntheticScenes.Random(state: UInt64(whole.count))
            for _ in 0..<120 {
                var bytes = whole
                for _ in 0..<Int(1 + 6 * random.next()) {
                    bytes[Int(random.next() * Double(bytes.count - 1))] ^= UInt8(1 << Int(random.next() * 7.99))
                }
                let first = try Self.decode(bytes, in: folder)
                // What is accepted is at least always the same.
                #expect(try Self.decode(bytes, in: folder) == first)
            }
        }
    }

    /// Bytes of the checksummed parts of a PNG are never changed unnoticed; text chunks are not looked at.
    @Test func noFlippedBitOfAPictureChangesPNGSamples() throws {
        try withTemporaryFolder { folder in
            let whole = try Self.fixture("png-rgb8-17x13-adam7.png")
            let samples = try #require(try Self.decode(whole, in: folder))
            for index in whole.indices {
                for bit in [0, 6] {
                    var bytes = whole
                    bytes[index] ^= UInt8(1 << bit)
                    let decoded = try Self.decode(bytes, in: folder)
                    #expect(decoded == nil || decoded == samples, "byte \(index), bit \(bit)")
                }
            }
        }
    }

    // MARK: Decoders that have failed

    /// A decoder that has failed once fails in the same way for ever, and hands out no rows that were never decoded.
    @Test(arguments: [
        "jpeg-420-97x61-q50.jpg", "jpeg-444-progressive-97x61.jpg", "png-grey8-97x61.png",
        "png-palette2-97x61-adam7.png",
        "png-rgb8-17x13-adam7.png",
    ])
    func aFailedDecoderStaysFailed(_ name: String) throws {
        try withTemporaryFolder { folder in
            let whole = try Self.fixture(name)
            for part in [0.5, 0.8, 0.95] {
                let file = try folder.addFile("cut", whole.prefix(Int(Double(whole.count) * part)))
                let open = try OpenFile(FilePath(file.path))
                guard let decoder = try? PhotoDecoder(open, maximumPixels: 0) else { continue }
                let rows = UnsafeMutableRawBufferPointer.allocate(byteCount: decoder.shape.bytesPerRow, alignment: 8)
                defer { rows.deallocate() }
                var first: String?
                for _ in 0..<decoder.shape.height * 2 {
                    _ = rows.initializeMemory(as: UInt8.self, repeating: 0xa5)
                    do throws(FastPixError) {
                        try decoder.readRows(1, into: rows.baseAddress!)
                        #expect(first == nil)
                    } catch {
                        #expect(first == nil || rows.allSatisfy { $0 == 0xa5 })
                        #expect(first == nil || first == error.message)
                        first = error.message
                    }
                }
                #expect(first != nil)
                let end = #expect(throws: FastPixError.self) { try decoder.finish() }
                #expect(end?.message == first)
            }
        }
    }

    // MARK: Bombs

    /// Sequential JPEG may repeat a scan as often as it likes; each is decoded in full.
    @Test func thousandsOfScansAreRefused() throws {
        try withTemporaryFolder { folder in
            let whole = try Self.fixture("jpeg-multiscan-420.jpg")
            let lastScan = try #require(whole.range(of: Data([0xff, 0xda]), options: .backwards)).lowerBound
            let scan = whole[lastScan..<whole.count - 2]
            var bomb = whole.dropLast(2)
            for _ in 0..<20_000 { bomb += scan }
            bomb += [0xff, 0xd9]
            let file = try folder.addFile("bomb.jpg", bomb)
            let error = try #require(throws: FastPixError.self) {
                let open = try OpenFile(FilePath(file.path))
                _ = try PhotoDecoder(open, maximumPixels: 0)
            }
            #expect(error.message.contains("more than 500 scans"))
        }
    }

    @Test func hugeFramesAreRefused() throws {
        try withTemporaryFolder { folder in
            var jpeg = try Self.fixture("jpeg-grey-16x16-q100.jpg")
            let frame = try #require(jpeg.range(of: Data([0xff, 0xc0]))).lowerBound
            jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xdc, 0xff, 0xdc])
            #expect(try Self.decode(jpeg, in: folder) == nil)
            for (width, height) in [(UInt32.max >> 1, UInt32(1)), (1, .max >> 1), (.max >> 1, .max >> 1)] {
                let png = HostilePNG(width: width, height: height)
                #expect(try Self.decode(Data(png.bytes), in: folder) == nil)
            }
        }
    }

    // MARK: Extreme but sound

    /// What compresses best is no bomb: one colour, of which a scan of all blocks takes some bytes.
    @Test func aLargePictureOfOneColourAndManyScansIsSound() throws {
        try withTemporaryFolder { folder in
            let jpeg = HostileJPEG.progressive(width: 6000, height: 6000, acScans: 15)
            let samples = try #require(try Self.decode(Data(jpeg.bytes), in: folder, maximumPixels: 0))
            #expect(samples.count == 36_000_000 && samples.allSatisfy { $0 == 128 })
        }
    }

    @Test(arguments: [(65_500, 1), (1, 65_500), (1, 1), (65_501, 1)])
    func thinFramesAreDecoded(_ width: Int, _ height: Int) throws {
        try withTemporaryFolder { folder in
            var png = HostilePNG(width: UInt32(width), height: UInt32(height))
            png.finish(width: width, height: height)
            let black = try Self.decode(Data(png.bytes), in: folder)
            #expect(black == Data(count: width * height))
            let jpeg = Data(HostileJPEG.sequential(width: width, height: height).bytes)
            // 65,500 is libjpeg's longest side.
            let expected = max(width, height) > 65_500 ? nil : Data(repeating: 128, count: width * height)
            let grey = try Self.decode(jpeg, in: folder)
            #expect(grey == expected)
        }
    }

    /// Of an animation the still picture is taken, which is what readers without animation show.
    @Test func animatedPNGIsItsStillPicture() throws {
        try withTemporaryFolder { folder in
            var png = HostilePNG(width: 4, height: 3)
            png.chunk("acTL", HostilePNG.word(2) + HostilePNG.word(0))
            let control = HostilePNG.word(4) + HostilePNG.word(3) + [UInt8](repeating: 0, count: 14)
            png.chunk("fcTL", HostilePNG.word(0) + control.prefix(22))
            png.chunk("IDAT", HostilePNG.zeroes(15))
            png.chunk("fcTL", HostilePNG.word(1) + control.prefix(22))
            png.chunk("fdAT", HostilePNG.word(2) + HostilePNG.zeroes(15))
            png.chunk("IEND", [])
            let still = try Self.decode(Data(png.bytes), in: folder)
            #expect(still == Data(count: 12))
        }
    }

    // MARK: EXIF

    /// Offsets, counts and types of every entry, bent every way: at worst the camera is unknown.
    @Test(arguments: ["jpeg-exif.jpg", "png-exif.png"])
    func brokenEXIFIsNoHarm(_ name: String) throws {
        try withTemporaryFolder { folder in
            let whole = try Self.fixture(name)
            let isJPEG = name.hasSuffix("jpg")
            let start = try #require(whole.range(of: Data((isJPEG ? "Exif" : "eXIf").utf8))).upperBound
            let end = min(whole.count - 8, start + 400)
            for offset in stride(from: start, to: end, by: 2) {
                for value: [UInt8] in [
                    [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0, 8],
                ] {
                    var bytes = whole
                    bytes.replaceSubrange(offset..<offset + 4, with: value)
                    let file = try folder.addFile("exif", bytes)
                    do {
                        let camera = try PhotoFile(probing: FilePath(file.path), maximumPixels: 0).header.camera
                        for text in [camera.make, camera.model, camera.serial] {
                            #expect((text?.utf8.count ?? 0) < 400)
                        }
                    } catch let error as FastPixError {
                        // PNG's checksum, or a marker behind the segment.
                        #expect(!error.message.isEmpty)
                    }
                }
            }
        }
    }
}
