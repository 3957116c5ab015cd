import FastPixFrames

/// How far sound pixels lie from their neighbours at a place: the sensor's own pattern and what the scenes have left, as
/// one standard deviation of offsets, in samples.
struct PatternSpread {
    private let geometry: FrameGeometry
    /// [tile row][tile column][channel]
    private let tiles: [Double]
    /// [row % period][column % period][channel]
    private let factors: [Double]
    /// What rounding to whole numbers leaves of a mean.
    private let least: Double

    init(_ statistics: ScanStatistics, frameCount: Int) {
        geometry = statistics.geometry
        let channels = geometry.shape.channels
        least = geometry.shape.sampleType == .f32 ? 0 : (1 / (12 * Double(frameCount))).squareRoot()
        var tiles: [Double] = []
        for row in 0..<geometry.tileRows {
            for column in 0..<geometry.tileColumns {
                for channel in 0..<channels {
                    var sum = 0.0
                    var count = 0.0
                    for r in max(0, row - 1)...min(geometry.tileRows - 1, row + 1) {
                        for sample in 0..<ScanStatistics.samplesPerTile {
                            for c in max(0, column - 1)...min(geometry.tileColumns - 1, column + 1) {
                                let line = (r * ScanStatistics.samplesPerTile + sample) * geometry.tileColumns
                                let value = statistics.spreads[(line + c) * channels + channel]
                                if value >= 0 { (sum, count) = (sum + Double(value), count + 1) }
                            }
                        }
                    }
                    tiles.append(count > 0 ? sum / count : 0)
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

    /// Places of which the mean is known to a tenth.
    private static let fewestPlaces: UInt64 = 50
    private static let factorRange = 0.5...2.0

    func spread(_ row: Int, _ column: Int, _ channel: Int) -> Double {
        let channels = geometry.shape.channels
        let tile =
            tiles[(row / geometry.tileSize * geometry.tileColumns + column / geometry.tileSize) * channels + channel]
        let period = geometry.period
        return max(least, tile * factors[(row % period * period + column % period) * channels + channel])
    }

    /// Half of the frame's tiles have no more.
    func typical(_ channel: Int) -> Double {
        let channels = geometry.shape.channels
        let sorted = stride(from: channel, to: tiles.count, by: channels).map { tiles[$0] }.sorted()
        return max(least, sorted.isEmpty ? 0 : sorted[sorted.count / 2])
    }
}
