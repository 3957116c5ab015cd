import Foundation
import TestSupport
import Testing

@testable import FastPix

/// Detection on photos whose defects are known.
struct DefectSearchTests {
    struct Planted: Sendable {
        let `class`: DefectClass
        let value: @Sendable (Int, Int) -> Int
    }

    static let planted: [Planted] = [
        Planted(class: .stuck) { _, _ in 255 },
        Planted(class: .stuck) { _, _ in 128 },
        Planted(class: .dead) { _, _ in 0 },
        Planted(class: .hot) { value, _ in value + 60 },
        Planted(class: .hot) { value, _ in value + 20 },
        Planted(class: .lowGain) { value, _ in value / 2 },
        Planted(class: .unstable) { value, photo in value + (photo / 2 % 2 == 0 ? 90 : 0) },
    ]

    /// Frames whose last cell of the local scales is a few columns wide.
    @Test(arguments: [97, 98, 99, 100]) func anyWidthIsJudged(_ width: Int) throws {
        var photos = SyntheticPhotos(width: width, height: 61, count: 60)
        photos.change(row: 30, column: 50) { _, _ in 240 }
        #expect(try photos.detect()?.defects.map { [$0.row, $0.column] } == [[30, 50]])
    }

    @Test(arguments: [1, 3])
    func everyClassIsFound(_ channels: Int) throws {
        var photos = SyntheticPhotos(channels: channels, count: 40)
        for (index, planted) in Self.planted.enumerated() {
            photos.change(row: 20 + 13 * index, column: 30 + 14 * index, planted.value)
        }
        let detection = try #require(try photos.detect())
        #expect(detection.defects.count == Self.planted.count)
        for (index, planted) in Self.planted.enumerated() {
            let found = detection.defects.first { $0.row == 20 + 13 * index && $0.column == 30 + 14 * index }
            #expect(found?.class == planted.class, "\(index)")
            #expect((found?.confidence ?? 0) > 0.9)
        }
        #expect(detection.excludedRegions.isEmpty)
    }

    @Test(arguments: [12, 40, 120])
    func cleanPhotosHaveNoDefects(_ count: Int) throws {
        let detection = try #require(try SyntheticPhotos(count: count, seed: 9).detect())
        #expect(detection.defects.isEmpty)
        #expect(detection.excludedRegions.isEmpty)
    }

    @Test func tooFewPhotosAreNotJudged() throws {
        #expect(try SyntheticPhotos(count: 11).detect() == nil)
    }

    @Test func aFixedViewIsSaidToBeOne() throws {
        var photos = SyntheticPhotos(count: 30)
        var random = SyntheticScenes.Random(state: 3)
        let view = (0..<photos.shape.sampleCount).map { _ in Int(40 + 150 * random.next()) }
        for photo in photos.frames.indices {
            photos.frames[photo] = view.map { UInt8(Double($0) + 8 * random.next()) }
        }
        let detection = try #require(try photos.detect())
        #expect(detection.isStaticScene)
        #expect(detection.defects.isEmpty)
    }

