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

        /// The same pixel beside another one's neighbourhood.
        func against(_ other: Contrast) -> Contrast {
            Contrast(
                channel: channel, mean: mean, neighbourhoodMean: other.neighbourhoodMean, variance: variance,
                neighbourhoodVariance: other.neighbourhoodVariance)
        }

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
    /// the peak of the brightness by a pixel, but not that of the strongest channel. Where a camera has spread a defect
    /// evenly over two pixels, the one further up, or further left, so that another photo hardly ever moves it.
    func sharpest(_ strength: (Contrast) -> Double) -> (view: PixelView, contrast: Contrast) {
        let margin = Neighbourhood.margin
        let places = Neighbourhood.nearestFirst.map { (row + $0.0, column + $0.1) }.filter {
            (margin..<shape.height - margin).contains($0.0) && (margin..<shape.width - margin).contains($0.1)
        }.sorted(by: <)
        // Against one and the same neighbourhood, so that only the pixels themselves are compared.
        let standard = contrasts
        func strongest(_ view: PixelView) -> (strength: Double, channel: Int) {
            let strengths = view.contrasts.map { strength($0.against(standard[$0.channel])) }
            let greatest = strengths.max() ?? 0
            return (greatest, strengths.firstIndex(of: greatest) ?? 0)
        }
        let views = places.map { PixelView(accumulators, row: $0, column: $1) }
        let strengths = views.map(strongest)
        let greatest = strengths.map(\.strength).max() ?? 0
        let place = strengths.firstIndex { $0.strength >= greatest - Self.evenness * abs(greatest) } ?? 0
        return (views[place], views[place].contrast(channel: strengths[place].channel))
    }

    /// What two pixels differ by, over which a defect is spread evenly.
    private static let evenness = 0.02

    /// Whether a darkening is much wider than a pixel's smear: two pixels away in each direction the mean still has half
    /// of it. Against a ring so far away that a spot which covers the pixel's whole neighbourhood shows, too; the median
    /// of a ring is no matter of the scene's slope.
    func isWideShadow(channel: Int) -> Bool {
        let base = ring(Self.farthest, channel)
        let depth = base - reader.mean(sample(row, column, channel))
        return depth > 0 && base - ring(Self.smearReach, channel) >= 0.5 * depth
    }

    /// The median of the means of the eight pixels this far away straight and diagonally, as far as the frame goes.
    private func ring(_ distance: Int, _ channel: Int) -> Double {
        median(
            [-distance, 0, distance].flatMap { rowStep in
                [-distance, 0, distance].compactMap { columnStep -> Double? in
                    guard rowStep != 0 || columnStep != 0, (0..<shape.height).contains(row + rowStep),
                        (0..<shape.width).contains(column + columnStep)
                    else { return nil }
                    return reader.mean(sample(row + rowStep, column + columnStep, channel))
                }
            })
    }

    private static let smearReach = 2

    /// How far a shadow reaches on either side, up to `farthest`, before less than half of it is left.
    func shadowExtent(channel: Int) -> (rows: Int, columns: Int) {
        extent(
            Contrast(
                channel: channel, mean: reader.mean(sample(row, column, channel)),
                neighbourhoodMean: ring(Self.farthest, channel), variance: 0, neighbourhoodVariance: 0),
            ofVariance: false)
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

    /// How many rows and columns away from the pixel it looks.
    static let reach = farthest + Neighbourhood.margin

    private func sample(_ row: Int, _ column: Int, _ channel: Int) -> Int {
        (row * shape.width + column) * shape.channels + channel
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
