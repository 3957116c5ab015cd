import FastPixAccumulation
import FastPixDetection
import FastPixReporting

extension HotPixelsReport.Settings {
    /// What a search was asked for.
    init(_ search: HotPixelsSearch) {
        self.init(
            accumulator: search.accumulation.accumulator, channels: search.accumulation.channels,
            workers: search.accumulation.workerCount, batch: search.accumulation.batch,
            tileSamples: search.accumulation.tileSampleCount, minimumFrames: search.minimumFrames,
            maximumPixels: search.accumulation.maximumPixels, memoryLimitBytes: search.accumulation.memoryLimitBytes,
            top: search.top, sensitivity: search.detection?.sensitivity,
            classes: search.detection.map { detection in
                DefectClass.allCases.filter { detection.classes.contains($0) }
            }, frames: search.detection?.frames, leastOffset: search.detection?.leastOffset, history: search.history)
    }
}
