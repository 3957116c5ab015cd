import FastPixFrames
import Foundation
import Testing

@testable import FastPixAccumulation
@testable import FastPixDetection

/// What frames are taken for, where two kinds look alike.
@Suite(.timeLimit(.minutes(10)))
struct FrameRecognitionTests {
    private static let (width, height) = (256, 256)
    private static let grey16 = FrameShape(width: width, height: height, channels: 1, bitsPerSample: 16)

    private func index(_ row: Int, _ column: Int) -> Int { row * Self.width + column }

    /// Waves of all lengths down to two pixels, as sharp photos have: pixels differ by more than places do.
    private func sharpView(_ noise: inout Noise) -> [Double] {
        var view = [Double](repeating: 20000, count: Self.width * Self.height)
        for _ in 0..<400 {
            let size = 1 + 7 * noise.uniform() * noise.uniform()
            let (row, column) = (Double(Self.height) * noise.uniform(), Double(Self.width) * noise.uniform())
            let height = 6000 * (noise.uniform() - 0.5)
            let reach = Int(3 * size)
            for r in max(0, Int(row) - reach)...min(Self.height - 1, Int(row) + reach) {
                for c in max(0, Int(column) - reach)...min(Self.width - 1, Int(column) + reach) {
                    let (down, right) = (Double(r) - row, Double(c) - column)
                    view[index(r, c)] += height * exp(-(down * down + right * right) / (2 * size * size))
                }
            }
        }
        return view
    }

    /// On a tripod pixels change no more than they differ, as in even frames; what they show is no pattern of a sensor.
    @Test func aSharpViewOnATripodIsNoSky() throws {
        var noise = Noise(71)
        let view = sharpView(&noise)
        let detection = try FrameSet(Self.grey16, count: 20, seed: 72) { _, noise in
            view.map { $0 + 300 * noise.normal() }
        }.detection()
        #expect(detection.kind == .scenes && detection.isFixedView)
        #expect(detection.defects.allSatisfy { $0.confidence <= 0.3 })
    }

    /// Patterns of pixels, of rows and of columns that stay, and bands of them, far stronger than the noise.
    @Test(arguments: [1, 16]) func aSensorsPatternIsNoView(bandWidth: Int) throws {
        var noise = Noise(73)
        let rows = (0..<Self.height / bandWidth + 1).map { _ in 6 * noise.normal() }
        let columns = (0..<Self.width / bandWidth + 1).map { _ in 12 * noise.normal() }
        let pattern = (0..<Self.width * Self.height).map { place in
            rows[place / Self.width / bandWidth] + columns[place % Self.width / bandWidth] + 6 * noise.normal()
        }
        let detection = try FrameSet(Self.grey16, count: 20, seed: 74) { _, noise in
            var frame = pattern.map { 500 + $0 + 5 * noise.normal() }
            frame[index(100, 120)] += 900
            return frame
        }.detection()
        #expect(detection.kind == .darks)
        #expect(detection.defects.map { [$0.row, $0.column] } == [[100, 120]])
    }

    /// Half a pixel wide in deviations, they leave next to nothing around a block of four that they lie between.
    @Test func starsAsSharpAsPixelsArePromisedToNobody() throws {
        var noise = Noise(75)
        let stars = (0..<60).map { _ in
            (8 + 240 * noise.uniform(), 8 + 240 * noise.uniform(), exp(6 + 4 * noise.uniform()))
        }
        let hot = [(30, 40), (90, 200), (150, 77), (220, 130)]
        let detection = try FrameSet(Self.grey16, count: 20, seed: 76) { _, noise in
            var frame = (0..<Self.width * Self.height).map { _ in 900 + 25 * noise.normal() }
            for (row, column, height) in stars {
                for r in Int(row) - 4...Int(row) + 4 {
                    for c in Int(column) - 4...Int(column) + 4 {
                        let (down, right) = (Double(r) - row, Double(c) - column)
                        frame[index(r, c)] += height * exp(-(down * down + right * right) / (2 * 0.55 * 0.55))
                    }
                }
            }
            for (row, column) in hot { frame[index(row, column)] = 2500 + 25 * noise.normal() }
            return frame
        }.detection()
        #expect(detection.kind == .sky)
        for (row, column) in hot {
            let entry = try #require(detection.defects.first { $0.row == row && $0.column == column })
            #expect(entry.shape == .point && entry.confidence > 0.9)
        }
        let clusters = detection.defects.filter { $0.shape == .cluster }
        #expect(!clusters.isEmpty && clusters.allSatisfy { $0.confidence <= 0.3 })
        #expect(detection.possibleLights == clusters.count)
    }

    /// Files of many cameras do not say that they are mosaics: in the corners nearest pixels are of other colours.
    @Test func cornersOfAMosaicThatIsNotNamedAreSound() throws {
        let detection = try FrameSet(Self.grey16, count: 20, seed: 77) { _, noise in
            var frame = noise.scene(Self.width, Self.height, mean: 20000, contrast: 800, noise: 100)
            for row in stride(from: 1, to: Self.height, by: 2) {
                for column in stride(from: 1, to: Self.width, by: 2) { frame[index(row, column)] *= 0.4 }
            }
            frame[index(60, 60)] += 20000
            return frame
        }.detection()
        #expect(detection.defects.map { [$0.row, $0.column] } == [[60, 60]])
    }

    /// Smeared, a defect looks like a detail of the view: no offset is sure to be found.
    @Test func ofAViewInColourNoLimitIsPromised() throws {
        var noise = Noise(79)
        let view = noise.scene(160, 128, mean: 120, contrast: 20, noise: 5)
        let shape = FrameShape(width: 160, height: 128, channels: 3, bitsPerSample: 8)
        let detection = try FrameSet(shape, count: 20, seed: 80) { _, noise in
            view.flatMap { level in (0..<3).map { _ in level + 2 * noise.normal() } }
        }.detection(codedUnit: CodedUnit(width: 16, height: 16))
        #expect(detection.isFixedView && detection.limitOfDetection == nil)
    }

    /// Rows come in the order in which workers get to them.
    @Test func patternsDoNotDependOnTheOrderOfRows() {
        var noise = Noise(78)
        let shape = FrameShape(width: 320, height: 128, channels: 1, bitsPerSample: 8)
        // Nearly all are 0, so that single samples say what is usual.
        let frame = (0..<320 * 128).map { _ in UInt8(noise.uniform() > 0.98 ? 3 : 0) }
        func sample(_ rows: [Int]) -> PatternSample {
            let sample = PatternSample(shape)
            for row in rows {
                frame[row * 320..<(row + 1) * 320].withUnsafeBytes { sample.add(row: row, of: $0.baseAddress!) }
            }
            return sample
        }
        let rows = Array(CoarseSums.rowsLookedAt(0..<128))
        let (down, up) = (sample(rows), sample(rows.reversed()))
        for half in 0..<2 {
            #expect(down.product(down, half: half) > 0)
            #expect(down.product(down, half: half) == up.product(up, half: half))
            #expect(down.product(down, half: half) == down.product(up, half: half))
        }
    }
}