    @Test func barsAndClippedPartsAreNoDefects() throws {
        var photos = SyntheticPhotos(count: 30)
        for row in 0..<16 {
            for column in 0..<160 { photos.change(row: row, column: column) { _, _ in 0 } }
        }
        for row in 64..<96 {
            for column in 48..<96 { photos.change(row: row, column: column) { _, _ in 255 } }
        }
        photos.change(row: 40, column: 120) { value, _ in value + 60 }
        let detection = try #require(try photos.detect())
        #expect(
            detection.excludedRegions == [
                ExcludedRegion(kind: .letterbox, row: 0, column: 0, rows: 16, columns: 160),
                ExcludedRegion(kind: .clipped, row: 64, column: 48, rows: 32, columns: 48),
            ])
        #expect(detection.defects.map { [$0.row, $0.column] } == [[40, 120]])
    }

    @Test func writingIsAnOverlay() throws {
        var photos = SyntheticPhotos(count: 30)
        // Five strokes of a digit, one pixel wide.
        for stroke in 0..<5 {
            for row in 90..<92 { photos.change(row: row, column: 90 + 10 * stroke) { _, _ in 230 } }
        }
        photos.change(row: 30, column: 30) { _, _ in 200 }
        let detection = try #require(try photos.detect())
        #expect(detection.defects.map { [$0.row, $0.column] } == [[30, 30]])
        let region = try #require(detection.excludedRegions.first)
        #expect(region.kind == .overlay)
        #expect(region.column <= 90 && region.column + region.columns >= 130)
    }

    @Test func classesAndSensitivityChoose() throws {
        var photos = SyntheticPhotos(count: 40)
        photos.change(row: 30, column: 30) { value, _ in value + 60 }
        photos.change(row: 60, column: 90) { _, _ in 0 }
        #expect(try photos.detect(DetectionSettings(classes: [.dead]))?.defects.map(\.class) == [.dead])
        #expect(try photos.detect(DetectionSettings(sensitivity: .low))?.defects.count == 2)
        photos.change(row: 30, column: 30) { value, _ in value - 57 }
        let counts = try DetectionSensitivity.allCases.map {
            try photos.detect(DetectionSettings(sensitivity: $0))?.defects.count ?? 0
        }
        #expect(counts == counts.sorted())
    }

    /// A raw frame keeps the raster of its colour filter, with four sensitivities in 2 x 2 pixels; compression leaves one
    /// of its blocks, with brighter edges and a brighter pixel in the middle.
    @Test(arguments: [2, 8, 16])
    func patternsAreNoDefects(_ period: Int) throws {
        var photos = SyntheticPhotos(count: 24)
        photos.changeAll { row, column, value in
            if period == 2 { return value * [[100, 70], [70, 45]][row % 2][column % 2] / 100 }
            if row % period == 0 || column % period == 0 { return value + 2 }
            return row % period == period / 2 && column % period == period / 2 ? value + 8 : value
        }
        // The pattern does not hide what stands out from it.
        photos.change(row: 61, column: 70) { _, _ in 255 }
        let side = period == 2 ? 1 : period
        let detection = try #require(try photos.detect(codedUnit: CodedUnit(width: side, height: side)))
        #expect(detection.defects.map { [$0.row, $0.column] } == [[61, 70]])
    }

    /// Grains before the sensor throw soft shadows over many pixels.
    @Test(arguments: [3.0, 6.0, 12.0], [0.1, 0.3])
    func dustIsNoDefect(_ radius: Double, _ depth: Double) throws {
        var photos = SyntheticPhotos(count: 24)
        photos.changeAll { row, column, value in
            let distance = (pow(Double(row - 64), 2) + pow(Double(column - 80), 2)) / (radius * radius)
            return Int((Double(value) * (1 - depth * exp(-distance / 2))).rounded())
        }
        let detection = try #require(try photos.detect())
        #expect(detection.defects.isEmpty)
        #expect(detection.excludedRegions.allSatisfy { $0.kind == .dust })
        // A spot as small and as deep as this one does stand out, and is named.
        if radius == 3 && depth == 0.3 { #expect(!detection.excludedRegions.isEmpty) }
    }

    @Test func watermarksAreOverlays() throws {
        var photos = SyntheticPhotos(channels: 3, count: 24)
        // Half-transparent strokes of letters, two pixels wide.
        for letter in 0..<6 {
            for row in 100..<112 {
                for column in [40 + 12 * letter, 41 + 12 * letter] {
                    photos.change(row: row, column: column) { value, _ in (value + 3 * 240) / 4 }
                }
            }
        }
        let detection = try #require(try photos.detect())
        #expect(detection.defects.isEmpty)
        #expect(detection.excludedRegions.contains { $0.kind == .overlay || $0.kind == .dust })
    }

    @Test(arguments: 0..<3)
    func oneChannelIsEnough(_ channel: Int) throws {
        var photos = SyntheticPhotos(channels: 3, count: 24)
        photos.change(row: 30, column: 40, channel: channel) { _, _ in 255 }
        photos.change(row: 60, column: 100, channel: channel) { value, _ in value + 60 }
        photos.change(row: 90, column: 60, channel: channel) { _, _ in 0 }
        let defects = try #require(try photos.detect()).defects
        #expect(
            Set(defects.map { [$0.row, $0.column, $0.channel] })
                == [[30, 40, channel], [60, 100, channel], [90, 60, channel]])
    }

    @Test(arguments: DetectionConfirmation.allCases)
    func everyConfirmationFindsTheStrongest(_ confirmation: DetectionConfirmation) throws {
        var photos = SyntheticPhotos(count: 40)
        photos.change(row: 30, column: 30) { _, _ in 255 }
        let detection = try photos.detect(DetectionSettings(confirmation: confirmation))
        #expect(detection?.defects.map(\.class) == [.stuck])
        #expect(detection?.defects.first?.photosConfirming == (confirmation == .none ? nil : 20))
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        var photos = SyntheticPhotos(count: 24)
        photos.change(row: 30, column: 30) { value, _ in value + 30 }
        let reference = try photos.detect(workers: 1)
        for workers in 2...5 { #expect(try photos.detect(workers: workers) == reference) }
    }
}
