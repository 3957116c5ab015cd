import Foundation
import TestSupport
import Testing

/// What NumPy found in a set of photos (`Tests/Fixtures/make_example_golden.py`).
struct Golden: Decodable {
    struct Subpixel: Decodable, Positioned {
        let row: Int
        let column: Int
        let channel: Int
        let sum: Double
        let mean: Double
        let variance: Double
    }

    struct Extreme: Decodable, Positioned {
        let row: Int
        let column: Int
        let channel: Int
        let value: Double
    }

    struct Variance: Decodable {
        let minimum: Extreme
        let maximum: Extreme
        let mean: Double
    }

    let frames: Int
    let height: Int
    let width: Int
    let channels: Int
    let lowest10: [Subpixel]
    let variance: Variance
    let sumSha256: String
    let sumOfSquaresSha256: String

    var shape: [Int] { [height, width, channels] }

    static func named(_ name: String) throws -> Golden {
        try JSONDecoder().decode(Golden.self, from: Data(contentsOf: Repository.fixture(name)))
    }

    /// Checks a group against this, doubles to 1e-12: JSON, NumPy and fastpix may each round the last bit.
    func check(_ group: HotPixelsResult.Group, sourceLocation: SourceLocation = #_sourceLocation) {
        func isClose(_ value: Double?, _ expected: Double) -> Bool {
            value.map { abs($0 - expected) <= 1e-12 * abs(expected) } ?? false
        }
        func agrees(_ extreme: HotPixelsResult.Extreme, _ expected: Extreme) -> Bool {
            extreme.position == expected.position
                && isClose(extreme.value, expected.value)
                && isClose(extreme.m2, expected.value * Double(frames - 1))
        }
        #expect(group.frames == frames, sourceLocation: sourceLocation)
        #expect(group.shape == shape, sourceLocation: sourceLocation)
        #expect(agrees(group.variance.min, variance.minimum), sourceLocation: sourceLocation)
        #expect(agrees(group.variance.max, variance.maximum), sourceLocation: sourceLocation)
        #expect(isClose(group.variance.mean, variance.mean), sourceLocation: sourceLocation)
        #expect(group.lowestVariance.count == lowest10.count, sourceLocation: sourceLocation)
        for (found, expected) in zip(group.lowestVariance, lowest10) {
            #expect(
                found.position == expected.position
                    && isClose(found.mean, expected.mean) && isClose(found.variance, expected.variance)
                    && isClose(found.m2, expected.variance * Double(frames - 1)),
                "\(found) is not \(expected)", sourceLocation: sourceLocation)
        }
    }
}

/// Photos that tests take from the checkout.
enum Photos {
    /// The first `count` example photos, in order.
    static func example(_ count: Int) throws -> [URL] {
        let names = try Repository.examplePhotos.entries().filter { $0.hasSuffix(".jpg") }
        try #require(names.count >= count)
        return names.prefix(count).map(Repository.examplePhotos.appendingPathComponent)
    }

    static func decoderFixture(_ name: String) -> URL { Repository.fixture("decoder/\(name)") }

    /// A tiny photo of 17 x 13 pixels, for tests that are not about its content.
    static let tiny = decoderFixture("jpeg-420-17x13-q50.jpg")

    /// Fills a folder with photos of the same pixels: `photo-0.jpg`, `photo-1.jpg`... Each has a comment of its own, for
    /// equal files count once.
    static func add(_ count: Int, copiesOf photo: URL = tiny, named prefix: String = "photo", to folder: URL) throws {
        for number in 0..<count {
            try folder.addFile(
                "\(prefix)-\(number).\(photo.pathExtension)", content(of: photo, comment: "\(prefix) \(number)"))
        }
    }

    /// The same pixels in a file of its own content.
    static func content(of photo: URL = tiny, comment: String) throws -> Data {
        let content = try Data(contentsOf: photo)
        return photo.pathExtension == "png"
            ? TestPhoto.png(content, withComment: comment) : TestPhoto.jpeg(content, with: 0xfe, Data(comment.utf8))
    }
}

/// The note about cameras without serial numbers, which the example's and most tiny photos have.
func serialNote(_ camera: String) -> String {
    "fastpix: the photos of \(camera) name no serial number; if they come from several bodies, run fastpix on each "
        + "body's photos alone"
}
