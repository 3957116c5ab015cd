import Testing

@testable import FastPix

/// How far a defect reaches.
struct SmearTests {
    /// Without compression a defect is one pixel.
    @Test func aPixelAloneIsItsOwnSmear() throws {
        var photos = SyntheticPhotos(count: 60)
        photos.change(row: 50, column: 70) { _, _ in 240 }
        let smear = try #require(try photos.detect()?.defects.first?.smear)
        #expect(smear == Smear(row: 50, column: 70, rows: 1, columns: 1))
    }

    /// What demosaicing makes of it: neighbours that are half as bright, and a ring that is darker.
    @Test func theSmearIsAsLargeAsTheEffect() throws {
        var photos = SyntheticPhotos(count: 60)
        for row in 48...52 {
            for column in 67...73 {
                let isNear = abs(row - 50) <= 1 && abs(column - 70) <= 1
                photos.change(row: row, column: column) { value, _ in value + (isNear ? 70 : -30) }
            }
        }
        photos.change(row: 50, column: 70) { _, _ in 240 }
        let smear = try #require(try photos.detect()?.defects.first?.smear)
        #expect(smear == Smear(row: 48, column: 67, rows: 5, columns: 7))
    }
}
