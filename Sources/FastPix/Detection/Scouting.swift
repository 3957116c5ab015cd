/// What the second half of the photos is looked at for, and what has been seen of it so far.
struct Scouting: Sendable {
    /// The candidates of the first half, in order of row, then column.
    let candidates: [Candidate]
    /// With which they were chosen.
    let sensitivity: DetectionSensitivity
    /// Records the candidates' neighbourhoods, and those of the probes.
    let recorder: WitnessRecorder

    /// Nothing recorded so far. At most one candidate for a pixel.
    init(_ candidates: [Candidate], sensitivity: DetectionSensitivity, shape: FrameShape) {
        self.init(
            candidates, sensitivity: sensitivity,
            recorder: WitnessRecorder(shape: shape, positions: Self.positions(candidates, shape: shape)))
    }

    /// With what was recorded of them.
    init(_ candidates: [Candidate], sensitivity: DetectionSensitivity, recorder: WitnessRecorder) {
        self.candidates = candidates.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        self.sensitivity = sensitivity
        self.recorder = recorder
    }

    /// What is recorded.
    static func positions(_ candidates: [Candidate], shape: FrameShape) -> Set<WitnessRecorder.Position> {
        Set(candidates.map(\.position) + ProbePositions.of(shape))
    }

    /// The candidates by their place.
    var byPosition: [WitnessRecorder.Position: Candidate] {
        Dictionary(uniqueKeysWithValues: candidates.map { ($0.position, $0) })
    }
}

extension Candidate {
    var position: WitnessRecorder.Position { WitnessRecorder.Position(row: row, column: column) }
}
