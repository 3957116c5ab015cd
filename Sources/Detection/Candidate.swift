/// What is known of one channel of a pixel that is looked at closely.
struct ChannelEvidence: Sendable, Equatable {
    let above: UInt16
    let below: UInt16
    let blindAbove: UInt16
    let blindBelow: UInt16
    /// Over the frames, in samples.
    let mean: Double
    /// Middle of the eight neighbours' means.
    let ringMean: Double
    let variance: Double
    let ringVariance: Double
    /// The largest offset of the four touching pixels from their own neighbours, to the same side, as a share of this
    /// one's: 0 for a single pixel, 1/4 and more for what optics have drawn.
    let touching: Float
    /// How uneven the means of the eight pixels twice as far away lie, but for one of them, which may be a defect, too: see
    /// `Ring.unevenness`.
    var unevenness: Float = 0
    /// `farMean`; infinite where it is not known, which takes eight bytes less.
    var storedFarMean = Double.infinity
    /// Middle of the means further away, which blocks of five by five do not reach; nil where it is not known.
    var farMean: Double? {
        get { storedFarMean.isFinite ? storedFarMean : nil }
        set { storedFarMean = newValue ?? .infinity }
    }

    var offset: Double { mean - ringMean }

    /// The same with what lies further away for its neighbours, if those near by are as it is, or brighter than all around.
    var fromAfar: ChannelEvidence {
        guard let farMean else { return self }
        let far = mean - farMean
        guard abs(offset) < abs(far) / 2 || far / offset < 0.5 else { return self }
        return ChannelEvidence(
            above: above, below: below, blindAbove: blindAbove, blindBelow: blindBelow, mean: mean, ringMean: farMean,
            variance: variance, ringVariance: ringVariance, touching: touching, unevenness: unevenness)
    }
    var hits: Int { Int(above) + Int(below) }
}

/// A pixel that is looked at closely, with one evidence per colour.
struct Candidate: Sendable, Equatable {
    let row: Int
    let column: Int
    /// Whether it has counters: those next to the frame's edges have none.
    let isCounted: Bool
    let evidence: [ChannelEvidence]
    /// Pixels up, down, left and right over which the offset of the main channel keeps a quarter of its size.
    let reach: Reach
    /// Pixels up, down, left and right that are tinged by it; none of single samples.
    let tinge: Reach
    /// See `Blob`; nil where that cannot be seen.
    let border: Blob.Border?
    /// Of the largest offset, what the four touching pixels have on average, and each of them half of, in one colour more than
    /// in which a single cell of the sensor can: interpolation spreads a cell over its neighbours in its own colour alone, and
    /// light is of all colours. A star between two pixels leaves little on its far side.
    let spill: Float

    /// With what lies further away for its neighbours where those near by are not what is around: on even ground.
    var fromAfar: Candidate {
        Candidate(
            row: row, column: column, isCounted: isCounted, evidence: evidence.map(\.fromAfar),
            reach: reach, tinge: tinge, border: border, spill: spill)
    }

    struct Reach: Sendable, Equatable {
        var up: UInt8 = 0, down: UInt8 = 0, left: UInt8 = 0, right: UInt8 = 0
    }

    var sighting: Sighting {
        Sighting(
            row: row, column: column, strength: evidence.reduce(0) { max($0, abs($1.offset)) },
            hits: evidence.reduce(0) { max($0, $1.hits) })
    }
}

/// Candidates by rows of tiles, with a bound on their number: of each tile the strongest are kept, as many as the bound
/// allows for all tiles alike. What is kept does not depend on the order in which candidates come.
struct CandidateStore: Sendable {
    /// As many as one million pixels of defects at ten per cent, or twelve million at one per cent, need; some hundred bytes
    /// each, which every memory limit has to leave room for.
    static let capacity = 1 << 17
    /// How many are collected before the bound is worked out: soon, so that few are looked at in vain.
    static let room = capacity + capacity / 4
    /// A quarter of a tile's pixels: more of them are a pattern.
    private static let mostPerTile = 256

    private let tileSize: Int
    private var tileRows: [[Candidate]]
    private(set) var perTile = mostPerTile
    private var count = 0
    private(set) var isTruncated = false

    init(_ geometry: FrameGeometry) {
        tileSize = geometry.tileSize
        tileRows = Array(repeating: [], count: geometry.tileRows)
    }

    /// `isTruncated`: whether a tile had more than `perTile`, of which these are the strongest.
    mutating func add(_ candidates: [Candidate], isTruncated: Bool = false) {
        self.isTruncated = self.isTruncated || isTruncated
        for candidate in candidates { tileRows[candidate.row / tileSize].append(candidate) }
        count += candidates.count
        if count > Self.room { prune() }
    }

    private mutating func prune() {
        tidy()
        while count > Self.capacity, perTile > 1 {
            perTile /= 2
            tidy()
        }
    }

    private mutating func tidy() {
        count = 0
        for index in tileRows.indices {
            let strongest = Sighting.strongest(tileRows[index], most: perTile, tileSize: tileSize, \.sighting)
            isTruncated = isTruncated || strongest.isTruncated
            tileRows[index] = strongest.kept
            count += strongest.kept.count
        }
    }

    /// All that are kept, in the order of rows and columns.
    mutating func finish() -> [Candidate] {
        prune()
        return tileRows.flatMap { $0 }
    }
}
