import FastPixFrames
import Foundation
import Testing

@testable import FastPixDetection

/// The arithmetic of the judgement against what is worked out by other means.
struct DetectionPartsTests {
    /// n ln(n / (n p)) for all of n, and its negative for none.
    @Test func scoresAreRootsOfLikelihoodRatios() {
        #expect(abs(ExpectedShare.score(hits: 30, frames: 30, share: 0.1) - (60 * log(10.0)).squareRoot()) < 1e-12)
        #expect(abs(ExpectedShare.score(hits: 0, frames: 50, share: 0.2) + (-100 * log(0.8)).squareRoot()) < 1e-12)
        #expect(ExpectedShare.score(hits: 25, frames: 100, share: 0.25) == 0)
        // Near the expected count it is the normal deviate.
        let normal = (530 - 500) / (1000 * 0.25).squareRoot()
        #expect(abs(ExpectedShare.score(hits: 530, frames: 1000, share: 0.5) - normal) < 0.01)
    }

    /// Of nine equal samples each is the highest in one of nine frames; far above, always.
    @Test func shareAboveEightOthers() {
        #expect(abs(DetectionLimit.shareAbove(0) - 1.0 / 9) < 1e-4)
        #expect(DetectionLimit.shareAbove(12) > 0.9999)
        #expect(DetectionLimit.shareAbove(-3) < 1e-3)
    }

    @Test func crowdsAreOverlaysAndScatteredPointsAreNot() {
        let shape = FrameShape(width: 1000, height: 1000, channels: 3, bitsPerSample: 8)
        var noise = Noise(1)
        let scattered = (0..<60).map { _ in (row: Int(noise.uniform() * 1000), column: Int(noise.uniform() * 1000)) }
        #expect(OverlaySearch(shape: shape).find(scattered).isEmpty)
        let stamp = (0..<20).map { (row: 950 + $0 % 4 * 3, column: 800 + $0 * 5) }
        let found = OverlaySearch(shape: shape).find(scattered + stamp)
        #expect(found.count == 1)
        #expect(found.first.map { region in stamp.allSatisfy { region.contains($0.row, $0.column) } } == true)
    }

    @Test func rastersAreOneGrid() {
        var noise = Noise(2)
        let scattered = (0..<30).map { _ in (row: Int(noise.uniform() * 500), column: Int(noise.uniform() * 500)) }
        #expect(GridSearch.find(scattered).isEmpty)
        let raster = (0..<10).flatMap { row in (0..<12).map { (row: 41 + 12 * row, column: 100 + 12 * $0) } }
        let grids = GridSearch.find(scattered + raster)
        #expect(grids.count == 1)
        #expect(grids.first?.row == 41 && grids.first?.column == 100 && grids.first?.rowPeriod == 12)
        let members = Set(grids.first?.members ?? [])
        #expect(members.isSuperset(of: 30..<150))
    }

    @Test func runsOfFlags() {
        #expect(LeftOutRegions.runs([true, true, false, true]) == [0..<2, 3..<4])
        #expect(LeftOutRegions.runs([false]).isEmpty)
    }
}
