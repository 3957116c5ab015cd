import CKernels
import FastPixAccumulation
import FastPixFrames
import Synchronization

/// Reads finished accumulators, a band of rows at a time, and keeps what judging them needs: sums by tiles and by places,
/// and the few pixels that need a close look. Bands come in any order and from any thread, every row once; the result
/// depends on nothing but the accumulators.
final class DefectScan: Sendable {
    /// Rows and columns from a pixel that a close look reads at most.
    static let farthestLook = 8

    /// Means that are not sums of whole numbers are counted in steps of one part in so many where whole numbers are needed.
    static let floatScale = 4096.0

    let geometry: FrameGeometry
    let frameCount: Int
    private let leastOffset: Double?
    private let statistics: Mutex<ScanStatistics>

    /// `frameCount`: of the finished accumulators. `leastOffset`: see `DetectionSettings`.
    init(geometry: FrameGeometry, frameCount: Int, leastOffset: Double? = nil) {
        self.geometry = geometry
        self.frameCount = frameCount
        self.leastOffset = leastOffset
        statistics = Mutex(ScanStatistics(geometry))
    }

    /// What it takes of memory at most.
    static func byteCount(shape: FrameShape) -> Int {
        let candidates = min(CandidateStore.room, shape.width * shape.height / 16)
        return ScanStatistics.byteCount(FrameGeometry(shape: shape, codedUnit: CodedUnit(width: 1, height: 1)))
            + candidates * (64 + shape.channels * MemoryLayout<ChannelEvidence>.stride)
            + min(StillPixel.most, shape.width * shape.height) * MemoryLayout<StillPixel>.stride
    }

    /// Takes in finished `rows`; `FinishedRows.halo` above and below them can be read, too, as far as the frame has them.
    func scan(_ accumulators: Accumulators, rows: Range<Int>) {
        var first = rows.lowerBound
        while first < rows.upperBound {
            let last = min(rows.upperBound, (first / geometry.tileSize + 1) * geometry.tileSize)
            BandScan(geometry, frameCount, leastOffset, accumulators, first..<last).run(into: statistics)
            first = last
        }
    }

    /// Once all rows have been taken in. `facts`: of all photos, in any order. `coarse`: of the same photos.
    func judge(_ facts: [FrameFact], coarse: CoarseSums, settings: DetectionSettings) -> Detection {
        var finished = statistics.withLock { $0 }
        let candidates = finished.candidates.finish()
        return DefectJudgement(
            finished, candidates, frameCount: frameCount, facts: facts, coarse: coarse, settings: settings
        ).run()
    }
}
