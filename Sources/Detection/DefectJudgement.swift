import CKernels
import FastPixAccumulation
import FastPixFrames
import FastPixPlatform

/// Judges what a scan has kept: from accumulators alone, so that states that were added up are judged as one run is.
struct DefectJudgement {
    let statistics: ScanStatistics
    let candidates: [Candidate]
    let frameCount: Int
    private let facts: [FrameFact]
    private let settings: DetectionSettings
    let recognition: FrameRecognition
    private let shares: ExpectedShare
    private let spreads: PatternSpread
    private let dispersion: CountDispersion
    var geometry: FrameGeometry { statistics.geometry }
    var shape: FrameShape { geometry.shape }

    init(
        _ statistics: ScanStatistics, _ candidates: [Candidate], frameCount: Int, facts: [FrameFact],
        coarse: CoarseSums,
        settings: DetectionSettings
    ) {
        self.statistics = statistics
        self.candidates = candidates
        self.frameCount = frameCount
        self.facts = facts
        self.settings = settings
        recognition = FrameRecognition(statistics, facts: facts, coarse: coarse, wanted: settings.frames)
        dispersion = CountDispersion(statistics)
        shares = ExpectedShare(statistics, dispersion, frameCount: frameCount)
        spreads = PatternSpread(statistics, kind: recognition.kind, frameCount: frameCount)
    }

