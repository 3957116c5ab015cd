import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// The statistics of frames that somebody else has decoded, taken in whole, one after the other: what `AccumulationPass`
/// makes of photos. Exact sums and extremes of all rows, in memory. Belongs to one thread at a time.
package final class FrameSums {
    private let accumulators: Accumulators
    package let coarse: CoarseSums
    private var found: [FrameFact] = []

    private var shape: FrameShape { accumulators.shape }
    package var frameCount: Int { accumulators.frameCount }
    /// In an order that depends on nothing but what they say.
    package var facts: [FrameFact] { found.sorted { $0.precedes($1) } }

    /// `shape`: of integer samples. Throws `outOfMemory`.
    package init(_ shape: FrameShape) throws(FastPixError) {
        accumulators = try Accumulators(
            shape: shape, contents: AccumulatorContents(shape, wanted: .exact, hasExtremes: true))
        coarse = try CoarseSums(shape)
    }

    /// Takes in a frame: `FrameShape.bytesPerRow` bytes a row, without gaps, at an address that suits its samples. Throws
    /// `overflow` when it is one more than exact sums hold.
    package func add(_ samples: UnsafeRawBufferPointer) throws(FastPixError) {
        precondition(samples.count == shape.bytesPerRow * shape.height)
        let most = accumulators.contents.maximumFrames(shape)
        guard frameCount < most, let start = samples.baseAddress else {
            throw FastPixError(
                .overflow, "there are \(most) frames already, and exact sums hold no more; judge them in parts")
        }
        let levels = PhotoLevels()
        // By its content, so that the order of frames does not matter.
        let half = ContentHash(of: samples).half
        let frame = DecodedRows(
            firstRow: 0, strip: start, kept: start, keptRowCount: 0, bytesPerRow: shape.bytesPerRow, rowsBefore: 0,
            half: half, levels: levels)
        accumulators.scanMoments(rows: 0..<shape.height, frames: [start], framesBefore: 0, tileSampleCount: nil)
        accumulators.scanExtremes(
            rows: Accumulators.rowsWithExtremes(shape, decodedRows: shape.height), frames: [frame])
        for row in CoarseSums.rowsLookedAt(0..<shape.height) {
            coarse.add(row: row, of: frame.row(row), half: half, to: levels)
        }
        found.append(
            FrameFact(
                level: levels.level, roughness: levels.roughness, half: half, exposureSeconds: nil, iso: nil, time: nil)
        )
        accumulators.frameCount += 1
        coarse.frameCounts[half] += 1
    }

    /// Hands all rows to `reader`, several at a time.
    package func read(workers: Int, _ reader: @escaping FinishedRows.Reader) {
        let accumulators = accumulators
        let bands = FinishedRows.bands(shape, rowsPerStrip: Self.rowsPerBand)
        _ = WorkerTeam.map(bands.count, workers: workers) { reader(accumulators, bands[$0].rows) }
    }

    /// As a state says what its sums are of.
    package func header(of group: PhotoGroup, codedUnit: CodedUnit) -> StateHeader {
        StateHeader(
            group, codedUnit: codedUnit, hasExtremes: true, photoCount: frameCount, unfinishedCount: 0, photoBytes: 0)
    }

    private static let rowsPerBand = 64
}
