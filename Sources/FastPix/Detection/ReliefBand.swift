import CKernels

/// Computes, band by band, how far each pixel's mean and log-variance lie from those of its neighbourhood.
/// Belongs to one thread; reused from band to band.
final class ReliefBand {
    /// Rows of a band: those of a scale's cell.
    static let rowCount = Int(FPX_RELIEF_CELL_ROWS)

    private let shape: FrameShape
    private let width: Int
    private let height: Int
    /// A row with `Neighbourhood.margin` repeated pixels at both ends.
    private let paddedWidth: Int
    /// The rows that one row's neighbourhood reaches into, so few that they stay in the level-2 cache; each lies at its
    /// number's remainder.
    private let mean: UnsafeMutablePointer<Float>
    private let variance: UnsafeMutablePointer<Float>
    private static let sourceRowCount = 2 * Neighbourhood.margin + 1
    private let vertical: UnsafeMutablePointer<Float>
    /// Rows whose relief is in the buffers.
    private(set) var rows = 0..<0

    static let cellColumns = Int(FPX_RELIEF_CELL_COLUMNS)
    private let cellCount: Int
    /// Robust scale of the relief of the mean and of the variance, for each cell of the band.
    private(set) var meanScale: [Float]
    private(set) var varianceScale: [Float]

    init(_ shape: FrameShape) {
        self.shape = shape
        width = shape.width
        height = shape.height
        paddedWidth = width + 2 * Neighbourhood.margin
        mean = .allocate(capacity: Self.sourceRowCount * width)
        variance = .allocate(capacity: Self.sourceRowCount * width)
        vertical = .allocate(capacity: paddedWidth)
        cellCount = (width + Self.cellColumns - 1) / Self.cellColumns
        meanScale = [Float](repeating: 0, count: cellCount)
        varianceScale = meanScale
        meanRelief = .allocate(capacity: Self.rowCount * width)
        varianceRelief = .allocate(capacity: Self.rowCount * width)
    }

    /// What one of them takes.
    static func memoryBytes(_ shape: FrameShape) -> Int {
        2 * (sourceRowCount + rowCount) * shape.width * MemoryLayout<Float>.size
    }

    deinit {
        for buffer in [mean, variance, vertical, meanRelief, varianceRelief] { buffer.deallocate() }
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

    /// How many bands a frame has.
    static func count(_ shape: FrameShape) -> Int { (shape.height + rowCount - 1) / rowCount }

    /// The rows of band number `band`.
    static func rows(ofBand band: Int, _ shape: FrameShape) -> Range<Int> {
        band * rowCount..<min(shape.height, (band + 1) * rowCount)
    }

    /// Computes the relief and its scales for band number `band`, of `frameCount` frames whose moments are in its rows
    /// and in `Neighbourhood.margin` rows above and below.
    func compute(band: Int, of accumulators: Accumulators, frameCount: Int) {
        rows = Self.rows(ofBand: band, shape)
        var nextRow = max(0, rows.lowerBound - Neighbourhood.margin)
        for row in rows {
            while nextRow < min(height, row + Neighbourhood.margin + 1) {
                readMoments(row: nextRow, of: accumulators, frameCount)
                nextRow += 1
            }
            relief(of: mean, row: row, into: meanRelief + (row - rows.lowerBound) * width)
            relief(of: variance, row: row, into: varianceRelief + (row - rows.lowerBound) * width)
        }
        let unit: Float = shape.bitsPerSample == 8 ? 1 : 257
        scales(of: meanRelief, floor: Self.meanScaleFloor * unit, into: &meanScale)
        scales(of: varianceRelief, floor: Self.varianceScaleFloor, into: &varianceScale)
    }

    /// Calls `body` with every column of a row of the band at which the mean or the variance stands out by this many
    /// of its local scales, the variance by at least `leastVarianceShift`.
    func forEachOutstanding(
        row: Int, leastProminence: Float, leastVarianceShift: Float, _ body: (_ column: Int, _ cell: Int) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: width) { columns in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * cellCount) { limits in
                for cell in 0..<cellCount {
                    limits[cell] = meanScale[cell] * leastProminence
                    limits[cellCount + cell] = max(leastVarianceShift, varianceScale[cell] * leastProminence)
                }
                let start = (row - rows.lowerBound) * width
                let count = fpx_relief_find_f32(
                    columns.baseAddress!, meanRelief + start, varianceRelief + start, limits.baseAddress!,
                    limits.baseAddress! + cellCount, width)
                for column in columns[..<count] { body(Int(column), Int(column) / Self.cellColumns) }
            }
        }
    }

    /// Where a row of the frame lies in `mean` and `variance`.
    private func place(ofRow row: Int) -> Int { row % Self.sourceRowCount * width }

    private func readMoments(row: Int, of accumulators: Accumulators, _ frames: Int) {
        let start = row * shape.samplesPerRow
        let mean = mean + place(ofRow: row)
        let variance = variance + place(ofRow: row)
        defer { fpx_relief_log_f32(variance, Self.varianceOffset(shape), width) }
        switch (accumulators.kind, shape.bitsPerSample) {
        case (.exact, 8):
            fpx_relief_moments_u8(
                mean, variance, accumulators.sum(at: start), accumulators.sumOfSquares8(at: start), frames,
                shape.channels, width)
        case (.exact, _):
            fpx_relief_moments_u16(
                mean, variance, accumulators.sum(at: start), accumulators.sumOfSquares16(at: start), frames,
                shape.channels, width)
        case (.welford, _):
            fpx_relief_moments_welford(
                mean, variance, accumulators.mean(at: start), accumulators.m2(at: start), frames, shape.channels,
                width)
        }
    }

    /// The median of the five rows in each column, then of five of these in each row: within the smear of a defect
    /// only one of five is ever its own.
    private func relief(of map: UnsafeMutablePointer<Float>, row: Int, into result: UnsafeMutablePointer<Float>) {
        let margin = Neighbourhood.margin
        let inner = vertical + margin
        var five = Neighbourhood.taps.map { tap -> UnsafePointer<Float> in
            UnsafePointer(map + place(ofRow: min(height - 1, max(0, row + tap))))
        }
        fpx_relief_median5_f32(inner, five, width)
        for index in 0..<margin {
            vertical[index] = inner[0]
            inner[width + index] = inner[width - 1]
        }
        five = Neighbourhood.taps.map { UnsafePointer(inner + $0) }
        fpx_relief_above_median5_f32(result, map + place(ofRow: row), five, width)
    }

    /// The 80th percentile of the relief's size over about 48 x 48 pixels. The median would be blind to edges that
    /// cross a region, where tall relief is common.
    private func scales(of relief: UnsafeMutablePointer<Float>, floor: Float, into scales: inout [Float]) {
        var ofCells = [Float](repeating: 0, count: cellCount)
        fpx_relief_percentile80_f32(&ofCells, relief, width, rows.count)
        for cell in 0..<cellCount {
            let near = max(0, cell - 1)...min(cellCount - 1, cell + 1)
            let sum = near.reduce(Float(0)) { $0 + ofCells[$1] }
            scales[cell] = max(floor, sum / Float(near.count) / Self.percentileOfNormal)
        }
    }

    /// The 80th percentile of the size of a standard normal variable.
    private static let percentileOfNormal: Float = 1.2816
}
