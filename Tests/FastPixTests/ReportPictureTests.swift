import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixAccumulation
@testable import FastPixReporting

/// The pictures of the report page.
struct ReportPictureTests {
    @Test func partsAtTheBorderStayInTheFrame() {
        let shape = FrameShape(width: 100, height: 20, channels: 1, bitsPerSample: 8)
        let corner = FrameCrop(around: 0, 99, in: shape)
        #expect(corner.row == 0 && corner.column == 75)
        #expect(corner.height == 20 && corner.width == 25)
        #expect(corner.pixels(in: shape).allSatisfy { (0..<2000).contains($0) })
        let middle = FrameCrop(around: 10, 50, in: shape)
        #expect(middle.column == 38)
    }

    /// What is encoded comes back from the decoder.
    @Test func picturesAreAsTheirPixels() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("picture.png")
            let pixels = (0..<7 * 5 * 3).map { UInt8($0 * 2) }
            for samples in [PNGImage.Samples.rgb, .grey, .palette([1, 2, 3, 40, 50, 60])] {
                let isColour = if case .rgb = samples { true } else { false }
                let isPalette = if case .palette = samples { true } else { false }
                let given = isColour ? pixels : isPalette ? pixels[..<35].map { $0 % 4 / 2 } : Array(pixels[..<35])
                try Data(PNGImage.encode(width: 7, height: 5, samples, given)).write(to: file)
                let opened = try OpenFile(FilePath(file.path))
                let decoder = try PhotoDecoder(opened, maximumPixels: 0)
                var decoded = [UInt8](repeating: 0, count: decoder.shape.sampleCount)
                try decoded.withUnsafeMutableBytes { try decoder.readRows(5, into: $0.baseAddress!) }
                let colours = given.flatMap { index -> [UInt8] in index == 0 ? [1, 2, 3] : [40, 50, 60] }
                #expect(decoded == (isPalette ? colours : given))
            }
        }
    }

    /// One dark subpixel among many bright ones still darkens its place in the map, and has its bar.
    @Test func aSingleSubpixelShows() throws {
        let shape = FrameShape(width: 3000, height: 60, channels: 1, bitsPerSample: 8)
        let accumulators = try Accumulators(
            shape: shape, contents: AccumulatorContents(kind: .exact, hasExtremes: false))
        for frame in 0..<4 {
            var samples = [UInt8](repeating: UInt8(60 * frame), count: shape.sampleCount)
            samples[30 * 3000 + 1501] = UInt8(100 + frame)
            samples.withUnsafeBytes {
                accumulators.scanMoments(
                    rows: 0..<shape.height, frames: [$0.baseAddress!], framesBefore: frame, tileSampleCount: nil)
            }
            accumulators.frameCount += 1
        }
        let ranking = VarianceRanking(shape: shape, frameCount: 4, top: 1)
        ranking.add(accumulators, rows: 0..<shape.height)
        let summary = ranking.summary
        let histogram = VarianceHistogram(accumulators, summary: summary, workers: 2)
        #expect(histogram.counts.first == 1)
        #expect(histogram.counts.last == shape.sampleCount - 1)
        #expect(histogram.counts.reduce(0, +) == shape.sampleCount)
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("map.png")
            try Data(MomentMaps(accumulators, summary: summary, workers: 2).varianceOverview()).write(to: file)
            let opened = try OpenFile(FilePath(file.path))
            let decoder = try PhotoDecoder(opened, maximumPixels: 0)
            // 3000 columns, three to one.
            #expect(decoder.shape == FrameShape(width: 1000, height: 20, channels: 3, bitsPerSample: 8))
            var pixels = [UInt8](repeating: 0, count: decoder.shape.sampleCount)
            try pixels.withUnsafeMutableBytes { try decoder.readRows(20, into: $0.baseAddress!) }
            let dark = Array(PerceptualColorMap.table[0..<3])
            let bright = Array(PerceptualColorMap.table.suffix(3))
            for pixel in 0..<20_000 {
                let expected = pixel == 10 * 1000 + 500 ? dark : bright
                if Array(pixels[3 * pixel..<3 * pixel + 3]) != expected { Issue.record("pixel \(pixel)") }
            }
        }
    }

    @Test func textIsNoMarkup() {
        #expect(
            HTMLText.escaped("<a href=\"x\" b='y'>&amp;\u{0}\u{202e}\n")
                == "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;\u{fffd}\u{fffd}\u{fffd}")
    }
}
