import FastPixAccumulation
import FastPixFrames
import FastPixPlumbing

/// How many subpixels have which variance, on the axis of the variance map.
struct VarianceHistogram: Sendable {
    static let binCount = 64
    /// Subpixels in each bin, from the lowest variance to the highest.
    let counts: [Int]
    let axis: VarianceAxis

    init(_ accumulators: Accumulators, summary: VarianceSummary, workers: Int) {
        let axis = VarianceAxis(minimum: summary.minimum.variance ?? .nan, maximum: summary.maximum.variance ?? .nan)
        let reader = MomentsReader(accumulators: accumulators)
        let shape = accumulators.shape
        let rows = WorkerTeam.map(shape.height, workers: workers) { row in
            var counts = [Int](repeating: 0, count: Self.binCount)
            for variance in reader.variancesOrNaN(row * shape.samplesPerRow..<(row + 1) * shape.samplesPerRow) {
                guard let fraction = axis.fraction(of: variance) else { continue }
                counts[min(Self.binCount - 1, Int(fraction * Double(Self.binCount)))] += 1
            }
            accumulators.release(rows: row..<row + 1)
            return counts
        }
        self.axis = axis
        counts = rows.reduce(into: [Int](repeating: 0, count: Self.binCount)) { sums, row in
            for bin in row.indices { sums[bin] += row[bin] }
        }
    }
}
