import FastPix
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Frames that the caller has decoded are judged as photos are.
@Suite(.timeLimit(.minutes(10)))
struct FrameSearchTests {
    /// What is decoded from the example's photos, as anybody would hand it over.
    private static func examples() throws -> (photos: [PhotoFile], frames: [[UInt8]]) {
        let photos = ProjectPhotos.example
        let frames = try photos.map { photo in
            let reading = try PhotoReading(photo, maximumPixels: 0)
            let shape = photo.header.shape
            var samples = [UInt8](repeating: 0, count: shape.sampleCount)
            try samples.withUnsafeMutableBytes { try reading.readRows(shape.height, into: $0.baseAddress!) }
            try reading.finish()
            return samples
        }
        return (photos, frames)
    }

    @Test func framesOfPhotosHaveTheDefectsOfTheFolder() throws {
        let expected = try HotPixelsSearch().run(PhotoDiscovery(paths: [FilePath(Repository.examplePhotos.path)]))
        let ofFolder = try #require(expected.groups.first?.detection)
        #expect(ofFolder.defects.count == 2)
        let (photos, frames) = try Self.examples()
        let header = photos[0].header
        func search(_ frames: [[UInt8]]) throws -> HotPixelsReport {
            let search = try FrameSearch(
                width: header.shape.width, height: header.shape.height, channels: header.shape.channels,
                bitsPerSample: header.shape.bitsPerSample,
                codedUnit: (header.codedUnit.width, header.codedUnit.height), camera: header.camera)
            for frame in frames { try search.add(frame) }
            return try search.run()
        }
        let report = try search(frames)
        let group = try #require(report.groups.first)
        #expect(group.detection?.defects == ofFolder.defects)
        #expect(group.detection?.kind == ofFolder.kind && group.detection?.judgedShare == ofFolder.judgedShare)
        #expect(group.summary == expected.groups.first?.summary)
        #expect(group.frames == photos.count && group.name == expected.groups.first?.name)
        // In any order.
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(search(frames.reversed()).groups) == encoder.encode(report.groups))
    }

    /// More may come after a report.
    @Test func aMosaicOfSixteenBits() throws {
        let (width, height) = (96, 64)
        let search = try FrameSearch(width: width, height: height, bitsPerSample: 16, pattern: "RGGB")
        search.workers = 2
        var noise = SplitMix64(state: 5)
        func frame() -> [UInt16] {
            // Red, green and blue are of different brightness.
            var samples = (0..<width * height).map { place in
                UInt16(1000 + 300 * (place % 2) + 500 * (place / width % 2) + Int(noise.next() % 64))
            }
            samples[31 * width + 50] = 30_000 + UInt16(noise.next() % 64)
            return samples
        }
        #expect { try search.run() } throws: { ($0 as? FastPixError)?.code == .tooFewFrames }
        for _ in 0..<20 { try search.add(frame()) }
        #expect(try search.run().groups[0].frames == 20)
        for _ in 0..<20 { try search.add(frame()) }
        let group = try search.run().groups[0]
        #expect(group.frames == 40 && group.channelNames == ["mosaic"])
        #expect(group.detection?.defects.map { [$0.row, $0.column] } == [[31, 50]])
    }

    @Test func otherFramesAreRefused() throws {
        func refuses(_ make: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(sourceLocation: sourceLocation) { try make() } throws: {
                ($0 as? FastPixError)?.code == .invalidArgument
            }
        }
        refuses { _ = try FrameSearch(width: 0, height: 4, bitsPerSample: 8) }
        refuses { _ = try FrameSearch(width: 4, height: 4, channels: 2, bitsPerSample: 8) }
        refuses { _ = try FrameSearch(width: 4, height: 4, bitsPerSample: 12) }
        refuses { _ = try FrameSearch(width: 4, height: 4, bitsPerSample: 8, pattern: "RGB") }
        refuses { _ = try FrameSearch(width: 4, height: 4, channels: 3, bitsPerSample: 8, pattern: "RGGB") }
        let search = try FrameSearch(width: 4, height: 4, bitsPerSample: 8)
        refuses { try search.add([UInt8](repeating: 0, count: 15)) }
        refuses { try search.add([UInt16](repeating: 0, count: 16)) }
        search.top = -1
        try search.add([UInt8](repeating: 0, count: 16))
        refuses { _ = try search.run() }
    }
}
