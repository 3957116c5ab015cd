import CKernels

/// Computes, band by band, how far each pixel's mean and log-variance lie from those of its neighbourhood.
/// Belongs to one thread; reused from band to band.
final class ReliefBand {
    /// Rows of a band: three times the 16 rows of a scale's cell, so that the scales of a band are its own.
    static let rowCount = 48

    private let accumulators: Accumulators
    private let width: Int
    private let height: Int
    /// A row with `Neighbourhood.margin` repeated pixels at both ends.
    private let paddedWidth: Int
    private let mean: UnsafeMutablePointer<Float>
    private let variance: UnsafeMutablePointer<Float>
    private let vertical: UnsafeMutablePointer<Float>
    private let median: UnsafeMutablePointer<Float>
    private let samples: UnsafeMutablePointer<Float>
    /// First frame row in `mean` and `variance`.
    private var firstSourceRow = 0
    /// Rows whose relief is in the buffers.
    private(set) var rows = 0..<0

    static let cellSide = 16
    let cellCount: Int
    /// Robust scale of the relief of the mean and of the variance, for each 16 columns of the band.
    private(set) var meanScale: [Float]
    private(set) var varianceScale: [Float]

    init(_ accumulators: Accumulators) {
        self.accumulators = accumulators
        width = accumulators.shape.width
        height = accumulators.shape.height
        paddedWidth = width + 2 * Neighbourhood.margin
        let sourceCount = (Self.rowCount + 2 * Neighbourhood.margin) * width
        mean = .allocate(capacity: sourceCount)
        variance = .allocate(capacity: sourceCount)
        vertical = .allocate(capacity: paddedWidth)
        median = .allocate(capacity: width)
        cellCount = (width + Self.cellSide - 1) / Self.cellSide
        samples = .allocate(capacity: Self.cellSide * Self.rowCount)
        meanScale = [Float](repeating: 0, count: cellCount)
        varianceScale = meanScale
        meanRelief = .allocate(capacity: Self.rowCount * width)
        varianceRelief = .allocate(capacity: Self.rowCount * width)
    }

    deinit {
        for buffer in [mean, variance, vertical, median, samples, meanRelief, varianceRelief] { buffer.deallocate() }
    }

    /// Row-major over `rows`: mean minus the neighbourhood's median.
    let meanRelief: UnsafeMutablePointer<Float>
    /// The same of the logarithm of the variance.
    let varianceRelief: UnsafeMutablePointer<Float>

    /// In sample units squared: less variance than this is no more than rounding.
    static func varianceOffset(_ shape: FrameShape) -> Float { shape.bitsPerSample == 8 ? 1 : 257 * 257 }

    /// A scale below these floors says that the scenes are flat, not that a pixel stands out: in 8-bit steps, and
    /// in natural logarithms.
    private static let meanScaleFloor: Float = 0.25
    private static let varianceScaleFloor: Float = 0.02

    /// Computes the relief and its scales for band number `band`.
    func compute(band: Int) {
        rows = band * Self.rowCount..<min(height, (band + 1) * Self.rowCount)
        let source =
            max(0, rows.lowerBound - Neighbourhood.margin)..<min(height, rows.upperBound + Neighbourhood.margin)
        firstSourceRow = source.lowerBound
        readMoments(source)
        fpx_relief_log_f32(variance, Self.varianceOffset(accumulators.shape), source.count * width)
        for row in rows {
            relief(of: mean, row: row, into: meanRelief + (row - rows.lowerBound) * width)
            relief(of: variance, row: row, into: varianceRelief + (row - rows.lowerBound) * width)
        }
        let unit: Float = accumulators.shape.bitsPerSample == 8 ? 1 : 257
        scales(of: meanRelief, floor: Self.meanScaleFloor * unit, into: &meanScale)
        scales(of: varianceRelief, floor: Self.varianceScaleFloor, into: &varianceScale)
    }

