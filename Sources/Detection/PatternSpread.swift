import FastPixFrames

/// How far sound pixels lie from their neighbours at a place: the sensor's own pattern and what the scenes have left, as
/// the offset, in samples, that 27 of 32 pixels do not exceed: 1.42 standard deviations where offsets are normal.
struct PatternSpread {
    private let geometry: FrameGeometry
    /// [tile row][tile column][channel]; infinite where it is not known.
    private let tiles: [Double]
    /// [row % period][column % period][channel]
    private let factors: [Double]
    /// What rounding to whole numbers leaves of a mean.
    private let least: Double

    init(_ statistics: ScanStatistics, kind: FrameKind, frameCount: Int) {
        let geometry = statistics.geometry
        self.geometry = geometry
        let channels = geometry.shape.channels
        least = geometry.shape.sampleType == .f32 ? 0 : (1 / (12 * Double(frameCount))).squareRoot()
        var tiles: [Double] = []
        tiles.reserveCapacity(geometry.tileRows * geometry.tileColumns * channels)
        let columnCounts = (0..<geometry.tileColumns).map { geometry.countedColumns(ofTile: $0).count }
        let (tileRows, tileColumns) = (geometry.tileRows, geometry.tileColumns)
        var values: [Double] = []
        for row in 0..<tileRows {
            let lines =
                max(0, row - 1) * ScanStatistics.samplesPerTile..<min(tileRows, row + 2) * ScanStatistics.samplesPerTile
            for column in 0..<tileColumns {
                for channel in 0..<channels {
                    values.removeAll(keepingCapacity: true)
                    var pixels = 0
                    for line in lines {
                        for c in max(0, column - 1)...min(tileColumns - 1, column + 1) {
                            let value = statistics.spreads[(line * tileColumns + c) * channels + channel]
                            guard value >= 0 else { continue }
                            values.append(Double(value))
                            pixels += columnCounts[c]
                        }
                    }
                    tiles.append(Self.spread(values, pixels, kind))
                }
            }
        }
        self.tiles = tiles
        var totals = [(sum: UInt64, places: UInt64)](repeating: (0, 0), count: channels)
        for (index, phase) in statistics.phaseSpreads.enumerated() {
            totals[index % channels].sum += phase.sum
            totals[index % channels].places += phase.places
        }
        factors = statistics.phaseSpreads.enumerated().map { index, phase in
            let total = totals[index % channels]
            guard phase.places >= Self.fewestPlaces, total.sum > 0 else { return 1 }
            let here = Double(phase.sum) / Double(phase.places)
            let all = Double(total.sum) / Double(total.places)
            return min(Self.factorRange.upperBound, max(Self.factorRange.lowerBound, here / all))
        }
    }

    /// `values`: of rows of tiles around a place, of `pixels` pixels together.
    private static func spread(_ values: [Double], _ pixels: Int, _ kind: FrameKind) -> Double {
        guard pixels >= fewestPixels else { return .infinity }
        // What stays of scenes belongs to the spread. Where most of the frame is an even ground, a star does not.
        let middle = kind.isEven ? Selection.median(values) : values.reduce(0, +) / Double(values.count)
        return middle * (1 + uncertainty / Double(pixels).squareRoot())
    }

    /// A spread in standard deviations of a normal distribution.
    static let deviations = 1.42
    /// No sensor is more uneven, as a standard deviation over the light; usual are 0.5 to 1.5 %.
    static let mostUneven = 0.03
    /// Two standard errors of the 27th of 32 parts of a half-normal distribution, sqrt(p (1 - p)) / (f(q) q), at one
    /// pixel: few pixels do not tell how far others may lie.
    private static let uncertainty = 1.76
    /// Of which it is known to a third.
    private static let fewestPixels = 32
    /// Places of which the mean is known to a tenth: single offsets scatter by three quarters of their mean.
    private static let fewestPlaces: UInt64 = 50
    /// Measured 0.8 to 1.3 in JPEGs of all kinds; further off would be a defect that repeats by the block.
    private static let factorRange = 0.5...2.0

    func spread(_ row: Int, _ column: Int, _ channel: Int) -> Double {
        let channels = geometry.shape.channels
        let tile =
            tiles[(row / geometry.tileSize * geometry.tileColumns + column / geometry.tileSize) * channels + channel]
        let period = geometry.period
        return max(least, tile * factors[(row % period * period + column % period) * channels + channel])
    }

    /// Half of the frame's tiles have no more; nil where none is known.
    func typical(_ channel: Int) -> Double? {
        let channels = geometry.shape.channels
        let sorted = stride(from: channel, to: tiles.count, by: channels).map { tiles[$0] }.filter(\.isFinite).sorted()
        return sorted.isEmpty ? nil : max(least, sorted[sorted.count / 2])
    }
}
