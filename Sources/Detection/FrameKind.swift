import FastPixAccumulation
import FastPixFrames
import FastPixPlatform

/// What the frames of a group show.
public enum FrameKind: String, Sendable, Codable, CaseIterable {
    /// Photos of different things.
    case scenes
    /// Lens cap on: the sensor alone.
    case darks
    /// An evenly lit surface.
    case flats
    /// Stars.
    case sky

    /// Whether most pixels see nothing but an even background.
    package var isEven: Bool { self != .scenes }
}

/// What the frames are, by themselves: no name or header is needed.
struct FrameRecognition {
    let kind: FrameKind
    /// Why, in words.
    let reason: String
    /// Correlation of what two halves of the photos show beyond slow gradients, 0 for independent scenes, 1 for one view;
    /// nil when there are too few photos or pixels.
    let sceneCorrelation: Double?
    /// Pixels differ from each other and do not change from photo to photo: copies of one picture, not even of a dark one,
    /// which has noise.
    let isRepeated: Bool
    /// What halves of the photos have in common is no more than the sensor's own pattern makes: on even ground nothing else
    /// is left of the photos.
    let isSensorPattern: Bool
    /// Typical contrast, as a standard deviation in samples, of pixels at the neighbour distance, by photo.
    let contrasts: [Double]
    /// To half a stop; nil where they are not known.
    let exposuresAreAlike: Bool?

    /// `wanted`: what the user says they are.
    init(_ statistics: ScanStatistics, facts: [FrameFact], coarse: CoarseSums, wanted: FrameKind?) {
        let shape = statistics.geometry.shape
        let frames = FrameLevels(facts, coarse)
        contrasts = frames.contrasts
        exposuresAreAlike = frames.stops.map { $0 < 0.5 }
        let map = CoarseMap(coarse)
        sceneCorrelation = map.correlation
        let temporal = Selection.median(statistics.pixelVariances.filter { $0 >= 0 }.map { Double($0) })
        let pattern = Selection.median(statistics.mainSpreads)
        let rounding = shape.sampleType == .f32 ? 0 : 1 / 12.0
        isRepeated = temporal <= rounding && pattern * pattern > 16 * max(temporal, rounding)
        let deviation = pattern / PatternSpread.deviations
        isSensorPattern =
            deviation <= PatternSpread.mostUneven * statistics.level
            && map.common <= Self.patternOfCells * deviation * deviation
        if let wanted {
            (kind, reason) = (wanted, "as asked for")
            return
        }
        let level = Selection.median(statistics.pixelMeans.filter { $0 >= 0 }.map { Double($0) })
        // What all pixels of a frame have in common is light, not scene.
        var changing: [Double] = []
        for (variance, mean) in zip(statistics.pixelVariances, statistics.pixelMeans) where variance >= 0 {
            let light = frames.relativeVariance * Double(mean) * Double(mean)
            changing.append(max(0, Double(variance) - light))
        }
        changing.sort()
        let changes = changing.isEmpty ? 0 : changing[changing.count * 3 / 4].squareRoot()
        let contrast = Selection.median(frames.contrasts)
        // Light that varies goes with some of the noise of few frames by chance: twice the covariance, whose deviation this is.
        let byChance =
            2 * frames.relativeVariance.squareRoot() * level * contrast / Double(max(1, facts.count)).squareRoot()
        guard changes * changes <= Self.mostChange * Self.mostChange * contrast * contrast + byChance,
            map.typicalRelief <= Self.mostRelief * contrast
        else {
            (kind, reason) = (.scenes, "pixels change with what is photographed")
            return
        }
        // Floating-point samples are from 0 to 1, or what a camera gives.
        let range = shape.bitsPerSample == 8 ? 255.0 : shape.bitsPerSample == 16 || level > 1 ? 65535 : 1
        let isSteady = frames.relativeVariance.squareRoot() * level <= max(rounding == 0 ? 0 : 1, contrast)
        if level <= Self.darkShare * range && (isSteady || frames.isWithoutLight) {
            (kind, reason) = (.darks, "no light, only noise from frame to frame")
        } else {
            (kind, reason) = (.flats, "even light, only noise from pixel to pixel")
        }
    }

