import FastPixAccumulation
import FastPixCodecs
import FastPixFrames
import FastPixPlumbing

/// Mean and variance of a group of photos as pictures: the whole frame, made smaller, and parts of it pixel by pixel.
struct MomentMaps {
    private let reader: MomentsReader
    private let shape: FrameShape
    private let axis: VarianceAxis
    /// What a sample is multiplied by to become a byte that shows something: 16-bit sensors rarely use all 16 bits.
    let brightness: Double

    /// Longer sides would make pages of many megabytes and no screen larger.
    private static let longestSide = 1024

    private let workers: Int

    init(_ accumulators: Accumulators, summary: VarianceSummary, workers: Int) {
        self.workers = workers
        reader = MomentsReader(accumulators: accumulators)
        shape = accumulators.shape
        axis = VarianceAxis(
            minimum: summary.minimum.variance ?? .nan, maximum: summary.maximum.variance ?? .nan)
        brightness = shape.bitsPerSample == 8 ? 1 : Self.brightness(reader, shape)
    }

    /// Brings the 99th percentile of a thousand or so means to 230.
    private static func brightness(_ reader: MomentsReader, _ shape: FrameShape) -> Double {
        let step = max(1, shape.sampleCount / 1009)
        let means = stride(from: 0, to: shape.sampleCount, by: step).map(reader.mean).sorted()
        reader.accumulators.release(rows: 0..<shape.height)
        return 230 / max(1, means[means.count * 99 / 100])
    }

    // MARK: Whole frames

    /// Pixels of the frame that become one of the small picture, in both directions.
    private var factor: Int {
        (max(shape.width, shape.height) + Self.longestSide - 1) / Self.longestSide
    }

    /// The lowest variance of the pixels (and their channels) that become one, so that a single one still shows.
    func varianceOverview() throws(FastPixError) -> [UInt8] {
        let (width, height) = smallSize
        let rows = WorkerTeam.map(height, workers: workers) { row in
            defer { release(row) }
            var lowest = [Double](repeating: .nan, count: width)
            forEachRow(row) { samples in
                for (index, value) in reader.variancesOrNaN(samples).enumerated() {
                    let column = index / shape.channels / factor
                    if !(lowest[column] <= value) { lowest[column] = value }
                }
            }
            return lowest.map(color)
        }
        return try PNGImage.encode(
            width: width, height: height, .palette(PerceptualColorMap.table), Array(rows.joined()))
    }

    /// The average of the means of the pixels that become one, in their colours, stretched between the percentiles 0.5
    /// and 99.5: over many scenes a mean is an even grey.
    func meanOverview() throws(FastPixError) -> [UInt8] {
        let (width, height) = smallSize
        let rows = WorkerTeam.map(height, workers: workers) { row in
            defer { release(row) }
            var sums = [Double](repeating: 0, count: width * 3)
            var counts = [Double](repeating: 0, count: width)
            forEachRow(row) { samples in
                let means = reader.means(samples)
                for x in 0..<shape.width {
                    counts[x / factor] += 1
                    for channel in 0..<3 {
                        sums[x / factor * 3 + channel] += means[x * shape.channels + min(channel, shape.channels - 1)]
                    }
                }
            }
            return sums.indices.map { sums[$0] / max(1, counts[$0 / 3]) }
        }
        let means = Array(rows.joined())
        let sorted = means.sorted()
        let lowest = sorted[sorted.count / 200]
        // An even picture stays even: noise of a few steps is not worth stretching. It is grey, not black, which would look
        // like no picture at all.
        let spread = sorted[sorted.count - 1 - sorted.count / 200] - lowest
        let range = max(spread, shape.bitsPerSample == 8 ? 16 : 16 * 257)
        let black = lowest - (range - spread) / 2
        return try PNGImage.encode(
            width: width, height: height, .rgb, means.map { byte(255 * ($0 - black) / range) })
    }

    private var smallSize: (Int, Int) { ((shape.width + factor - 1) / factor, (shape.height + factor - 1) / factor) }

    /// The rows of the frame that became this one of the small picture.
    private func release(_ row: Int) { reader.accumulators.release(rows: row * factor..<(row + 1) * factor) }

    /// Calls `body` with the samples of each row of the frame that becomes part of this one of the small picture.
    private func forEachRow(_ row: Int, _ body: (Range<Int>) -> Void) {
        for y in row * factor..<min(shape.height, (row + 1) * factor) {
            body(y * shape.samplesPerRow..<(y + 1) * shape.samplesPerRow)
        }
    }

    // MARK: Parts

    /// The variance of one channel in a part of the frame, in the colours of the overview.
    func varianceCrop(_ crop: FrameCrop, channel: Int) throws(FastPixError) -> [UInt8] {
        try PNGImage.encode(
            width: crop.width, height: crop.height, .palette(PerceptualColorMap.table),
            crop.pixels(in: shape).map { color(reader.varianceOrNaN($0 * shape.channels + channel)) })
    }

    /// The mean in a part of the frame, stretched from its darkest to its brightest sample: most defects are a few steps
    /// of 256 above their neighbours, which nobody would see.
    func meanCrop(_ crop: FrameCrop) throws(FastPixError) -> [UInt8] {
        let pixels = crop.pixels(in: shape)
        let means = pixels.flatMap { pixel in
            (0..<3).map { reader.mean(pixel * shape.channels + min($0, shape.channels - 1)) }
        }
        let lowest = means.min() ?? 0
        let range = max((means.max() ?? 0) - lowest, 1e-9)
        return try PNGImage.encode(
            width: crop.width, height: crop.height, .rgb, means.map { byte(255 * ($0 - lowest) / range) })
    }

    private func color(_ variance: Double) -> UInt8 {
        UInt8(PerceptualColorMap.index(of: axis.fraction(of: variance) ?? 0))
    }

    private func byte(_ value: Double) -> UInt8 { UInt8(min(255, max(0, value.rounded()))) }
}

/// A square part of the frame around a pixel; at the frame's border the pixel is off its middle.
struct FrameCrop: Sendable {
    let row: Int
    let column: Int
    let width: Int
    let height: Int

    static let side = 25

    init(around row: Int, _ column: Int, in shape: FrameShape) {
        self.init(around: row, column, width: shape.width, height: shape.height)
    }

    /// In a frame of so many pixels.
    init(around row: Int, _ column: Int, width frameWidth: Int, height frameHeight: Int) {
        width = min(Self.side, frameWidth)
        height = min(Self.side, frameHeight)
        self.row = min(max(0, row - Self.side / 2), frameHeight - height)
        self.column = min(max(0, column - Self.side / 2), frameWidth - width)
    }

    /// Indexes of its pixels, row by row.
    func pixels(in shape: FrameShape) -> [Int] {
        (row..<row + height).flatMap { row in (column..<column + width).map { row * shape.width + $0 } }
    }
}
