import Synchronization

/// What detection found in one group of photos.
public struct Detection: Sendable, Equatable {
    /// The most certain first; among equals in order of row and column.
    public let defects: [Defect]
    /// Parts of the frame where nothing can be said, or where what stands out is no defect of a pixel.
    public let excludedRegions: [ExcludedRegion]
    /// How far residuals at places without a defect scatter, beside what independent scenes would give (about 1);
    /// nil without confirmation.
    public let sceneCorrelation: Double?
    /// Whether the photos all show the same, so that a detail of the scene looks like one of the sensor.
    public var isStaticScene: Bool { excludedRegions.contains { $0.kind == .staticScene } }
}

/// Looks for defects while a group of photos is accumulated.
///
/// After the first half of the photos it takes candidates generously; in the second half the neighbourhood of each is
/// recorded, photo by photo; the maps of all photos and these records decide.
final class DefectSearch: Sendable {
    private let settings: DetectionSettings
    private let shape: FrameShape
    private let codedUnit: CodedUnit
    private let workers: Int
    private let seconds = Mutex(0.0)

    init(_ settings: DetectionSettings, shape: FrameShape, codedUnit: CodedUnit, workers: Int) {
        self.workers = workers
        self.settings = settings
        self.shape = shape
        self.codedUnit = codedUnit
    }

    /// Seconds spent on looking for candidates between the halves.
    var scoutSeconds: Double { seconds.withLock { $0 } }

    /// Bytes that looking for defects in `photos` of one shape takes besides the accumulators, at most (estimate).
    static func memoryBytes(_ settings: DetectionSettings, photos: Int, shape: FrameShape, workers: Int) -> Int {
        let positions = CandidateSearch.limit(shape) + ProbePositions.count
        let bytesPerPosition =
            Witness.byteCount(channels: shape.channels)
            + (settings.confirmation == .full ? photos * MemoryLayout<Int32>.size : 0)
        return CandidateSearch.memoryBytes(shape, workers: workers) + positions * bytesPerPosition
    }

    /// A candidate of the first half may be weak, because the second half and the whole have to bear it out.
    static let leastProminenceOfHalf = 3.5
    static let leastProminence = 4.0

    /// The same of variances; `photos`: in the first half.
    static func leastVarianceShiftOfHalf(_ settings: DetectionSettings, photos: Int) -> Double {
        Evidence.leastVarianceShiftOfHalf(photos: 2 * photos) * settings.sensitivity.evidenceNeeded
    }

    /// Chooses what is recorded in the second half of the photos.
    func scout(_ accumulators: Accumulators) -> Scouting {
        let start = monotonicSeconds()
        defer { seconds.withLock { $0 += monotonicSeconds() - start } }
        let candidates = CandidateSearch.run(
            accumulators, codedUnit: codedUnit, leastProminence: Self.leastProminenceOfHalf,
            leastVarianceShift: Self.leastVarianceShiftOfHalf(settings, photos: accumulators.frameCount),
            workers: workers)
        return Scouting(candidates, sensitivity: settings.sensitivity, shape: shape)
    }

    private func candidates(_ accumulators: Accumulators) -> [Candidate] {
        CandidateSearch.run(
            accumulators, codedUnit: codedUnit, leastProminence: Self.leastProminence, workers: workers)
    }

    /// Judges the finished accumulators; nil when there are too few photos to judge.
    /// `scouting`: what `scout` asked for, with its records of the second half; `lookAtAll`: records pixels in all
    /// photos, when that is wanted.
    func judge(
        _ accumulators: Accumulators, _ scouting: Scouting?,
        lookAtAll: (([WitnessRecorder.Position]) -> CompleteRecord)? = nil
    ) -> Detection? {
        guard accumulators.frameCount >= DetectionSettings.minimumFrames else { return nil }
        return Self.judge(
            shape, photos: accumulators.frameCount, scouting, settings, codedUnit,
            flatRegions: FlatRegions.find(accumulators, workers: workers),
            candidates: { candidates(accumulators) }, accumulators: { _ in accumulators }, lookAtAll: lookAtAll)
    }

    /// The decision itself, from all that has been found. `accumulators`: see `DefectJudgement`.
    static func judge(
        _ shape: FrameShape, photos: Int, _ scouting: Scouting?, _ settings: DetectionSettings,
        _ codedUnit: CodedUnit, flatRegions: [ExcludedRegion], candidates: () -> [Candidate],
        accumulators: @escaping (Candidate) -> Accumulators?,
        lookAtAll: (([WitnessRecorder.Position]) -> CompleteRecord)? = nil
    ) -> Detection {
        var regions = flatRegions
        let spread = scouting.map { NullSpread.of($0.recorder, shape: shape) }
        if let spread, spread >= NullSpread.ofStaticScene {
            regions.append(.wholeFrame(.staticScene, shape))
            return Detection(defects: [], excludedRegions: regions, sceneCorrelation: spread)
        }
        let candidates = candidates().filter { candidate in
            !regions.contains { $0.touches(candidate.row, candidate.column, codedUnit: codedUnit) }
        }
        var judge = DefectJudgement(
            shape: shape, photos: photos, accumulators: accumulators, settings: settings,
            recorder: scouting?.recorder, scouted: scouting?.byPosition ?? [:], nullSpread: spread ?? 1)
        judge.complete = lookAtAll?(candidates.compactMap(judge.placeToConfirm))
        var defects: [Defect] = []
        for candidate in candidates
        // Candidates come with the most prominent first: it tells how far a spot reaches.
        where !regions.contains(where: { $0.kind == .dust && $0.contains(candidate.row, candidate.column) }) {
            switch judge.verdict(on: candidate) {
            case .defect(let defect): defects.append(defect)
            case .extended(let region): regions.append(region)
            case .notSupported: break
            }
            accumulators(candidate)?.release(rows: DefectJudgement.rowsSeen(from: candidate.row))
        }
        let patterns = BlockPatterns.split(defects)
        let overlays = OverlayRegions.split(patterns.defects)
        regions += patterns.regions
        defects = overlays.defects.filter { settings.classes.contains($0.class) }
        defects.sort {
            $0.evidence != $1.evidence ? $0.evidence > $1.evidence : ($0.row, $0.column) < ($1.row, $1.column)
        }
        return Detection(
            defects: defects, excludedRegions: (regions + overlays.regions).sorted(), sceneCorrelation: spread)
    }
}