    /// Of the pixels' variance what is left in a mean of eight: 1/8, and after interpolation of colours, which makes
    /// neighbours alike, 0.38 (measured).
    private static let patternOfCells = 0.6
    /// Of three in four pixels over the photos, as things may lie before a plain ground, against pixels near by in one photo.
    /// Noise alone: 1, as both are the same noise; scenes
    /// on which this was looked at: 4.6 to 22. The geometric middle of 1 and the least of them.
    private static let mostChange = 2.0
    /// Of places some 10 pixels apart in the mean, against pixels near by in one photo. Noise: 1 / sqrt(8 photos), below 1/10
    /// from a dozen photos on; one view: 1 and more.
    private static let mostRelief = 0.5
    /// Of the range: three stops below white lies what is called under-exposed; flats are exposed to a third or a half.
    private static let darkShare = 0.125
}

/// How bright and how rough the photos are.
struct FrameLevels {
    /// Standard deviations in samples.
    let contrasts: [Double]
    /// Of the photos' mean levels, over their mean squared.
    let relativeVariance: Double
    /// Exposures differ by two stops or more, and levels by less than half of the stops that light would change them by:
    /// dark current and the glow of amplifiers lie on a level that stays.
    let isWithoutLight: Bool
    /// Between the shortest and the longest exposure; nil where not all are known.
    let stops: Double?

    init(_ facts: [FrameFact], _ coarse: CoarseSums) {
        let facts = facts.sorted { $0.precedes($1) }
        let unit = coarse.unit
        let pixels = Double(coarse.rows * max(1, coarse.shape.width - coarse.shape.neighbourDistance))
        // The mean difference of two normal samples is 2 sigma / sqrt(pi).
        contrasts = facts.map { Double($0.roughness) / (pixels * unit) * Double.pi.squareRoot() / 2 }
        let cells = Double(max(1, coarse.rows * coarse.columns * CoarseSums.cellSize))
        let levels = facts.map { Double($0.level) / (cells * unit) }
        let exposures = facts.compactMap(\.exposureSeconds)
        let stops = exposures.isEmpty ? 0 : log2(exposures.max()! / exposures.min()!)
        self.stops = exposures.count == facts.count && !exposures.isEmpty ? stops : nil
        let levelStops = log2((levels.max() ?? 0) / (levels.min() ?? 0))
        isWithoutLight = exposures.count == facts.count && stops >= 2 && levelStops <= stops / 2
        let mean = levels.reduce(0, +) / Double(max(1, levels.count))
        let squares = levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        relativeVariance = mean > 0 && levels.count > 1 ? squares / Double(levels.count - 1) / (mean * mean) : 0
    }
}

/// The mean of two halves of the photos, coarsely.
struct CoarseMap {
    let correlation: Double?
    /// Covariance of the halves, as `correlation`; 0 when that is nil.
    let common: Double
    /// Middle of how far cells lie from the middle of those around them, in samples.
    let typicalRelief: Double

    init(_ coarse: CoarseSums) {
        let counts = coarse.frameCounts
        let (rows, columns) = (coarse.rows, coarse.columns)
        let unit = coarse.unit * Double(CoarseSums.cellSize)
        guard rows >= Self.block / 2, columns >= Self.block / 2, counts.reduce(0, +) > 0 else {
            (correlation, common, typicalRelief) = (nil, 0, 0)
            return
        }
        let sums = [0, 1].map { Array(coarse.sums(half: $0)) }
        let all = zip(sums[0], sums[1]).map { Double($0 + $1) / (unit * Double(counts[0] + counts[1])) }
        typicalRelief = Self.typicalRelief(all, rows, columns)
        guard counts.allSatisfy({ $0 >= Self.fewestPhotos }) else {
            (correlation, common) = (nil, 0)
            return
        }
        let halves = [0, 1].map { half in Self.relief(sums[half], rows, columns, unit: unit * Double(counts[half])) }
        let isBar = Self.nearBars(halves: sums, counts: counts, unit: unit, rows: rows, columns: columns)
        // Block by block, and the middle one of all: a banner, or a shadow that stays, is a few blocks only.
        var correlations: [Double] = []
        var covariances: [Double] = []
        for row in stride(from: 0, through: max(0, rows - Self.block), by: Self.block) {
            for column in stride(from: 0, through: max(0, columns - Self.block), by: Self.block) {
                let cells = (row..<min(rows, row + Self.block)).flatMap { r in
                    (column..<min(columns, column + Self.block)).map { r * columns + $0 }
                }.filter { isBar.isEmpty || !isBar[$0] }
                // A quarter of a block tells a correlation to a quarter.
                guard cells.count >= Self.block * Self.block / 4 else { continue }
                if let value = Self.correlation(cells.map { halves[0][$0] }, cells.map { halves[1][$0] }) {
                    correlations.append(value.correlation)
                    covariances.append(value.covariance)
                }
            }
        }
        correlation = correlations.isEmpty ? nil : Selection.median(correlations)
        common = Selection.median(covariances)
    }

