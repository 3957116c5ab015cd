import Synchronization

/// Looks for defects where the accumulators of a frame come band by band and go again: gives what `DefectSearch` gives
/// for the whole frame.
///
/// Which candidates are the strongest of the frame is only known at its end. Until then whatever may be one of them is
/// recorded, and around those that may come on the list the moments are kept, for the judgement at the end.
/// Bands come in any order and from any thread.
final class BandwiseDefectSearch: Sendable {
    private let settings: DetectionSettings
    private let shape: FrameShape
    private let codedUnit: CodedUnit
    private let photoCount: Int
    private let firstHalfCount: Int
    private let mostPatches: Int
    /// Of the first half; nil without confirmation.
    private let scouted: CandidateSieve?
    private let judged: CandidateSieve
    private let probes: [[WitnessRecorder.Position]]
    private let state: Mutex<State>
    // One for each worker.
    private nonisolated(unsafe) let reliefs: [ReliefBand]

    /// What was recorded in one band: the candidates of the first half that may be among the strongest, and probes.
    private struct Record {
        let candidates: [WitnessRecorder.Position: Candidate]
        let recorder: WitnessRecorder
    }

    private struct State {
        /// By band, while it is needed.
        var records: [Record?]
        /// Whose judgement they are needed for.
        var bandsOfRecords: BandsOverStrips
        /// Of probes, and of what lies near candidates that may come on the list.
        var witnesses: [WitnessRecorder.Position: Witness] = [:]
        /// The moments near candidates that may come on the list.
        var patches: [WitnessRecorder.Position: Accumulators] = [:]
        var flatMeans: [[Double?]]
    }

    /// `photos` in all, every other one in the half that is scouted where `settings` ask for confirmation. `patchBytes`
    /// at most are taken by moments that are kept.
    init(
        _ settings: DetectionSettings, shape: FrameShape, codedUnit: CodedUnit, photos: Int, workers: Int,
        patchBytes: Int
    ) {
        self.settings = settings
        self.shape = shape
        self.codedUnit = codedUnit
        photoCount = photos
        firstHalfCount = PhotoHalves.firstCount(of: photos)
        mostPatches = patchBytes / Self.bytesPerPatch(shape)
        scouted = settings.confirms(photos: photos) ? CandidateSieve(shape, codedUnit: codedUnit) : nil
        judged = CandidateSieve(shape, codedUnit: codedUnit)
        let bandCount = ReliefBand.count(shape)
        var probes = [[WitnessRecorder.Position]](repeating: [], count: bandCount)
        for position in ProbePositions.of(shape) { probes[position.row / ReliefBand.rowCount].append(position) }
        self.probes = probes
        state = Mutex(
            State(
                records: [Record?](repeating: nil, count: bandCount),
                bandsOfRecords: BandsOverStrips(
                    bands: (0..<bandCount).map { max(0, $0 - 1)..<min(bandCount, $0 + 2) }, rowsPerStrip: 1,
                    stripCount: bandCount),
                flatMeans: [[Double?]](
                    repeating: [], count: (shape.height + FlatRegions.cellSide - 1) / FlatRegions.cellSide)))
        reliefs = (0..<workers).map { _ in ReliefBand(shape) }
    }

    // MARK: Between the halves

    /// Chooses what of a band is recorded in the second half of the photos; `accumulators` hold the first. Where there is
    /// a first half.
    func scout(band: Int, of accumulators: Accumulators, worker: Int) {
        guard let scouted else { return }
        let relief = reliefs[worker]
        relief.compute(band: band, of: accumulators, frameCount: firstHalfCount)
        let found = CandidateSearch.candidates(
            relief, shape: shape, leastProminence: DefectSearch.leastProminenceOfHalf,
            leastVarianceShift: DefectSearch.leastVarianceShiftOfHalf(settings, photos: firstHalfCount))
        let candidates = scouted.add(found, of: relief.rows)
        let record = Record(
            candidates: Dictionary(uniqueKeysWithValues: candidates.map { ($0.position, $0) }),
            recorder: WitnessRecorder(shape: shape, positions: candidates.map(\.position) + probes[band]))
        state.withLock { $0.records[band] = record }
    }

    /// Those whose positions' neighbourhoods reach into these rows, with the bands they belong to.
    func recorders(reaching rows: Range<Int>) -> [(band: Int, recorder: WitnessRecorder)] {
        let first = max(0, rows.lowerBound - Neighbourhood.margin) / ReliefBand.rowCount
        let last = min(shape.height - 1, rows.upperBound - 1 + Neighbourhood.margin) / ReliefBand.rowCount
        return state.withLock { state in
            (first...last).compactMap { band in state.records[band].map { (band, $0.recorder) } }
        }
    }

    // MARK: After all photos

