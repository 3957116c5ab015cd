@testable import FastPix

extension Defect {
    /// A defect of one pixel, brighter than its neighbours and with little variance, whose smear begins there.
    static func point(
        row: Int, column: Int, channel: Int = 1, class kind: DefectClass, confidence: Double = 0.9, mean: Double = 219.5,
        variance: Double = 58.25, smearRows: Int = 1, smearColumns: Int = 1
    ) -> Defect {
        Defect(
            row: row, column: column, channel: channel, class: kind, shape: .point, confidence: confidence, mean: mean,
            neighbourhoodMean: 67, variance: variance, neighbourhoodVariance: 1251.25, meanScore: 20, varianceScore: -4,
            persistence: 15, framesAbove: 24, framesBelow: 0, extentRows: 1, extentColumns: 1,
            pixels: [PixelPlace(row: row, column: column)], rowPeriod: 1, columnPeriod: 1,
            smear: Smear(row: row, column: column, rows: smearRows, columns: smearColumns), evidence: 3,
            photosConfirming: 24, signShare: 1)
    }
}