    /// Cells that are black in all photos, or from which such cells are averaged: the edge of black bars is the same in all
    /// photos, and shows nothing of a view. Empty where there are none, or most are, as in dark frames.
    private static func nearBars(
        halves: [[Int64]], counts: [Int], unit: Double, rows: Int, columns: Int
    ) -> [Bool] {
        let isBlack = halves[0].indices.map { cell in
            [0, 1].allSatisfy { Double(halves[$0][cell]) < unit * Double(counts[$0]) }
        }
        let count = isBlack.count { $0 }
        guard count > 0, 2 * count < isBlack.count else { return [] }
        var near = isBlack
        for row in 0..<rows {
            for column in 0..<columns where isBlack[row * columns + column] {
                for r in max(0, row - radius - 1)...min(rows - 1, row + radius + 1) {
                    for c in max(0, column - radius - 1)...min(columns - 1, column + radius + 1) {
                        near[r * columns + c] = true
                    }
                }
            }
        }
        return near
    }

    /// Cells of a block's side: 64 pixels, of which 64 values tell a correlation to an eighth.
    private static let block = 8
    /// Cells on either side that are averaged: what is left are structures below some 60 pixels.
    private static let radius = 3
    private static let fewestPhotos = 2

    /// Each cell less the mean of those around it, of sums that are as many samples as `unit` says.
    private static func relief(_ sums: [Int64], _ rows: Int, _ columns: Int, unit: Double) -> [Double] {
        // What lies above and to the left of a place: differences of four of them are sums over rectangles.
        var corners = [Int64](repeating: 0, count: (rows + 1) * (columns + 1))
        for row in 0..<rows {
            var ofRow: Int64 = 0
            for column in 0..<columns {
                ofRow &+= sums[row * columns + column]
                corners[(row + 1) * (columns + 1) + column + 1] = corners[row * (columns + 1) + column + 1] &+ ofRow
            }
        }
        var result = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            let (top, bottom) = (max(0, row - radius), min(rows, row + radius + 1))
            for column in 0..<columns {
                let (left, right) = (max(0, column - radius), min(columns, column + radius + 1))
                let sum =
                    corners[bottom * (columns + 1) + right] &- corners[top * (columns + 1) + right]
                    &- corners[bottom * (columns + 1) + left] &+ corners[top * (columns + 1) + left]
                let around = Double(sum) / Double((bottom - top) * (right - left))
                result[row * columns + column] = (Double(sums[row * columns + column]) - around) / unit
            }
        }
        return result
    }

    /// From the median around a cell, not the mean: a bright star lifts the mean of every cell near it, and a field of
    /// them would pass for a scene. Every third cell in each direction tells enough. Only the cells
    /// beside it: over more of them the falling off of light towards the corners is bent by as much as a scene.
    private static func typicalRelief(_ map: [Double], _ rows: Int, _ columns: Int) -> Double {
        var distances: [Double] = []
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 9) { around in
            for row in stride(from: 0, to: rows, by: radius) {
                for column in stride(from: 0, to: columns, by: radius) {
                    var count = 0
                    for r in max(0, row - 1)...min(rows - 1, row + 1) {
                        for c in max(0, column - 1)...min(columns - 1, column + 1) {
                            around[count] = map[r * columns + c]
                            count += 1
                        }
                    }
                    let median = Selection.median(UnsafeMutableBufferPointer(rebasing: around[..<count]))
                    distances.append(abs(map[row * columns + column] - median))
                }
            }
        }
        return Selection.median(distances)
    }

    /// Nil where nothing varies.
    private static func correlation(_ a: [Double], _ b: [Double]) -> (correlation: Double, covariance: Double)? {
        let meanA = a.reduce(0, +) / Double(a.count)
        let meanB = b.reduce(0, +) / Double(b.count)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - meanA) * (y - meanB)
            aa += (x - meanA) * (x - meanA)
            bb += (y - meanB) * (y - meanB)
        }
        return aa > 0 && bb > 0 ? (ab / (aa * bb).squareRoot(), ab / Double(a.count)) : nil
    }
}