    /// Mean and variance of the pixel's basis for the rows of the last band and their margin.
    func moments(row: Int, column: Int) -> (mean: Float, logVariance: Float) {
        let index = (row - firstSourceRow) * width + column
        return (mean[index], variance[index])
    }

    private func readMoments(_ source: Range<Int>) {
        let shape = accumulators.shape
        let start = source.lowerBound * shape.samplesPerRow
        let frames = accumulators.frameCount
        let pixels = source.count * width
        switch (accumulators.kind, shape.bitsPerSample) {
        case (.exact, 8):
            fpx_relief_moments_u8(
                mean, variance, accumulators.sum(at: start), accumulators.sumOfSquares8(at: start), frames,
                shape.channels, pixels)
        case (.exact, _):
            fpx_relief_moments_u16(
                mean, variance, accumulators.sum(at: start), accumulators.sumOfSquares16(at: start), frames,
                shape.channels, pixels)
        case (.welford, _):
            fpx_relief_moments_welford(
                mean, variance, accumulators.mean(at: start), accumulators.m2(at: start), frames, shape.channels,
                pixels)
        }
    }

    /// The median of the five rows in each column, then of five of these in each row: within the smear of a defect
    /// only one of five is ever its own.
    private func relief(of map: UnsafeMutablePointer<Float>, row: Int, into result: UnsafeMutablePointer<Float>) {
        let margin = Neighbourhood.margin
        let inner = vertical + margin
        var five = Neighbourhood.taps.map { tap -> UnsafePointer<Float> in
            UnsafePointer(map + (min(height - 1, max(0, row + tap)) - firstSourceRow) * width)
        }
        fpx_relief_median5_f32(inner, five, width)
        for index in 0..<margin {
            vertical[index] = inner[0]
            inner[width + index] = inner[width - 1]
        }
        five = Neighbourhood.taps.map { UnsafePointer(inner + $0) }
        fpx_relief_median5_f32(median, five, width)
        result.update(from: map + (row - firstSourceRow) * width, count: width)
        fpx_relief_subtract_f32(result, median, width)
    }

    /// The 80th percentile of the relief's size over about 48 x 48 pixels. The median would be blind to edges that
    /// cross a region, where tall relief is common.
    private func scales(of relief: UnsafeMutablePointer<Float>, floor: Float, into scales: inout [Float]) {
        var ofCells = [Float](repeating: 0, count: cellCount)
        for cell in 0..<cellCount {
            var count = 0
            for row in stride(from: 0, to: rows.count, by: 4) {
                // A last cell of one to three columns has none to take in some of the rows.
                let first = cell * Self.cellSide + row / 4 % 4
                for column in stride(from: first, to: min(width, (cell + 1) * Self.cellSide), by: 4) {
                    samples[count] = abs(relief[row * width + column])
                    count += 1
                }
            }
            ofCells[cell] = count == 0 ? 0 : Self.select(count * 4 / 5, of: samples, count)
        }
        for cell in 0..<cellCount {
            let near = max(0, cell - 1)...min(cellCount - 1, cell + 1)
            let sum = near.reduce(Float(0)) { $0 + ofCells[$1] }
            scales[cell] = max(floor, sum / Float(near.count) / Self.percentileOfNormal)
        }
    }

    /// The 80th percentile of the size of a standard normal variable.
    private static let percentileOfNormal: Float = 1.2816

    /// The element of this rank (Hoare's selection); reorders the values.
    private static func select(_ rank: Int, of values: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
        var low = 0
        var high = count - 1
        while low < high {
            let pivot = values[(low + high) / 2]
            var left = low
            var right = high
            while left <= right {
                while values[left] < pivot { left += 1 }
                while pivot < values[right] { right -= 1 }
                if left <= right {
                    (values[left], values[right]) = (values[right], values[left])
                    left += 1
                    right -= 1
                }
            }
            if rank <= right { high = right } else if rank >= left { low = left } else { break }
        }
        return values[rank]
    }
}
