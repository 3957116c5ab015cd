import CKernels
import FastPixFrames
import FastPixPlatform

/// In what share of the frames a sound pixel lies above, or below, its neighbours at a place: that of the tile and those
/// around it, times the factor of the place in the coded block or colour pattern (block corners keep more of a pixel).
struct ExpectedShare {
    private let geometry: FrameGeometry
    private let frameCount: Int
    /// [tile row][tile column][channel]
    private let tiles: [Shares]
    /// [row % period][column % period][channel]
    private let factors: [Shares]

    private struct Shares {
        var above = 0.0, below = 0.0
    }

    enum Side { case above, below, either }

    init(_ statistics: ScanStatistics, _ dispersion: CountDispersion, frameCount: Int) {
        geometry = statistics.geometry
        self.frameCount = frameCount
        let channels = geometry.shape.channels
        func shares(_ sums: fpx_persistence_sums) -> Shares {
            let frames = Double(sums.places) * Double(frameCount)
            return Shares(
                above: Double(sums.above) / max(1, frames - Double(sums.blind_above)),
                below: Double(sums.below) / max(1, frames - Double(sums.blind_below)))
        }
        // Two standard errors more. Where photos repeat themselves it is pixels that count, not pixels times photos.
        func most(_ share: Double, _ places: UInt64, _ scatter: Double) -> Double {
            let frames = Double(max(1, places)) * Double(frameCount)
            return share + 2 * scatter * (share * max(0, 1 - share) / frames).squareRoot()
        }
        var tiles: [Shares] = []
        for row in 0..<geometry.tileRows {
            for column in 0..<geometry.tileColumns {
                for channel in 0..<channels {
                    var sums = fpx_persistence_sums()
                    for r in max(0, row - 1)...min(geometry.tileRows - 1, row + 1) {
                        for c in max(0, column - 1)...min(geometry.tileColumns - 1, column + 1) {
                            sums.add(statistics.tiles[(r * geometry.tileColumns + c) * channels + channel])
                        }
                    }
                    let share = shares(sums)
                    let scatter = dispersion.factor(row * geometry.tileSize, column * geometry.tileSize)
                    tiles.append(
                        Shares(
                            above: most(share.above, sums.places, scatter),
                            below: most(share.below, sums.places, scatter)))
                }
            }
        }
        self.tiles = tiles
        var totals = [fpx_persistence_sums](repeating: fpx_persistence_sums(), count: channels)
        for index in statistics.phases.indices { totals[index % channels].add(statistics.phases[index]) }
        factors = statistics.phases.enumerated().map { index, sums in
            let all = shares(totals[index % channels])
            let here = shares(sums)
            return Shares(
                above: max(Self.leastFactor, here.above / max(all.above, 1e-9)),
                below: max(Self.leastFactor, here.below / max(all.below, 1e-9)))
        }
    }

    /// Of places of which a block hardly ever makes an extreme. Measured 0.5 to 1.6: a smaller one would be few counts.
    private static let leastFactor = 0.2
    /// Shares outside are not told from these by any number of frames that is usual.
    private static let range = 0.005...0.7

    func share(_ row: Int, _ column: Int, _ channel: Int, _ side: Side) -> Double {
        let channels = geometry.shape.channels
        let tile =
            tiles[
                (row / geometry.tileSize * geometry.tileColumns + column / geometry.tileSize) * channels + channel]
        let period = geometry.period
        let factor = factors[(row % period * period + column % period) * channels + channel]
        let share =
            switch side {
            case .above: tile.above * factor.above
            case .below: tile.below * factor.below
            case .either: tile.above * factor.above + tile.below * factor.below
            }
        return min(Self.range.upperBound, max(Self.range.lowerBound, share))
    }

    /// How surprising a candidate's count is: 0 where too few frames can tell.
    func score(_ candidate: Candidate, _ channel: Int, _ side: Side) -> Double {
        let evidence = candidate.evidence[channel]
        let hits: Int
        let blind: Int
        switch side {
        case .above: (hits, blind) = (Int(evidence.above), Int(evidence.blindAbove))
        case .below: (hits, blind) = (Int(evidence.below), Int(evidence.blindBelow))
        case .either:
            (hits, blind) = (
                Int(evidence.above) + Int(evidence.below), min(Int(evidence.blindAbove), Int(evidence.blindBelow))
            )
        }
        let telling = frameCount - blind
        guard telling >= max(Self.fewestFrames, Int(Self.leastTelling * Double(frameCount))) else { return 0 }
        return Self.score(hits: hits, frames: telling, share: share(candidate.row, candidate.column, channel, side))
    }

    /// As the least number of photos for which there is a list.
    private static let fewestFrames = DetectionSettings.minimumFrames
    /// Of all frames, as the few in which a place is not clipped are seldom like the rest; so few must all agree to tell.
    private static let leastTelling = 0.15

    /// The signed root of the likelihood ratio of a binomial count (Wilks 1938): as many standard deviations of a normal
    /// distribution, but right in its far tail, where a quotient of count and deviation says twice as many.
    static func score(hits: Int, frames: Int, share: Double) -> Double {
        let n = Double(frames)
        let h = Double(min(hits, frames))
        let observed = h / n
        guard observed != share else { return 0 }
        var likelihood = 0.0
        if h > 0 { likelihood += h * log(observed / share) }
        if h < n { likelihood += (n - h) * log((1 - observed) / (1 - share)) }
        let score = (2 * max(0, likelihood)).squareRoot()
        return observed > share ? score : -score
    }
}
