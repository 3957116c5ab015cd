import FastPixFrames
import Foundation
import Testing

@testable import FastPixDetection

/// Frames without a scene whose colours were interpolated: a cell of the sensor is wider than a pixel, in its own colour.
struct ColouredFramesTests {
    private static let shape = FrameShape(width: 192, height: 160, channels: 3, bitsPerSample: 8)

    /// Cells of a Bayer mosaic (RGGB), 20 pixels apart, and what they lie off.
    private static let cells: [(row: Int, column: Int, colour: Int)] = (0..<42).map { number in
        let (row, column) = (20 + number / 7 * 20 + number % 2, 20 + number % 7 * 22 + number / 2 % 2)
        return (row, column, row % 2 + column % 2)
    }
    private static let places = Set(cells.map { PixelPlace(row: $0.row, column: $0.column) })

    /// Adds what bilinear interpolation makes of a cell: of green its four neighbours have a quarter, of red and blue half.
    private func add(_ offset: Double, _ cell: (row: Int, column: Int, colour: Int), to frame: inout [Double]) {
        for (down, right) in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 0), (0, 1), (1, -1), (1, 0), (1, 1)] {
            let steps = abs(down) + abs(right)
            let share = cell.colour == 1 ? [1, 0.25, 0][steps] : [1, 0.5, 0.25][steps]
            frame[index(cell.row + down, cell.column + right) + cell.colour] += share * offset
        }
    }

    private func index(_ row: Int, _ column: Int) -> Int { row * Self.shape.samplesPerRow + column * 3 }

    /// `level` and `noise` of each sample, and cells of `share` times the level and `offset` more.
    private func frames(
        level: Double, noise: Double, offset: Double, share: Double = 0, seed: UInt64,
        _ change: (inout [Double]) -> Void = { _ in }
    ) throws -> Detection {
        try FrameSet(Self.shape, count: 20, seed: seed) { _, random in
            var frame = (0..<Self.shape.sampleCount).map { _ in level + noise * random.normal() }
            for cell in Self.cells { add(share * level + offset, cell, to: &frame) }
            change(&frame)
            return frame
        }.detection()
    }

    private func listed(_ detection: Detection) -> Set<PixelPlace> {
        Set(detection.defects.map { PixelPlace(row: $0.row, column: $0.column) })
    }

    /// With noise of less than a step nearly all samples are zero.
    @Test(arguments: [(0, 0.3), (0.5, 0.5), (8, 3)]) func cellsOfDarkFramesAreListed(level: Double, noise: Double)
        throws
    {
        let detection = try frames(level: level, noise: noise, offset: 60, seed: 31)
        #expect(detection.kind == .darks)
        #expect(listed(detection) == Self.places)
        #expect(detection.defects.allSatisfy { $0.class == .hot && Self.cells.map(\.colour).contains($0.channel) })
        #expect(detection.judgedShare == 1)
    }

    @Test func cellsOfFlatsAreListed() throws {
        let detection = try frames(level: 110, noise: 2, offset: 0, share: -0.4, seed: 32)
        #expect(detection.kind == .flats)
        #expect(listed(detection) == Self.places)
        #expect(detection.defects.allSatisfy { $0.class == .lowGain })
        #expect(detection.excludedRegions.isEmpty)
    }

    private struct Star {
        let row: Int
        let column: Int
        let colour: [Double]
        let height: Double
    }

    /// Stars of three colours that stay at their pixels are of all colours, on all sides.
    @Test func starsAreNoCells() throws {
        let colours: [[Double]] = [[1, 0.65, 0.4], [1, 1, 1], [0.75, 0.85, 1]]
        let stars: [Star] = (0..<14).map { number in
            let (row, column) = (30 + number / 7 * 80, 31 + number % 7 * 22)
            return Star(row: row, column: column, colour: colours[number % 3], height: 30 + 9 * Double(number))
        }
        let detection = try frames(level: 12, noise: 1.2, offset: 60, seed: 33) { frame in
            for star in stars {
                for down in -4...4 {
                    for right in -4...4 {
                        let distance = Double(down * down + right * right)
                        let light = star.height * exp(-distance / 2.2)
                        for channel in 0..<3 {
                            frame[index(star.row + down, star.column + right) + channel] += light * star.colour[channel]
                        }
                    }
                }
            }
        }
        #expect(detection.kind == .sky)
        #expect(listed(detection) == Self.places)
    }
}