    func run() -> Detection {
        let kind = recognition.kind
        // A view that moves by more than a pixel from photo to photo is one view, but its details are not at the same pixels.
        let isFixed =
            recognition.isRepeated || recognition.isStandingView
            || !kind.isEven && (recognition.sceneCorrelation ?? 0) >= FrameRecognition.fixedCorrelation
                && !recognition.isSensorPattern
                && (dispersion.typical > PointWeighing.scatterOfChance || recognition.isSharpInTheMean)
        var regions = LeftOutRegions(statistics: statistics, kind: kind, isFixed: isFixed).find()
        // White in all of them hides nothing but what is bright; all else is what such frames are to look like.
        let clipped = kind.isEven ? regions.filter { $0.kind == .clipped } : []
        if kind.isEven { regions = [] }
        if spreads.typical(geometry.mainChannel) == nil { regions = [.wholeFrame(.tooFewPixels, shape)] }
        let weighing = PointWeighing(
            shares: shares, spreads: spreads, geometry: geometry, kind: kind, frameCount: frameCount,
            leastOffset: settings.leastOffset, noise: Selection.median(recognition.contrasts),
            dispersion: kind.isEven || isFixed ? nil : dispersion, isSteadinessEnough: !isFixed,
            mayBeRadiation: kind == .darks && recognition.exposuresAreAlike != false)
        if weighing.dispersion != nil { regions += dispersion.regions(.staticScene) }
        var needed = settings.sensitivity.evidenceNeeded
        // Of single samples without loss only what leaves those that touch it as they are is left (`isDrawnByOptics`).
        let isOfSingleSamples = geometry.isLossless && geometry.colours == 1
        if isFixed, !isOfSingleSamples { needed *= 2 }

        var lines =
            isFixed ? [] : findLines(weighing).filter { line in !regions.contains { line.lies(nearTo: $0, geometry) } }
        if kind == .scenes, !isFixed {
            let still = (LeftOutRegions.stillLines(statistics, kind: kind) + QuietLines(statistics, profile).find())
                .filter { line in !regions.contains { line.lies(nearTo: $0, geometry) } }
            lines = DefectLine.united(lines + still)
        }
        let weighed = candidates.filter { candidate in
            !regions.contains { $0.touches(candidate.row, candidate.column, geometry) }
        }.map { weighing.weigh(kind.isEven ? $0.fromAfar : $0) }
        var points = withHidden(weighed, weighing, needed: needed)
        points = points.filter { !isSmear($0, of: lines) }
        if kind == .darks || kind == .sky { points = points.filter { !isBesideLight($0) } }
        if isFixed { points = points.filter { !isDrawnByOptics($0.candidate) } }
        var clusters = Suppression(geometry: geometry).clusters(points)
        var seen = (kind: kind, reason: recognition.reason)
        // Of dark frames that nobody calls so, and of the sky.
        var lights: Set<PixelPlace> = []
        if kind.isEven, settings.frames != .darks, !(kind == .darks && recognition.isToldByFiles) {
            let (drawn, others) = parted(clusters)
            let bright = drawn.filter { isSurelyLight($0[0]) }
            if kind == .sky || settings.frames == nil && bright.count >= Self.fewestStars {
                clusters = others
                // Amid stars that stay a faint spot of a few pixels is rather one of them, too sharp for what lies around it to
                // tell, than a block of defects.
                if bright.count >= Self.fewestStars {
                    let spots = others.filter { $0.count > 1 && $0[0].evidence.offset > 0 }
                    lights = Set(spots.map { PixelPlace(row: $0[0].row, column: $0[0].column) })
                }
                if settings.frames == nil {
                    seen = (.sky, "\(bright.count) spots of light that are wider than a pixel on all sides")
                }
            } else if kind == .flats {
                let dust = drawn.map { spot($0) }
                regions += dust
                clusters = others.filter { cluster in
                    !dust.contains { $0.touches(cluster[0].row, cluster[0].column, geometry) }
                }
            } else {
                lights = Set(bright.map { PixelPlace(row: $0[0].row, column: $0[0].column) })
            }
        }
        func mayBeSeen(_ point: PointEvidence) -> Bool {
            isFixed || stands(point.row, point.column)
                || lights.contains(PixelPlace(row: point.row, column: point.column))
        }
        if !kind.isEven, !isFixed {
            let overlays = OverlaySearch(shape: shape).find(
                clusters.map { isStroke($0[0].candidate) }, at: clusters.map { ($0[0].row, $0[0].column) })
            regions += overlays
            clusters = clusters.filter { cluster in
                !overlays.contains { $0.contains(cluster[0].row, cluster[0].column) }
            }
            // Not before: what compression leaves of a strong defect beside it has any form.
            let things = things(clusters.map { $0[0] })
            regions += things
            clusters = clusters.filter { cluster in !things.contains { $0.contains(cluster[0].row, cluster[0].column) }
            }
            // A cluster larger than any smear is a thing, not a defect of the sensor.
            let spots = clusters.filter { $0.count > Self.largestCluster && straight($0) == nil }
            regions += spots.map { spot($0) }
            clusters = clusters.filter { $0.count <= Self.largestCluster || straight($0) != nil }
        }
        // What is printed has straight strokes, too; and beside a strip half of the scene's slopes lie beyond both sides.
        let strips = LeftOutRegions.stillSpots(statistics, kind: kind, known: []).filter {
            min($0.rows, $0.columns) > Self.longestSmear
        }
        lines.removeAll { line in
            line.extent.count < 2 * geometry.tileSize && regions.contains { line.lies(nearTo: $0, geometry) }
                || strips.contains { line.lies(nearTo: $0, geometry) }
        }
        let grids = GridSearch.find(clusters.map { ($0[0].row, $0[0].column) })
        let inGrids = Set(grids.flatMap(\.members))
        var classifier = DefectClassifier(kind: seen.kind, white: white)
        classifier.isOneExposure =
            recognition.exposuresAreAlike
            ?? !classifier.isOfFrames(clusters.map { $0[0] }, frameCount: frameCount)
        var defects = clusters.enumerated().filter { !inGrids.contains($0.offset) }.map {
            defect($0.element, classifier, mayBeSeen($0.element[0]))
        }
        defects += grids.map { grid in defect(grid, clusters[grid.members[0]], classifier) }
        defects += lines.map { defect($0, isFixed || stands($0)) }
        let known = Set(defects.flatMap(\.covered))
        defects = defects.filter { settings.classes.contains($0.class) }
        defects.sort { a, b in
            a.evidence != b.evidence ? a.evidence > b.evidence : (a.row, a.column) < (b.row, b.column)
        }
        let spots = LeftOutRegions.stillSpots(statistics, kind: kind, known: known)
        regions += spots.filter { spot in
            !regions.contains { $0.contains(spot.row, spot.column) }
        }
        regions += clipped
        regions = Array(Set(regions.map(Keyed.init))).map(\.region).sorted()
        // Of a view in which a defect that is smeared looks like a detail, none is sure to be found.
        return Detection(
            defects: defects, excludedRegions: regions, judgedShare: judgedShare(regions, lines), kind: seen.kind,
            kindReason: seen.reason, sceneCorrelation: recognition.sceneCorrelation, isFixedView: isFixed,
            standingShare: isFixed ? 1 : kind.isEven ? 0 : recognition.standing.share, possibleLights: lights.count,
            limitOfDetection: isFixed && !isOfSingleSamples ? nil : limit(weighing),
            isTruncated: statistics.candidates.isTruncated)
    }

