// Testable all of them: for the package of the fuzzers `package` is not enough.
@testable import FastPixCodecs
@testable import FastPixDetection
@testable import FastPixDiscovery
@testable import FastPixFrames
@testable import FastPixMaps

extension Defect {
    /// A defect of any shape; numbers that a test does not care about are those of a hot pixel.
    static func made(
        _ shape: DefectShape = .point, row: Int, column: Int, class: DefectClass = .hot, rows: Int = 1,
        columns: Int = 1,
        rowPeriod: Int = 1, columnPeriod: Int = 1, pixels: [(Int, Int)]? = nil, margin: Int = 0, mean: Double = 219,
        confidence: Double = 0.9
    ) -> Defect {
        let listed = pixels ?? (shape == .point ? [(row, column)] : [])
        let all = listed.isEmpty ? [(row, column), (row + rows - 1, column + columns - 1)] : listed
        let (top, left) = (all.map(\.0).min()!, all.map(\.1).min()!)
        let (bottom, right) = (all.map(\.0).max()!, all.map(\.1).max()!)
        return Defect(
            row: row, column: column, channel: 0, class: `class`, shape: shape, confidence: confidence, mean: mean,
            neighbourhoodMean: 67, variance: 58, neighbourhoodVariance: 1251, meanScore: 20, varianceScore: -12,
            persistence: 9, framesAbove: 24, framesBelow: 0, extentRows: bottom - top + 1,
            extentColumns: right - left + 1, pixels: listed.map { PixelPlace(row: $0.0, column: $0.1) },
            rowPeriod: rowPeriod, columnPeriod: columnPeriod,
            smear: Smear(
                row: top - margin, column: left - margin, rows: bottom - top + 1 + 2 * margin,
                columns: right - left + 1 + 2 * margin), evidence: 3, photosConfirming: 24, signShare: 1)
    }
}

extension JudgedGroup {
    static func made(
        _ defects: [Defect], width: Int, height: Int, camera: Camera = Camera(make: "Maker", model: "Maker One"),
        number: Int = 1
    ) -> JudgedGroup {
        let shape = FrameShape(width: width, height: height, channels: 1, bitsPerSample: 16)
        return JudgedGroup(
            number: number, camera: camera, shape: shape, frames: 24, name: camera.name, defects: defects)
    }
}
