import Testing

@testable import FastPix

/// How far a defect reaches.
struct SmearTests {
    private static func smear(_ photos: SyntheticPhotos, row: Int, column: Int) throws -> Smear {
        let accumulators = try Accumulators(shape: photos.shape, kind: .exact)
        for frame in photos.frames {
            frame.withUnsafeBytes {
                accumulators.accumulate(
                    0..<photos.shape.sampleCount, frames: [$0.baseAddress!], framesBefore: 0,
                    tileSampleCount: photos.shape.sampleCount)
            }
            accumulators.frameCount += 1
        }
        return Smear(accumulators, row: row, column: column)
    }

    /// Without compression a defect is one pixel.
    @Test(arguments: [[50, 70], [0, 0], [127, 159]]) func aPixelAloneIsItsOwnSmear(_ place: [Int]) throws {
        var photos = SyntheticPhotos(count: 60)
        photos.change(row: place[0], column: place[1]) { _, _ in 240 }
        #expect(
            try Self.smear(photos, row: place[0], column: place[1])
                == Smear(row: place[0], column: place[1], rows: 1, columns: 1))
    }

    /// What demosaicing and sharpening make of it: neighbours that are half as bright, and a ring that is darker.
    @Test func theSmearIsAsLargeAsTheEffect() throws {
        var photos = SyntheticPhotos(count: 60)
        for row in 48...52 {
            for column in 67...73 {
                let isNear = abs(row - 50) <= 1 && abs(column - 70) <= 1
                photos.change(row: row, column: column) { value, _ in value + (isNear ? 70 : -30) }
            }
        }
        photos.change(row: 50, column: 70) { _, _ in 240 }
        #expect(try Self.smear(photos, row: 50, column: 70) == Smear(row: 48, column: 67, rows: 5, columns: 7))
    }
}
