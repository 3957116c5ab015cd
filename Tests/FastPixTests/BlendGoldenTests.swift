import FastPixBlending
import FastPixCodecs
import FastPixFrames
import Foundation
import TestSupport
import Testing

/// Blended files against OpenCV's results; Tests/Fixtures/make_blend_fixtures.py says how those were made.
@Suite(.timeLimit(.minutes(10)))
struct BlendGoldenTests {
    @Test func thereAreCases() {
        #expect(BlendCase.all.count >= 35)
    }

    @Test(arguments: BlendCase.all)
    func samplesAreOpenCVs(_ golden: BlendCase) throws {
        try withTemporaryFolder { folder in
            let output = folder.appendingPathComponent("out.\(golden.format == .jpeg ? "jpg" : "png")")
            let report = try golden.blend(to: output)
            #expect(report.skipped.isEmpty)
            let image = try #require(report.images.first)
            let told = FrameShape(
                width: image.width, height: image.height, channels: image.channels, bitsPerSample: image.bitsPerSample)
            #expect(told == golden.shape)
            let made = try DecodedImage(output)
            #expect(made.shape == golden.shape)
            if let expected = golden.expected {
                let wanted = try DecodedImage(BlendCase.folder.appendingPathComponent(expected))
                let difference = zip(made.samples, wanted.samples).map { abs($0 - $1) }.max() ?? .max
                #expect(difference <= 1)
            } else {
                #expect(SHA256.hexadecimal(of: made.bytes) == golden.sha256)
            }
        }
    }

    /// The same bytes of the file, however the work is cut up.
    @Test(arguments: LongTests.all(BlendCase.all, otherwiseEvery: 3))
    func stripsAndWorkersChangeNothing(_ golden: BlendCase) throws {
        try withTemporaryFolder { folder in
            let name = "out.\(golden.format == .jpeg ? "jpg" : "png")"
            var files: [Data] = []
            for (stripRows, workers) in [(nil, 1), (1, 1), (3, 4), (8, 2), (17, 3), (1000, 2)] {
                let output = folder.appendingPathComponent("\(stripRows ?? 0)-\(workers)-\(name)")
                let report = try golden.blend(to: output, stripRows: stripRows, workers: workers)
                #expect(report.images.count == 1)
                files.append(try Data(contentsOf: output))
            }
            #expect(Set(files).count == 1)
        }
    }
}