    /// Looks for candidates in a band of which `accumulators` hold all photos, and keeps what their judgement needs.
    /// False when that is more than there is room for, as where all photos show one scene.
    func judge(band: Int, of accumulators: Accumulators, worker: Int) -> Bool {
        let relief = reliefs[worker]
        relief.compute(band: band, of: accumulators, frameCount: photoCount)
        let found = CandidateSearch.candidates(relief, shape: shape, leastProminence: DefectSearch.leastProminence)
        let candidates = judged.add(found, of: relief.rows)
        let firstCell = relief.rows.lowerBound / FlatRegions.cellSide
        let lastCell = (relief.rows.upperBound - 1) / FlatRegions.cellSide
        let flatMeans = (firstCell...lastCell).map { FlatRegions.flatMeans(accumulators, ofCellRow: $0) }
        let records = state.withLock { state in
            state.flatMeans.replaceSubrange(firstCell...lastCell, with: flatMeans)
            return state.records
        }
        for candidate in candidates {
            let seen = scouted != nil ? seen(near: candidate, records) : nil
            guard
                DefectJudgement.mayBeListed(
                    candidate, seen: seen, photos: photoCount, shape: shape, settings)
            else { continue }
            guard keep(candidate, seen ?? [], of: accumulators) else { return false }
        }
        state.withLock { state in
            if let recorder = records[band]?.recorder {
                for probe in probes[band] {
                    state.witnesses[probe] = recorder.witness(row: probe.row, column: probe.column)
                }
            }
            for band in state.bandsOfRecords.bandIsDone(band) { state.records[band] = nil }
        }
        return true
    }

    /// What was recorded of a candidate and its direct neighbours.
    private func seen(near candidate: Candidate, _ records: [Record?]) -> [(first: Candidate, witness: Witness)] {
        Neighbourhood.nearestFirst.compactMap { rowStep, columnStep in
            let place = WitnessRecorder.Position(row: candidate.row + rowStep, column: candidate.column + columnStep)
            // Hardly any place was recorded; of those, probes are no candidates.
            guard let record = records[place.row / ReliefBand.rowCount],
                let witness = record.recorder.witness(row: place.row, column: place.column),
                let first = record.candidates[place]
            else { return nil }
            return (first, witness)
        }
    }

    /// False when there is no room for it.
    private func keep(
        _ candidate: Candidate, _ seen: [(first: Candidate, witness: Witness)], of accumulators: Accumulators
    ) -> Bool {
        let rows = DefectJudgement.rowsSeen(from: candidate.row).clamped(to: 0..<shape.height)
        let columns = DefectJudgement.columnsSeen(from: candidate.column).clamped(to: 0..<shape.width)
        guard state.withLock({ $0.patches.count < mostPatches }),
            let patch = try? Accumulators(shape: shape, kind: .exact, rowsHeld: rows.count, columnsHeld: columns)
        else { return false }
        patch.frameCount = photoCount
        for row in rows {
            let start = row * shape.samplesPerRow
            patch.copy(
                start + columns.lowerBound * shape.channels..<start + columns.upperBound * shape.channels,
                from: accumulators)
        }
        state.withLock { state in
            state.patches[candidate.position] = patch
            for (first, witness) in seen { state.witnesses[first.position] = witness }
        }
        return true
    }

    /// Once all bands have been judged.
    func detection() -> Detection? {
        guard photoCount >= DetectionSettings.minimumFrames else { return nil }
        let (witnesses, flatMeans, patches) = state.withLock { ($0.witnesses, $0.flatMeans, $0.patches) }
        let scouting = scouted.map { scouted in
            let recorder = WitnessRecorder(shape: shape, positions: witnesses.keys)
            recorder.restore(recorder.positions.map { witnesses[$0]! })
            return Scouting(scouted.strongest, sensitivity: settings.sensitivity, recorder: recorder)
        }
        return DefectSearch.judge(
            shape, photos: photoCount, scouting, settings, codedUnit,
            flatRegions: FlatRegions.regions(flatMeans, shape), candidates: { judged.strongest },
            accumulators: { patches[$0.position] })
    }

    // MARK: Memory

    /// Room for what has to be kept of ordinary photos, some dozens of candidates, and, as far as there are bytes left, of
    /// sensors with thousands of defects. Where there are more, the whole frame can as well be kept.
    static func patchBytes(_ shape: FrameShape, left: Int) -> Int {
        min(ordinaryPatchBytes + left, Accumulators.byteCount(shape: shape, kind: .exact) / 4)
    }

    private static let ordinaryPatchBytes = 8 << 20

    private static func bytesPerPatch(_ shape: FrameShape) -> Int {
        let side = 2 * DefectJudgement.reach + 1
        let patch = FrameShape(
            width: side, height: side, channels: shape.channels, bitsPerSample: shape.bitsPerSample)
        // Of both arrays the last page is not full.
        return Accumulators.byteCount(shape: patch, kind: .exact) + 2 * 4096
    }
}
