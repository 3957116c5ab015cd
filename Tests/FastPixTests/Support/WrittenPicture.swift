import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixDiscovery

/// A picture of `Tests/Fixtures/tiff`, `fits` or `raw`: what the program that wrote the file says of it (manifest.json).
struct WrittenPicture: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let page: Int?
    let width: Int?
    let height: Int?
    let channels: Int?
    let bitsPerSample: Int?
    let sha256: String?
    let error: String?
    let pattern: String?
    let whiteLevel: Double?
    let make: String?
    let model: String?
    let serial: String?
    let band: String?
    let exposureSeconds: Double?
    let iso: Int?
    let time: String?
    let gain: Double?
    let temperature: Double?
    let kind: String?
    let binning: [Int]?
    let rowOrder: String?
    /// Of raw files: the samples with the masked border, and the whole sensor: width, height, left, top.
    let border: String?
    let sensor: [Int]?

    var testDescription: String { page.map { "\(file)#\($0)" } ?? file }

    static func all(_ folder: String) -> [WrittenPicture] {
        let manifest = Repository.fixture("\(folder)/manifest.json")
        return try! JSONDecoder().decode([WrittenPicture].self, from: Data(contentsOf: manifest))
    }

    func path(in folder: String) -> FilePath { FilePath(Repository.fixture("\(folder)/\(file)").path) }

    /// Finds the picture in its file and compares all that the manifest says.
    func check(in folder: String, format: PhotoFormat) throws -> PhotoFile {
        let found = PhotoProbe.probe(path(in: folder), channels: .all, maximumPixels: 0)
        #expect(found.failed.isEmpty)
        let photo = try #require(found.photos.first { $0.page.number == page })
        let header = photo.header
        #expect(header.format == format)
        #expect(
            [header.shape.width, header.shape.height, header.shape.channels, header.shape.bitsPerSample]
                == [width, height, channels, bitsPerSample])
        for rowsAtOnce in [1, 7, header.shape.height] {
            #expect(SHA256.hexadecimal(of: try photo.samples(rowsAtOnce: rowsAtOnce)) == sha256)
        }
        #expect(header.shape.pattern?.letters == pattern)
        #expect(header.camera == Camera(make: make, model: model, serial: serial))
        #expect(header.band == band)
        #expect(header.capture.iso == iso)
        #expect(header.capture.exposureSeconds == exposureSeconds)
        #expect(header.capture.time == time)
        #expect(header.capture.gain == gain)
        #expect(header.capture.temperature == temperature)
        #expect(header.kind.rawValue == kind ?? "unknown")
        #expect([header.binning.columns, header.binning.rows] == binning ?? [1, 1])
        #expect(header.rowOrder?.rawValue == rowOrder)
        return photo
    }
}

extension PhotoFile {
    /// All samples, as bytes.
    func samples(rowsAtOnce: Int = 16, channels: ChannelSelection = .all) throws -> [UInt8] {
        let file = try OpenFile(path)
        let decoder = try PhotoDecoder(file, page: page, channels: channels, maximumPixels: 0)
        let shape = decoder.shape
        #expect(shape == header.shape)
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

    func floats(channels: ChannelSelection = .all) throws -> [Float] {
        try samples(channels: channels).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
}

/// What hostile bytes decode to: the samples of all pictures, nil when any is refused, which must come with a reason.
func decodeHostile(_ bytes: Data, as name: String, in folder: URL) throws -> [[UInt8]]? {
    let file = try folder.addFile(name, bytes)
    let found = PhotoProbe.probe(FilePath(file.path), channels: .all, maximumPixels: 100_000)
    #expect(found.failed.allSatisfy { !$0.reason.isEmpty })
    var samples: [[UInt8]] = []
    for photo in found.photos {
        guard let decoded = try? photo.samples() else { return nil }
        samples.append(decoded)
    }
    return found.failed.isEmpty ? samples : nil
}

/// Changes some bits of `whole`, mostly among its first bytes, many times, and decodes what comes out twice: whatever is
/// accepted is the same each time, and nothing crashes.
func flipBits(of whole: Data, as name: String, headerBytes: Int, rounds: Int) throws {
    try withTemporaryFolder { folder in
        var random = SyntheticScenes.Random(state: UInt64(whole.count))
        for _ in 0..<rounds {
            var bytes = whole
            for _ in 0..<Int(1 + 6 * random.next()) {
                let range = random.next() < 0.8 ? min(headerBytes, bytes.count) : bytes.count
                bytes[Int(random.next() * Double(range - 1))] ^= UInt8(1 << Int(random.next() * 7.99))
            }
            let first = try decodeHostile(bytes, as: name, in: folder)
            #expect(try decodeHostile(bytes, as: name, in: folder) == first)
        }
    }
}
