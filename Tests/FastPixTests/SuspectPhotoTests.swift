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

/// JPEGs that decode although a part of their data is lost: the photos that show it are named.
@Suite(.timeLimit(.minutes(10)))
struct SuspectPhotoTests {
    /// Photos of the example in which 256 bytes from here on can be zeros, and decoders say nothing.
    private static let lost = [("IMG_9357.jpg", 45454), ("IMG_9360.jpg", 31761), ("IMG_9362.jpg", 73871)]

    private static func suspects(_ folder: URL) throws -> [SuspectPhoto] {
        let search = HotPixelsSearch(top: 1)
        let report = try search.run(PhotoDiscovery(paths: [FilePath(folder.path)]))
        #expect(report.groups.count == 1)
        return report.groups.first?.suspects ?? []
    }

    @Test func photosWithASeamAreNamed() throws {
        try withTemporaryFolder { folder in
            for photo in ProjectPhotos.example.prefix(12) {
                try folder.addCopy(of: URL(fileURLWithPath: photo.path.string))
            }
            #expect(try Self.suspects(folder) == [])
            for (name, place) in Self.lost {
                let file = folder.appendingPathComponent(name)
                var bytes = try Data(contentsOf: file)
                bytes.replaceSubrange(place..<place + 256, with: Data(count: 256))
                try bytes.write(to: file)
            }
            let suspects = try Self.suspects(folder)
            #expect(suspects.map(\.path) == Self.lost.map { folder.appendingPathComponent($0.0).path })
            #expect(suspects.allSatisfy { $0.sign == .seam && $0.row > 0 && $0.row % 8 == 0 })
        }
    }

    /// Rows that are as a file is filled up where its end was lost.
    @Test func photosThatEndInOneColourAreNamed() throws {
        let shape = FrameShape(width: 64, height: 96, channels: 3, bitsPerSample: 8)
        func signs(evenFrom even: Int) throws -> DamageSigns {
            var noise = Noise(7)
            let samples = (0..<shape.sampleCount).map { index in
                index / shape.samplesPerRow < even ? UInt8(100 + 40 * noise.uniform()) : 128
            }
            let header = try PhotoFile(
                probing: FilePath(Repository.fixture("decoder/jpeg-420-97x61-q50.jpg").path), maximumPixels: 0
            ).header
            var signs = DamageSigns(header, keptRows: 4)
            samples.withUnsafeBytes { bytes in
                let rows = DecodedRows(
                    firstRow: 0, strip: bytes.baseAddress!, kept: bytes.baseAddress!, keptRowCount: 0,
                    bytesPerRow: shape.bytesPerRow, rowsBefore: 0, half: 0, levels: PhotoLevels())
                // In any order.
                for part in [48..<96, 0..<48] { signs.look(at: part, of: rows, shape: shape) }
            }
            return signs
        }
        let sound = try signs(evenFrom: 96)
        #expect(!sound.isNotable(shape))
        let cut = try signs(evenFrom: 40)
        #expect(cut.isTail(shape) && (32..<40).contains(cut.lastUnevenRow))
        // A frame of one colour is no picture that has lost its end.
        #expect(!(try signs(evenFrom: 0)).isTail(shape))
        let photos = ProjectPhotos.example.prefix(30)
        func named(_ count: Int) -> Int {
            SuspectPhoto.among(photos.prefix(count).map { (photo: $0, signs: cut) }, of: 30, shape: shape).count
        }
        #expect(named(1) == 1 && named(3) == 3)
        // What many photos have is not damage.
        #expect(named(4) == 0)
    }
}
