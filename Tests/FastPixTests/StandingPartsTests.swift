import FastPixFrames
import Foundation
import Testing

@testable import FastPixDetection

/// Photos that show one view in a part of the frame, or things that lie at the same place in some of them.
@Suite(.timeLimit(.minutes(10)))
struct StandingPartsTests {
    private static let (width, height) = (320, 256)
    private static let grey16 = FrameShape(width: width, height: height, channels: 1, bitsPerSample: 16)

    private func index(_ row: Int, _ column: Int) -> Int { row * Self.width + column }

    private func scenes(_ count: Int = 40, seed: UInt64, _ change: (Int, inout [Double]) -> Void) -> FrameSet {
        FrameSet(Self.grey16, count: count, seed: seed) { number, noise in
            var frame = noise.scene(Self.width, Self.height, mean: 30000, contrast: 8000, noise: 200)
            change(number, &frame)
            return frame
        }
    }

    /// Things before a wall, whose specks and ridges are as sharp as a good lens is: a hot pixel of the wall's part is sharper.
    @Test func detailsOfWhatStandsStillAreNotListed() throws {
        var noise = Noise(51)
        var wall = noise.scene(Self.width, Self.height, mean: 30000, contrast: 8000, noise: 0)
        for _ in 0..<60 {
            let (row, column) = (10 + Int(235 * noise.uniform()), 190 + Int(120 * noise.uniform()))
            for r in -3...3 {
                for c in -3...3 where column + c < Self.width {
                    wall[index(row + r, column + c)] -= 5000 * exp2(-Double(r * r + c * c) / 2)
                }
            }
        }
        for row in 40..<200 {
            for (step, part) in [(-1, 0.75), (0, 1), (1, 0.8), (2, 0.3)] { wall[index(row, 250 + step)] += 4000 * part }
        }
        let hot = [(50, 60), (120, 100), (200, 40), (130, 300)]
        let detection = try scenes(seed: 52) { number, frame in
            // Something stands before it in half of the photos.
            for row in 0..<Self.height where number % 4 < 2 {
                for column in 160..<Self.width {
                    frame[index(row, column)] = wall[index(row, column)] + 200 * noise.normal()
                }
            }
            for (row, column) in hot { frame[index(row, column)] += 25000 }
        }.detection()
        #expect(detection.kind == .scenes && !detection.isFixedView)
        #expect((0.35...0.6).contains(detection.standingShare))
        #expect(Set(detection.defects.map { [$0.row, $0.column] }) == Set(hot.map { [$0.0, $0.1] }))
        for defect in detection.defects {
            #expect(defect.column < 160 ? defect.confidence > 0.9 : defect.confidence <= 0.3)
        }
    }

    /// One view from few photos, whose counts hardly scatter more than by chance; and with a camera in the hand, which moves it.
    @Test(arguments: [false, true]) func aViewIsFixedWhereItsDetailsStay(isMoved: Bool) throws {
        var noise = Noise(57)
        let margin = 8
        let (width, height) = (Self.width + 2 * margin, Self.height + 2 * margin)
        var view = noise.scene(width, height, mean: 20000, contrast: 4000, noise: 0)
        for _ in 0..<4000 { view[Int(Double(width * height) * noise.uniform())] += 3000 * noise.normal() }
        var (down, right) = (margin, margin)
        let detection = try FrameSet(Self.grey16, count: 14, seed: 58) { _, noise in
            if isMoved {
                (down, right) = (Int(2 * Double(margin) * noise.uniform()), Int(2 * Double(margin) * noise.uniform()))
            }
            return (0..<Self.height * Self.width).map { place in
                view[(place / Self.width + down) * width + place % Self.width + right] + 1500 * noise.normal()
            }
        }.detection(settings: DetectionSettings(frames: .scenes))
        #expect((detection.sceneCorrelation ?? 0) > 0.6)
        #expect(detection.isFixedView == !isMoved)
    }

    /// Blocks that all but one of those around agree with; what is narrower than a block at the frame's end is the last one's.
    @Test func whatStandsReachesToTheFramesEnd() {
        var correlations: [StandingParts.Block: Double] = [:]
        for row in 0..<4 {
            for column in 0..<6 { correlations[.init(row: row, column: column)] = column < 3 ? 0.1 : 0.9 }
        }
        correlations[.init(row: 1, column: 5)] = 0
        let parts = StandingParts(correlations, side: 32)
        #expect(parts.share == 0.5)
        #expect(parts.contains(40, 5 * 32) && parts.contains(0, 3 * 32) && !parts.contains(0, 3 * 32 - 1))
        #expect(parts.contains(4 * 32 + 5, 6 * 32 + 31) && !parts.contains(4 * 32 + 5, 0))
        #expect(!StandingParts.none.contains(0, 0) && StandingParts.none.share == 0)
    }

    @Test func photosOfDifferentThingsStandNowhere() throws {
        let detection = try scenes(seed: 53) { _, _ in }.detection()
        #expect(detection.kind == .scenes && detection.standingShare == 0)
    }

    /// An edge that three of forty photos have at one place is a line in the mean, but no narrow one.
    @Test func edgesOfAFewPhotosAreNoLines() throws {
        let detection = try scenes(seed: 54) { number, frame in
            guard number < 3 else { return }
            for row in 60..<190 {
                for (step, part) in [(-2, 0.5), (-1, 0.9), (0, 1), (1, 0.9), (2, 0.5)] {
                    frame[index(row, 100 + step)] += 30000 * part
                    frame[index(20 + step, row)] -= 15000 * part
                }
            }
        }.detection()
        #expect(detection.defects.isEmpty)
    }

    @Test func aNarrowLineAmongSuchEdgesIsFound() throws {
        let detection = try scenes(seed: 55) { number, frame in
            for row in 0..<Self.height { frame[index(row, 200)] += 6000 }
            guard number < 3 else { return }
            for row in 60..<190 { for step in -2...2 { frame[index(row, 100 + step)] += 30000 } }
        }.detection()
        #expect(detection.defects.map(\.shape) == [.column])
        #expect(detection.defects.map(\.column) == [200])
    }

    /// Of a plane with two bumps: what is not on it, and only the second one.
    @Test func unevennessIsWhatLiesOffAPlane() {
        let shape = FrameShape(width: 20, height: 20, channels: 3, bitsPerSample: 16)
        var bumps: [[Int]: Double] = [:]
        let ring = Ring(shape: shape, distance: 4)
        func value(_ row: Int, _ sample: Int) -> Double {
            7 + 3 * Double(row) - 2 * Double(sample / 3) + (bumps[[row, sample / 3]] ?? 0)
        }
        #expect(ring.unevenness(10, 10, 1, value) < 1e-12)
        // The pixel itself and what lies between do not count.
        bumps = [[10, 10]: 100, [11, 10]: 100, [12, 12]: 50]
        #expect(ring.unevenness(10, 10, 1, value) < 1e-12)
        // One in the middle of a side leaves 1 - 1/8 - 1/6 of itself there, and at most 1/8 + 1/6 elsewhere.
        bumps = [[6, 10]: 24]
        #expect(abs(ring.unevenness(10, 10, 1, value) - 7) < 1e-12)
        // Of two on opposite sides no plane takes anything but their mean.
        bumps = [[6, 10]: 24, [14, 10]: 24]
        #expect(abs(ring.unevenness(10, 10, 1, value) - 18) < 1e-12)
    }
}
