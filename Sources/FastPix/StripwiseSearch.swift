/// Searches one group of photos strip by strip, where nothing is wanted that needs accumulators of the whole frame.
struct StripwiseSearch {
    enum Outcome {
        case complete(AccumulationTiming, VarianceSummary, Detection?)
        /// A photo is not whole.
        case damaged(FailedPhoto)
        /// These photos, or these settings, take accumulators of the whole frame.
        case impossible
    }

    let shape: FrameShape
    let codedUnit: CodedUnit
    let accumulation: AccumulationSettings
    /// Nil: defects are not looked for.
    let detection: DetectionSettings?
    let top: Int

    /// How the work on these photos is divided; nil when they, or the settings, take accumulators of the whole frame.
    /// `otherBytes` of the memory limit are left to others.
    func plan(_ photos: [PhotoFile], otherBytes: Int = 0) -> StripwisePlan? {
        guard detection?.confirmation != .full, CandidateSearch.hasNeighbourhoods(shape) else { return nil }
        let judging = judging(photos)
        return StripwisePlan.fitting(
            photos, shape: shape, settings: accumulation,
            bands: judging.map { DetectionBands(shape, inHalves: $0.confirms(photos: photos.count)) },
            otherBytes: otherBytes + (judging.map { searchBytes($0, photos: photos.count) } ?? 0))
    }

    /// Nil when defects are not looked for in these photos.
    private func judging(_ photos: [PhotoFile]) -> DetectionSettings? {
        photos.count >= DetectionSettings.minimumFrames ? detection : nil
    }

    /// `otherBytes`: see `plan`. `progress` hears how many photos, or what part of one, are done with, from any thread.
    func run(
        _ photos: [PhotoFile], otherBytes: Int = 0, progress: @escaping @Sendable (Double) -> Void
    ) -> Outcome {
        guard let plan = plan(photos, otherBytes: otherBytes) else { return .impossible }
        let defectSearch = judging(photos).map {
            BandwiseDefectSearch(
                $0, shape: shape, codedUnit: codedUnit, photos: photos.count, workers: plan.workers,
                patchBytes: BandwiseDefectSearch.patchBytes(shape, left: plan.bytesLeft))
        }
        let summary = RunningVarianceSummary(shape: shape, frameCount: photos.count, top: top)
        let outcome = StripwiseAccumulation.run(
            plan, shape: shape, settings: accumulation, search: defectSearch, progress: progress,
            reader: { summary.add($0, rows: $1) })
        switch outcome {
        case .complete(var timing):
            let start = monotonicSeconds()
            let detected = defectSearch?.detection()
            timing.analysisSeconds += monotonicSeconds() - start
            return .complete(timing, summary.summary, detected)
        case .damaged(let photo): return .damaged(photo)
        case .impossible: return .impossible
        }
    }

    private func searchBytes(_ detection: DetectionSettings, photos: Int) -> Int {
        DefectSearch.memoryBytes(detection, photos: photos, shape: shape, workers: accumulation.workerCount)
            + BandwiseDefectSearch.patchBytes(shape, left: 0)
    }
}
