import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import Foundation
import SystemPackage
import TestSupport
import Testing

/// PNG files of random samples: black and white are frequent, and so are equal neighbours, so that extremes of every
/// kind occur; and no two frames are alike.
struct RandomPhotos {
    let shape: FrameShape
    private var generator: SplitMix64

    init(_ shape: FrameShape, seed: UInt64 = 1) {
        self.shape = shape
        generator = SplitMix64(state: seed)
    }

    mutating func next(exif: ExifBlock? = nil) -> Data {
        let white = (1 << shape.bitsPerSample) - 1
        // Some frames have few values, others many.
        let range = [3, 40, white + 1][generator.below(3)]
        let base = generator.below(white + 2 - min(range, white + 1))
        let samples = (0..<shape.sampleCount).map { _ in
            switch generator.below(10) {
            case 0: 0
            case 1: white
            default: base + generator.below(range)
            }
        }
        return shape.bitsPerSample == 16
            ? TestPhoto.png(samples.map { UInt16($0) }, width: shape.width, channels: shape.channels, exif: exif)
            : TestPhoto.png(samples.map { UInt8($0) }, width: shape.width, channels: shape.channels, exif: exif)
    }

    /// Writes `count` of them, named in the order in which they are made.
    static func write(_ count: Int, _ shape: FrameShape, to folder: URL, seed: UInt64 = 1) throws -> [PhotoFile] {
        var photos = RandomPhotos(shape, seed: seed)
        return try (0..<count).map { number in
            var exif: ExifBlock?
            if number % 3 == 1 {
                var block = ExifBlock()
                block.add(.exif, 0x829a, rational: 1, UInt32(10 + number))
                block.add(.exif, 0x8827, short: UInt16(100 * number))
                block.add(.exif, 0x9003, "2024:05:06 07:08:\(10 + number)")
                exif = block
            }
            return try folder.addPhoto(String(format: "photo-%02d.png", number), photos.next(exif: exif))
        }
    }
}

extension URL {
    /// Writes a photo into this folder and reads its headers.
    func addPhoto(
        _ name: String, _ content: Data, channels: ChannelSelection = .all
    ) throws -> PhotoFile {
        try PhotoFile(probing: FilePath(addFile(name, content).path), channels: channels, maximumPixels: 0)
    }
}

extension PhotoFile {
    /// The file damaged so that `rows` of its rows can still be decoded: the next one has a filter that does not exist.
    /// Only for what `TestPhoto` writes, without EXIF.
    func damage(afterRows rows: Int) throws {
        let file = URL(fileURLWithPath: path.string)
        var bytes = try Data(contentsOf: file)
        // Behind the signature, the header and the beginnings of the chunk, of the zlib stream and of its block.
        let place = 8 + 25 + 8 + 2 + 5 + rows * (1 + header.shape.bytesPerRow)
        try #require(place < 65_000 && bytes[place] == 0)
        bytes[place] = 9
        try bytes.write(to: file)
    }

    /// The same photo with headers read again.
    func probedAgain() throws -> PhotoFile { try PhotoFile(probing: path, maximumPixels: 0) }
}

/// Photos that come with the project.
enum ProjectPhotos {
    static let example: [PhotoFile] = probed(PhotoDiscovery(paths: [FilePath(Repository.examplePhotos.path)]))
    static let sixteenBit: [PhotoFile] = probed(
        PhotoDiscovery(paths: [FilePath(Repository.fixture("sixteen-bit").path)]))

    /// JPEG files of 97 x 61 pixels with every kind of subsampling, baseline and progressive, whole and undamaged.
    static func smallJPEGs(_ channels: ChannelSelection) -> [PhotoFile] {
        let refused = Set(PhotoDecoderTests.refused.map(\.path))
        return probed(PhotoDiscovery(paths: [FilePath(Repository.fixture("decoder").path)]), channels).filter { photo in
            let shape = photo.header.shape
            return !refused.contains(photo.path) && photo.header.format == .jpeg && shape.width == 97
                && shape.height == 61 && shape.channels == (channels == .luma ? 1 : 3)
        }
    }

    private static func probed(_ found: PhotoDiscovery, _ channels: ChannelSelection = .all) -> [PhotoFile] {
        found.files.compactMap { try? PhotoFile(probing: $0, channels: channels, maximumPixels: 0) }
    }
}
