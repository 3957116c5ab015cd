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
    /// The files say so.
    let isToldByFiles: Bool
    /// Correlation of what two halves of the photos show beyond slow gradients, 0 for independent scenes, 1 for one view;
    /// nil when there are too few photos or pixels.
    let sceneCorrelation: Double?
    /// Where the photos show one view, though not everywhere. None on even ground, where all they have in common is the
    /// sensor's pattern.
    let standing: StandingParts
    /// Pixels differ from each other and do not change from photo to photo: copies of one picture, not even of a dark one,
    /// which has noise.
    let isRepeated: Bool
    /// What halves of the photos have in common is no more than the sensor's own pattern makes: on even ground nothing else
    /// is left of the photos.
    let isSensorPattern: Bool
    /// Pixels do not change by more than they differ, and what stays is drawn by a lens (`ViewDetail`).
    let isStandingView: Bool
    /// Whether the mean shows more detail, from pixel to pixel, than is left of photos in which no detail stays at its pixel, as
    /// the view moves or the photos are of different things.
    let isSharpInTheMean: Bool
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
        let single = Selection.median(frames.contrasts)
        isSharpInTheMean = deviation * deviation * Double(facts.count) >= Self.detailOfOneView * single * single
        isSensorPattern =
            deviation <= PatternSpread.mostUneven * statistics.level
            && map.common <= Self.patternOfCells * deviation * deviation
        standing = isSensorPattern || wanted?.isEven == true ? StandingParts.none : map.standing
        if let wanted {
            (kind, reason, isToldByFiles, isStandingView) = (wanted, "as asked for", false, false)
            return
        }
        // Of floating-point samples, of which a dark level is taken off, half may lie below zero.
        let level = Selection.median(
            zip(statistics.pixelMeans, statistics.pixelVariances).filter { $0.1 >= 0 }.map { Double($0.0) })
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
        let isOnlyNoise =
            changes * changes <= Self.mostChange * Self.mostChange * contrast * contrast + byChance
            && map.typicalRelief <= Self.mostRelief * contrast
        guard isOnlyNoise || Self.isBlack(statistics) || Self.isStill(statistics, map) else {
            (kind, reason, isToldByFiles, isStandingView) = (
                .scenes, "pixels change with what is photographed", false, false
            )
            return
        }
        // Floating-point samples are from 0 to 1, or what a camera gives; noise of more than the range is none of it.
        let range = shape.bitsPerSample == 8 ? 255.0 : shape.bitsPerSample == 16 || max(level, contrast) > 1 ? 65535 : 1
        let isSteady = frames.relativeVariance.squareRoot() * level <= max(rounding == 0 ? 0 : 1, contrast)
        // Of even frames what the files say: darks may glow, and flats be faint.
        let told = Set(facts.map(\.pictureKind))
        let areDarks = !told.isEmpty && told.isSubset(of: [.dark, .bias])
        isToldByFiles = areDarks || told == [.flat]
        isStandingView =
            !isToldByFiles && isOnlyNoise && (map.correlation ?? 0) >= Self.fixedCorrelation
            && map.typicalRelief >= Self.leastRelief * contrast && ViewDetail(coarse).isDrawn
        if isToldByFiles {
            (kind, reason) = (areDarks ? .darks : .flats, "as the files say")
        } else if isStandingView {
            // In one view pixels do not change by more than they differ, either.
            (kind, reason) = (
                .scenes, "what stays goes on from pixel to pixel, as in a view and in no sensor's pattern"
            )
        } else if level <= Self.darkShare * range && (isSteady || frames.isWithoutLight) {
            (kind, reason) = (.darks, "no light, only noise from frame to frame")
        } else {
            (kind, reason) = (.flats, "even light, only noise from pixel to pixel")
        }
    }

    /// Whether nearly all samples of eight bits stay within a few levels above zero: nothing that was photographed is to be
    /// seen. What noise is left there by rounding, and by what compression makes of it, is not the same from pixel to pixel and
    /// from photo to photo. One in sixty-four may be defects or their neighbours: a choice, as no sensor has more.
    private static func isBlack(_ statistics: ScanStatistics) -> Bool {
        guard statistics.geometry.shape.bitsPerSample == 8 else { return false }
        let highest = zip(statistics.pixelMeans, statistics.pixelVariances).filter { $0.1 >= 0 }.map { mean, variance in
            Double(mean) + Double(max(0, variance)).squareRoot()
        }.sorted()
        return !highest.isEmpty && highest[highest.count * 63 / 64] <= blackLevels
    }

    /// Whether fifteen in sixteen samples of eight bits stay within a level of their mean, and places do not differ by more:
    /// compression and rounding leave of faint noise what goes from block to block and not from pixel to pixel. Of a scene that
    /// does not change places differ. One in sixteen, as of small frames a sample of a hot cell's row is one in fifty. A level is
    /// the least step there is: at quality 80 noise of 1 leaves a variance of 0.5.
    private static func isStill(_ statistics: ScanStatistics, _ map: CoarseMap) -> Bool {
        let variances = statistics.pixelVariances.filter { $0 >= 0 }.sorted()
        return statistics.geometry.shape.bitsPerSample == 8 && !variances.isEmpty
            && variances[variances.count * 15 / 16] <= 1 && map.typicalRelief <= 1
    }

    /// Of 255: a sixty-fourth, which in sRGB's curve of tones is a thousandth of white's light.
    private static let blackLevels = 4.0
    /// Of 18 real sets the fixed views had 0.99 and more, all others 0.30 at most.
    static let fixedCorrelation = 0.6
    /// Variance of detail in the mean, times photos, over that of a photo: 1 of independent photos, somewhat more where few edges
    /// are sharp, as contrasts are means of differences; of one view without noise the number of photos. A choice between.
    private static let detailOfOneView = 3.0
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
    /// The same below which what stays is lost in the noise of a photo. Flats in which light falls off have a twentieth at most,
    /// as the middle of a place's surroundings is on the same slope.
    private static let leastRelief = 0.1
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