    /// Whether photos of different things show one view there all the same.
    private func stands(_ row: Int, _ column: Int) -> Bool {
        !recognition.kind.isEven && recognition.standing.contains(row, column)
    }

    /// Of most of a line.
    private func stands(_ line: DefectLine) -> Bool {
        let places = stride(from: line.extent.lowerBound, to: line.extent.upperBound, by: geometry.tileSize)
        let standing = places.filter { line.isColumn ? stands($0, line.first) : stands(line.first, $0) }
        return 2 * standing.count >= Array(places).count
    }

    /// A block of five by five, of which every pixel but one has sound neighbours two pixels away.
    private static let largestCluster = 25
    /// Of a pixel's offset: what its touching ones have when a lens has drawn it, as the sharpest lenses give a point.
    private static let opticsShare: Float = 0.25

    /// What is larger than a defect and its smear: spots of dust, and strokes of what is printed into all photos with what is
    /// near them.
    private func things(_ points: [PointEvidence]) -> [ExcludedRegion] {
        var regions: [ExcludedRegion] = []
        var strokes: [(row: Int, column: Int)] = []
        for point in points {
            let reach = point.candidate.reach
            let (rows, columns) = (Int(reach.up) + Int(reach.down) + 1, Int(reach.left) + Int(reach.right) + 1)
            if isWide(point.candidate) {
                regions.append(
                    ExcludedRegion(
                        kind: .dust, row: point.row - Int(reach.up), column: point.column - Int(reach.left), rows: rows,
                        columns: columns))
            } else if !geometry.isLossless, abs(point.brightness) > Self.strongestSmear, isLongerThanSmear(point) {
                strokes.append((point.row, point.column))
            }
        }
        return regions + OverlaySearch(shape: shape).regions(of: strokes)
    }

    /// By more than any smear both ways, with its middle in it and not at its border.
    private func isWide(_ candidate: Candidate) -> Bool {
        let reach = candidate.reach
        return min(reach.up + reach.down, reach.left + reach.right) >= Self.longestSmear
            && min(reach.up, reach.down, reach.left, reach.right) >= 2
    }

    /// Of what one colour has more than the others, the part that is no brightness may be stored at half the resolution.
    private func isLongerThanSmear(_ point: PointEvidence) -> Bool {
        let reach = point.candidate.reach
        let (rows, columns) = (Int(reach.up) + Int(reach.down) + 1, Int(reach.left) + Int(reach.right) + 1)
        let isColoured = abs(point.brightness) < Self.greyShare * abs(point.evidence.offset)
        let (tall, wide) = isColoured ? (geometry.codedUnit.height / 8, geometry.codedUnit.width / 8) : (1, 1)
        return rows > Self.longestSmear * max(1, tall) || columns > Self.longestSmear * max(1, wide)
    }

    /// Of a channel's offset what brightness has of it: green alone has six tenths, all colours together have ten, white
    /// letters nine and more.
    private static let greyShare = 0.8
    /// Pixels over which a defect keeps a quarter of its offset: as `largestCluster`.
    static let longestSmear = 5
    /// Of 255, in brightness, as colours of half the resolution are smeared further: a single coefficient of a block, which may
    /// be all that is left of a faint defect and makes it as long as the block, has an amplitude of a quarter of its step, and
    /// steps are 60 at most at quality 75 (15). A half more for others beside it.
    private static let strongestSmear = 25.0

    private struct Keyed: Hashable {
        let region: ExcludedRegion
        func hash(into hasher: inout Hasher) {
            hasher.combine(region.row)
            hasher.combine(region.column)
        }
    }

    /// Whether a pixel of dark frames or of the sky that is darker than its neighbours is as bright as sound pixels are around:
    /// between stars.
    private func isBesideLight(_ point: PointEvidence) -> Bool {
        guard point.evidence.offset < 0 else { return false }
        let (row, column) = (point.row / geometry.tileSize, point.column / geometry.tileSize)
        for r in max(0, row - 1)...min(geometry.tileRows - 1, row + 1) {
            for c in max(0, column - 1)...min(geometry.tileColumns - 1, column + 1) {
                for sample in 0..<ScanStatistics.samplesPerTile {
                    let mean = statistics.pixelMeans[
                        (r * ScanStatistics.samplesPerTile + sample) * geometry.tileColumns + c]
                    if mean >= 0, Double(mean) <= point.evidence.mean { return true }
                }
            }
        }
        return false
    }

