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
        var random = SyntheticPhotos.Random(state: 3)
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
