/// What a state knows of the halves in which photos are accumulated when defects are confirmed photo by photo.
struct StateConfirmation: Sendable, Codable {
    /// Ordered by hash.
    let damaged: [DamagedPhoto]
    /// Nil before the first half is complete.
    let scouting: StateScouting?

    init(damaged: some Sequence<DamagedPhoto>, scouting: Scouting?) {
        self.damaged = damaged.sorted { $0.precedes($1) }
        self.scouting = scouting.map(StateScouting.init)
    }

    /// Says what no state of this frame can say; nil when all is well.
    func contradiction(_ frame: FrameShape, photos: [StatePhoto], unfinished: [StatePhoto]) -> String? {
        let half = scouting == nil ? 0 : 1
        guard photos.allSatisfy({ (0...half).contains($0.half ?? -1) }), unfinished.allSatisfy({ $0.half == half })
        else { return "photos in the wrong half" }
        return scouting?.contradiction(frame)
    }
}

/// What was chosen after the first half of the photos. The records of it follow the moments.
struct StateScouting: Sendable, Codable {
    let sensitivity: DetectionSensitivity
    /// In order of row, then column.
    let candidates: [StateCandidate]

    init(_ scouting: Scouting) {
        sensitivity = scouting.sensitivity
        candidates = scouting.candidates.map(StateCandidate.init)
    }

    fileprivate func contradiction(_ frame: FrameShape) -> String? {
        let margin = Neighbourhood.margin
        let areInside = candidates.allSatisfy {
            $0.row >= margin && $0.row < frame.height - margin && $0.column >= margin
                && $0.column < frame.width - margin
        }
        let areInOrder = zip(candidates, candidates.dropFirst()).allSatisfy {
            ($0.row, $0.column) < ($1.row, $1.column)
        }
        guard areInside, areInOrder else { return "candidates where none can be" }
        guard candidates.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else { return "candidates without numbers" }
        return nil
    }

    /// How many records there are.
    func recordCount(_ frame: FrameShape) -> Int {
        Scouting.positions(candidates.map(\.candidate), shape: frame).count
    }

    /// Nothing recorded so far.
    func scouting(_ frame: FrameShape) -> Scouting {
        Scouting(candidates.map(\.candidate), sensitivity: sensitivity, shape: frame)
    }
}

/// A candidate to the last bit.
struct StateCandidate: Sendable, Codable {
    let row: Int
    let column: Int
    /// Mean shift and score, variance shift and score: the bits of float64, as 16 hexadecimal digits each.
    private let bits: [String]

    init(_ candidate: Candidate) {
        row = candidate.row
        column = candidate.column
        bits = [candidate.meanShift, candidate.meanScore, candidate.varianceShift, candidate.varianceScore].map {
            let digits = String($0.bitPattern, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }

    /// Four numbers; what is no number is NaN.
    var values: [Double] {
        (0..<4).map { index in
            index < bits.count ? UInt64(bits[index], radix: 16).map(Double.init(bitPattern:)) ?? .nan : .nan
        }
    }

    var candidate: Candidate {
        let values = values
        return Candidate(
            row: row, column: column, meanShift: values[0], meanScore: values[1], varianceShift: values[2],
            varianceScore: values[3])
    }
}