    /// Whether a point is no more than lines and their own smear.
    private func isSmear(_ point: PointEvidence, of lines: [DefectLine]) -> Bool {
        let near = lines.filter { $0.reaches(point, geometry) }
        guard !near.isEmpty else { return false }
        let most = near.reduce(0) { $0 + abs($1.offset) }
        return abs(point.evidence.offset) <= Self.smearOfLines * most || near.contains { $0.contains(point) }
    }

    /// Of the lines' offsets, which are means: a half more for what scatters along them. A choice; what is stronger has an entry
    /// of its own.
    private static let smearOfLines = 1.5

    /// A detail of a fixed view is wider than a pixel on all sides; a cluster is not.
    private func isDrawnByOptics(_ candidate: Candidate) -> Bool {
        let reach = candidate.reach
        if reach.up > 0, reach.down > 0, reach.left > 0, reach.right > 0 { return true }
        return candidate.evidence.contains { $0.touching >= Self.opticsShare }
            && (geometry.isLossless || Int(reach.up) + Int(reach.down) > 2 || Int(reach.left) + Int(reach.right) > 2)
    }

    /// What a lens has drawn, by its brightest pixel, and the rest. How much is left around it scatters by a spread.
    private func parted(_ clusters: [[PointEvidence]]) -> (stars: [[PointEvidence]], others: [[PointEvidence]]) {
        let kind = recognition.kind
        func isStar(_ cluster: [PointEvidence]) -> Bool {
            guard kind == .flats || cluster[0].evidence.offset > 0 else { return false }
            let scatter = 1 / cluster[0].spreads
            guard let border = cluster[0].candidate.border else {
                // Dust lies on the glass before the sensor, and is wider than what interpolation and compression leave of a cell.
                if cluster[0].evidence.offset < 0 { return isWide(cluster[0].candidate) }
                let least = geometry.isLossless ? Self.starBorder : Self.starBorderOfBlocks
                return Double(cluster[0].candidate.spill) >= least + scatter
            }
            return Double(border.middle) >= Self.starBorder + scatter
                || Double(border.quarter) >= Self.starBorder / 2 + scatter / 2
        }
        return (clusters.filter(isStar), clusters.filter { !isStar($0) })
    }

    /// Of the brightest pixel's offset, what lies around the half that is brightest: a star that is as sharp as one pixel can
    /// be (half as wide in deviations) leaves an eighth in those that touch, wider ones a third in the middle and half of
    /// this on all sides; a defect nothing, or the few per cent that pixels of a sensor pass on. Of interpolated colours without
    /// loss (`Candidate.spill`) cells have 0.1 at most and stars 0.29 and more, as `Benchmarks/detection/coloured.py` makes them.
    private static let starBorder = 0.125
    /// In a JPEG colours of half the resolution give all colours something of one. Of 800 cells of 30 levels and more 1 in 100
    /// has more, and of 180 stars as bright 1 in 100 has less.
    private static let starBorderOfBlocks = 0.45

    /// What compression leaves of a faint defect may have lost its colour.
    private func isSurelyLight(_ point: PointEvidence) -> Bool {
        point.evidence.offset > 0 && (geometry.isLossless || abs(point.brightness) > Self.strongestSmear)
    }

    /// Of dark frames: fewer spots may be lamps of the camera, or defects that have bled into those around them, and are listed
    /// with low confidence.
    private static let fewestStars = 10

    /// Whether a pixel's offset goes on, up and down or left and right, beyond what the format smears of a point.
    private func isStroke(_ candidate: Candidate) -> Bool {
        let reach = candidate.reach
        let longest = max(Int(reach.up) + Int(reach.down), Int(reach.left) + Int(reach.right))
        return longest > (geometry.isLossless && geometry.colours == 1 ? 0 : Self.smearedPixels)
    }

    /// Interpolation of colours and compression leave a quarter of an offset in one pixel on either side.
    private static let smearedPixels = 2

    private func spot(_ cluster: [PointEvidence]) -> ExcludedRegion {
        let rows = cluster.map(\.row)
        let columns = cluster.map(\.column)
        return ExcludedRegion(
            kind: .dust, row: rows.min()!, column: columns.min()!, rows: rows.max()! - rows.min()! + 1,
            columns: columns.max()! - columns.min()! + 1)
    }

