import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Decoded samples against hashes of what Pillow (8 bits) and NumPy (16 bits) hold, made by
/// `Tests/Fixtures/make_decoder_fixtures.py`.
struct PhotoDecoderTests {
    struct Fixture: Decodable, Sendable, CustomTestStringConvertible {
        let file: String
        let format: String?
        let width: Int?
        let height: Int?
        let channels: Int?
        let bitsPerSample: Int?
        let wholeImage: Bool?
        let sha256: String?
        let error: String?
        let alsoAcceptable: [String]?
        let exif: Exif?

        struct Exif: Decodable, Sendable {
            let make: String?
            let model: String?
            let bodySerialNumber: String?
        }

        var testDescription: String { file }
        var path: FilePath { FilePath(Repository.fixture("decoder/\(file)").path) }
    }

    static let fixtures: [Fixture] = {
        let manifest = Repository.fixture("decoder/manifest.json")
        return try! JSONDecoder().decode([Fixture].self, from: Data(contentsOf: manifest))
    }()
    static let sound = fixtures.filter { $0.sha256 != nil }
    static let refused = fixtures.filter { $0.error != nil }

    @Test func manifestCoversBothOutcomes() {
        #expect(Self.sound.count > 100)
        #expect(Self.refused.count > 30)
        #expect(Self.sound.count + Self.refused.count == Self.fixtures.count)
    }

    @Test(arguments: sound)
    func decodesLikePillow(_ fixture: Fixture) throws {
        let photo = try PhotoFile(probing: fixture.path, maximumPixels: 0)
        #expect(photo.header.format.rawValue == fixture.format)
        #expect(photo.header.shape.width == fixture.width)
        #expect(photo.header.shape.height == fixture.height)
        #expect(photo.header.shape.channels == fixture.channels)
        #expect(photo.header.shape.bitsPerSample == fixture.bitsPerSample)
        // Rows in uneven portions, as strips of any height ask for them.
        for rowsAtOnce in [1, 7, 16, photo.header.shape.height] {
            #expect(SHA256.hexadecimal(of: try decode(photo, rowsAtOnce: rowsAtOnce)) == fixture.sha256)
        }
        if let exif = fixture.exif {
            #expect(photo.header.camera == Camera(make: exif.make, model: exif.model, serial: exif.bodySerialNumber))
        }
    }

    static let luma: [String: String] = {
        try! JSONDecoder().decode(
            [String: String].self, from: Data(contentsOf: Repository.fixture("luma_golden.json")))
    }()

    @Test(arguments: sound)
    func decodesLuma(_ fixture: Fixture) throws {
        let photo = try PhotoFile(probing: fixture.path, channels: .luma, maximumPixels: 0)
        #expect(photo.header.shape.channels == 1)
        // A grey photo is its own luma.
        let expected = try #require(fixture.channels == 1 ? fixture.sha256 : Self.luma[fixture.file])
        #expect(SHA256.hexadecimal(of: try decode(photo, rowsAtOnce: 16, channels: .luma)) == expected)
    }

    /// A picture that must be held whole is announced, because batches are kept small for it.
    @Test(arguments: sound.filter { $0.width! * $0.height! > 10_000 })
    func announcesDecodersThatHoldTheWholePicture(_ fixture: Fixture) throws {
        let header = try PhotoFile(probing: fixture.path, maximumPixels: 0).header
        let wholePicture = header.shape.sampleCount * header.shape.bytesPerSample
        #expect((header.decoderBytes >= wholePicture) == fixture.wholeImage!)
    }

    @Test(arguments: refused)
    func refuses(_ fixture: Fixture) throws {
        let error = try #require(throws: FastPixError.self) {
            let photo = try PhotoFile(probing: fixture.path, maximumPixels: 100_000_000)
            _ = try decode(photo, rowsAtOnce: 16)
        }
        let accepted = [fixture.error!] + (fixture.alsoAcceptable ?? [])
        #expect(accepted.contains { Self.isError(error, ofKind: $0) }, "\(error)")
        #expect(error.path == fixture.path)
        #expect(!error.message.isEmpty)
    }

    private static func isError(_ error: FastPixError, ofKind kind: String) -> Bool {
        switch kind {
        case "truncated": error.code == .corrupt && error.message.hasPrefix("truncated")
        case "corrupt": error.code == .corrupt && error.message.hasPrefix("damaged") || error.code == .tooLarge
        case "unsupported": error.code == .unsupported
        case "empty": error.code == .notAnImage && error.message.contains("empty")
        case "not an image": error.code == .notAnImage
        default: false
        }
    }

    @Test func boundsPixelsBeforeDecoding() throws {
        let fixture = try #require(Self.sound.first { $0.width! > 100 })
        let pixels = UInt64(fixture.width! * fixture.height!)
        _ = try PhotoFile(probing: fixture.path, maximumPixels: pixels)
        let error = #expect(throws: FastPixError.self) {
            try PhotoFile(probing: fixture.path, maximumPixels: pixels - 1)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func refusesRowsBeyondTheLast() throws {
        for fixture in Self.sound where fixture.width == 17 {
            let file = try OpenFile(fixture.path)
            let decoder = try PhotoDecoder(file, maximumPixels: 0)
            let rows = UnsafeMutableRawPointer.allocate(
                byteCount: decoder.shape.bytesPerRow * (decoder.shape.height + 1), alignment: 64)
            defer { rows.deallocate() }
            #expect(throws: FastPixError.self) { try decoder.readRows(decoder.shape.height + 1, into: rows) }
        }
    }

    private func decode(
        _ photo: PhotoFile, rowsAtOnce: Int, channels: ChannelSelection = .all
    ) throws -> [UInt8] {
        let file = try OpenFile(photo.path)
        let decoder = try PhotoDecoder(file, channels: channels, maximumPixels: 0)
        let shape = decoder.shape
        var samples = [UInt8](repeating: 0, count: shape.bytesPerRow * shape.height)
        try samples.withUnsafeMutableBytes { samples in
            for row in stride(from: 0, to: shape.height, by: rowsAtOnce) {
                try decoder.readRows(
                    min(rowsAtOnce, shape.height - row), into: samples.baseAddress! + row * shape.bytesPerRow)
            }
        }
        try decoder.finish()
        return samples
    }
}
