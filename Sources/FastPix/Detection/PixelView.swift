/// One pixel of finished accumulators, channel by channel, beside its neighbourhood.
struct PixelView {
    private let accumulators: Accumulators
    private var reader: MomentsReader { MomentsReader(accumulators: accumulators) }
    private let shape: FrameShape
    let row: Int
    let column: Int

    init(_ accumulators: Accumulators, row: Int, column: Int) {
        self.accumulators = accumulators
        shape = accumulators.shape
        self.row = row
        self.column = column
    }

    struct Contrast {
        let channel: Int
        let mean: Double
        let neighbourhoodMean: Double
        let variance: Double
        let neighbourhoodVariance: Double

        var meanShift: Double { mean - neighbourhoodMean }
        /// With the offset that keeps rounding from looking like a difference.
        func varianceRatio(offset: Double) -> Double { (variance + offset) / (neighbourhoodVariance + offset) }
    }

    func contrast(channel: Int) -> Contrast {
        var means: [Double] = []
        var variances: [Double] = []
        for rowTap in Neighbourhood.taps {
            for columnTap in Neighbourhood.taps where rowTap != 0 || columnTap != 0 {
                let sample = sample(row + rowTap, column + columnTap, channel)
                means.append(reader.mean(sample))
                variances.append(reader.varianceOrNaN(sample))
            }
        }
        let own = sample(row, column, channel)
        return Contrast(
            channel: channel, mean: reader.mean(own), neighbourhoodMean: median(means),
            variance: reader.varianceOrNaN(own), neighbourhoodVariance: median(variances))
    }

    var contrasts: [Contrast] { (0..<shape.channels).map(contrast) }

    /// The pixel itself or the direct neighbour at which `strength` is greatest: compression and demosaicing may move
    /// the peak of the brightness by a pixel, but not that of the strongest channel.
    func sharpest(_ strength: (Contrast) -> Double) -> (view: PixelView, contrast: Contrast) {
        var best = (view: self, contrast: contrast(channel: 0))
        var greatest = -Double.infinity
        for (rowStep, columnStep) in Neighbourhood.nearestFirst {
            let row = row + rowStep
            let column = column + columnStep
            let margin = Neighbourhood.margin
            guard (margin..<shape.height - margin).contains(row), (margin..<shape.width - margin).contains(column)
            else { continue }
            let view = PixelView(accumulators, row: row, column: column)
            for contrast in view.contrasts where strength(contrast) > greatest {
                greatest = strength(contrast)
                best = (view, contrast)
            }
        }
        return best
    }

    /// Pixels in a row and in a column over which the mean (or the variance) keeps half of the contrast.
    func extent(_ contrast: Contrast, ofVariance: Bool) -> (rows: Int, columns: Int) {
        let base = ofVariance ? contrast.neighbourhoodVariance : contrast.neighbourhoodMean
        let peak = (ofVariance ? contrast.variance : contrast.mean) - base
        func isPart(_ rowStep: Int, _ columnStep: Int) -> Bool {
            let sample = sample(row + rowStep, column + columnStep, contrast.channel)
            let value = (ofVariance ? reader.varianceOrNaN(sample) : reader.mean(sample)) - base
            return value / peak >= 0.5
        }
        func reach(_ rowStep: Int, _ columnStep: Int) -> Int {
            var steps = 0
            while steps < Self.farthest,
                (0..<shape.height).contains(row + (steps + 1) * rowStep),
                (0..<shape.width).contains(column + (steps + 1) * columnStep),
                isPart((steps + 1) * rowStep, (steps + 1) * columnStep)
            {
                steps += 1
            }
            return steps
        }
        return (1 + reach(1, 0) + reach(-1, 0), 1 + reach(0, 1) + reach(0, -1))
    }

    private static let farthest = 8

    private func sample(_ row: Int, _ column: Int, _ channel: Int) -> Int {
        (row * shape.width + column) * shape.channels + channel
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
