import Synchronization

/// A pixel that stands out from its neighbourhood in the maps of some photos.
struct Candidate: Sendable, Equatable {
    let row: Int
    let column: Int
    /// Mean minus the neighbourhood's, in samples, and in units of the local scale.
    let meanShift: Double
    let meanScore: Double
    /// Natural logarithm of the variance minus the neighbourhood's, and in units of the local scale.
    let varianceShift: Double
    let varianceScore: Double

    /// How far it stands out.
    var prominence: Double {
        max(abs(meanScore), abs(varianceShift) >= Self.notableVarianceShift ? abs(varianceScore) : 0)
    }

    /// Smaller differences in log-variance than this are common wherever scenes differ in sharpness.
    static let notableVarianceShift = 0.3

    /// The more prominent first; among equals the upper left.
    func isListedBefore(_ other: Candidate) -> Bool {
        if prominence != other.prominence { return prominence > other.prominence }
        return (row, column) < (other.row, other.column)
    }
}

/// Finds candidates in finished accumulators.
enum CandidateSearch {
    /// Candidates of at least this prominence, most prominent first, at most one per coded unit. Parallel; the
    /// result does not depend on the number of threads.
    static func run(
        _ accumulators: Accumulators, codedUnit: CodedUnit, leastProminence: Double,
        leastVarianceShift: Double = Candidate.notableVarianceShift,
        workers: Int
    ) -> [Candidate] {
        let shape = accumulators.shape
        guard accumulators.frameCount > 1, hasNeighbourhoods(shape) else { return [] }
        let bandCount = ReliefBand.count(shape)
        let next = Atomic(0)
        let found = Mutex<[Candidate]>([])
        // Not the kernels' team: its threads keep a processor busy for a while when they have nothing left to do,
        // and the next photos are waiting to be decoded.
        WorkerTeam.run(workers: min(workers, bandCount)) { _ in
            let relief = ReliefBand(shape)
            while true {
                let band = next.add(1, ordering: .relaxed).oldValue
                guard band < bandCount else { return }
                relief.compute(band: band, of: accumulators, frameCount: accumulators.frameCount)
                accumulators.release(rows: relief.rows)
                let ofBand = candidates(
                    relief, shape: shape, leastProminence: leastProminence, leastVarianceShift: leastVarianceShift)
                found.withLock { $0 += ofBand }
            }
        }
        return CandidateSuppression.strongest(found.withLock { $0 }, codedUnit: codedUnit, limit: limit(shape))
    }

    /// Whether a frame is so large that any pixel can be judged.
    static func hasNeighbourhoods(_ shape: FrameShape) -> Bool {
        min(shape.width, shape.height) > 2 * Neighbourhood.margin
    }

    /// How many candidates there are at most.
    static func limit(_ shape: FrameShape) -> Int {
        shape.width * shape.height * maximumPerMegapixel / 1_000_000 + fewestAtMost
    }

    /// What `run` holds at most: relief, and candidates of all bands before the weaker ones are dropped.
    static func memoryBytes(_ shape: FrameShape, workers: Int) -> Int {
        let found =
            min(ReliefBand.count(shape) * maximumPerBand, shape.width * shape.height) * MemoryLayout<Candidate>.stride
        return workers * ReliefBand.memoryBytes(shape) + 2 * found
    }

    /// So many that every defect is among them even where scenes are busy.
    private static let maximumPerMegapixel = 300
    private static let fewestAtMost = 256
    /// Fixed photos make every edge stand out; a band then keeps only the most prominent.
    private static let maximumPerBand = 4096

    /// Those of the band that `relief` holds, in any order.
    static func candidates(
        _ relief: ReliefBand, shape: FrameShape, leastProminence: Double,
        leastVarianceShift: Double = Candidate.notableVarianceShift
    ) -> [Candidate] {
        let margin = Neighbourhood.margin
        let least = Float(leastProminence)
        let notable = Float(leastVarianceShift)
        var found: [Candidate] = []
        for row in relief.rows where row >= margin && row < shape.height - margin {
            let start = (row - relief.rows.lowerBound) * shape.width
            relief.forEachOutstanding(
                row: row, leastProminence: least, leastVarianceShift: notable
            ) { column, cell in
                guard column >= margin, column < shape.width - margin else { return }
                let place = start + column
                let meanShift = relief.meanRelief[place]
                let varianceShift = relief.varianceRelief[place]
                // Beside a taller neighbour in its row it is the neighbour's slope.
                guard
                    abs(meanShift) >= relief.meanScale[cell] * least && isPeak(relief.meanRelief, place)
                        || abs(varianceShift) >= max(notable, relief.varianceScale[cell] * least)
                            && isPeak(relief.varianceRelief, place)
                else { return }
                found.append(
                    Candidate(
                        row: row, column: column, meanShift: Double(meanShift),
                        meanScore: Double(meanShift / relief.meanScale[cell]),
                        varianceShift: Double(varianceShift),
                        varianceScore: Double(varianceShift / relief.varianceScale[cell])))
            }
        }
        guard found.count > maximumPerBand else { return found }
        return Array(found.sorted { $0.isListedBefore($1) }.prefix(maximumPerBand))
    }

    /// Callers keep a margin to the ends of the row.
    private static func isPeak(_ relief: UnsafeMutablePointer<Float>, _ place: Int) -> Bool {
        let own = abs(relief[place])
        return own >= abs(relief[place - 1]) && own >= abs(relief[place + 1])
    }
}