    /// Those of enough evidence, and of frames in which nothing is smeared the pixels of their clusters.
    private func withHidden(
        _ weighed: [PointEvidence], _ weighing: PointWeighing, needed: Double
    ) -> [PointEvidence] {
        var points = weighed.filter { $0.strength >= needed }
        guard geometry.isLossless, geometry.colours == 1 else { return points }
        var open = weighed.filter { $0.strength < needed }
        let mutual = Set(mutuallyHidden(open, weighing).map { PixelPlace(row: $0.row, column: $0.column) })
        func isMutual(_ point: PointEvidence) -> Bool {
            mutual.contains(PixelPlace(row: point.row, column: point.column))
        }
        points += open.filter(isMutual).map { $0.with(strength: needed) }
        open.removeAll(where: isMutual)
        var last = points
        while !last.isEmpty, !open.isEmpty {
            let byRow = Dictionary(grouping: last, by: \.row)
            func near(_ point: PointEvidence) -> [PointEvidence] {
                (-shape.neighbourDistance...shape.neighbourDistance).flatMap { byRow[point.row + $0] ?? [] }
            }
            let found = open.filter { weighing.isHidden($0, by: near($0)) }.map { $0.with(strength: needed) }
            let places = Set(found.map { PixelPlace(row: $0.row, column: $0.column) })
            open = open.filter { !places.contains(PixelPlace(row: $0.row, column: $0.column)) }
            points += found
            last = found
        }
        return points
    }

    private func mutuallyHidden(_ open: [PointEvidence], _ weighing: PointWeighing) -> [PointEvidence] {
        let silent = open.filter { $0.evidence.above == 0 && $0.evidence.below == 0 }
        let byRow = Dictionary(grouping: silent, by: \.row)
        let distance = shape.neighbourDistance
        return silent.filter { point in
            [-distance, 0, distance].contains { step in
                byRow[point.row + step, default: []].contains { weighing.hideEachOther(point, $0) }
            }
        }
    }

    /// Without parts of lines where most of what looks like one is drawn by the scene: its lines come in numbers, and defective
    /// ones seldom do.
    private func findLines(_ weighing: PointWeighing) -> [DefectLine] {
        let found = searchLines(weighing)
        return found.lines.count >= found.drawn ? found.lines : found.lines.filter { $0.isWhole(geometry) }
    }

    /// Sums of a sample: see `LineSearch`.
    private var lineScale: Double {
        shape.sampleType == .f32 || statistics.isFloat ? DefectScan.floatScale : Double(frameCount)
    }

    /// How bright it is beside a line.
    func ground(of line: DefectLine) -> Double? {
        profile.ground(of: line)
    }

    private var profile: LineProfile { LineProfile(statistics, frameCount: frameCount, scale: lineScale) }

    private func searchLines(_ weighing: PointWeighing) -> LineSearch.LinesFound {
        LineSearch(statistics: statistics, frameCount: frameCount, scale: lineScale) { level in
            weighing.offsetNeeded(
                ChannelEvidence(
                    above: 0, below: 0, blindAbove: 0, blindBelow: 0, mean: level, ringMean: level, variance: 0,
                    ringVariance: 0, touching: 0))
        }.find()
    }

    /// The largest sample that the photos are sure to have, from means and variances: a pixel's greatest value is no less
    /// than its sum of squares over its sum.
    var white: Double {
        if shape.bitsPerSample == 8 { return 255 }
        var white = 0.0
        for candidate in candidates {
            for evidence in candidate.evidence where evidence.mean > 0 {
                white = max(white, evidence.mean + Double(evidence.variance) / evidence.mean)
            }
        }
        for (mean, variance) in zip(statistics.pixelMeans, statistics.pixelVariances) where mean > 0 {
            white = max(white, Double(mean) + Double(max(0, variance)) / Double(mean))
        }
        return white
    }

    private func limit(_ weighing: PointWeighing) -> Double? {
        let channel = geometry.mainChannel
        guard !recognition.contrasts.isEmpty, let spread = spreads.typical(channel) else { return nil }
        let level = statistics.level
        let contrast = Selection.median(recognition.contrasts)
        let needed = weighing.offsetNeeded(
            ChannelEvidence(
                above: 0, below: 0, blindAbove: 0, blindBelow: 0, mean: level, ringMean: level, variance: 0,
                ringVariance: contrast * contrast, touching: 0))
        return DetectionLimit(
            weighing: weighing, contrasts: recognition.contrasts, dispersion: weighing.dispersion?.typical,
            spread: spread,
            share: shares.share(shape.height / 2, shape.width / 2, channel, .above), offsetNeeded: needed
        ).offset()
    }
}
