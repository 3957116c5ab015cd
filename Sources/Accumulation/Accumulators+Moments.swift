import CKernels
import FastPixFrames

/// The moments as a statistic: scan rows of frames, merge sums of other frames.
extension Accumulators {
    /// Takes in `rows` of `frames`, each pointing at the first of them, tile by tile. The rows follow each other in memory.
    /// `framesBefore` (Welford only) counts the frames these rows hold already.
    func scanMoments(
        rows: Range<Int>, frames: [UnsafeRawPointer], framesBefore: Int, tileSampleCount: Int?
    ) {
        let samples = rows.lowerBound * shape.samplesPerRow..<rows.upperBound * shape.samplesPerRow
        for tile in stride(from: samples.lowerBound, to: samples.upperBound, by: tileSampleCount ?? samples.count) {
            let count = min(tileSampleCount ?? samples.count, samples.upperBound - tile)
            scanTile(tile, count, frames, skipping: tile - samples.lowerBound, framesBefore)
        }
    }

    private func scanTile(
        _ sample: Int, _ count: Int, _ frames: [UnsafeRawPointer], skipping: Int, _ framesBefore: Int
    ) {
        let status: fpx_status
        switch (kind, shape.bitsPerSample) {
        case (.exact, 8):
            let pointers = frames.map { $0.assumingMemoryBound(to: UInt8.self) + skipping }
            status = fpx_moments_u8_accumulate_tile(
                sum(at: sample), sumOfSquares8(at: sample), pointers, pointers.count, count)
        case (.exact, _):
            let pointers = frames.map { $0.assumingMemoryBound(to: UInt16.self) + skipping }
            status = fpx_moments_u16_accumulate_tile(
                sum(at: sample), sumOfSquares16(at: sample), pointers, pointers.count, count)
        case (.welford, 8):
            let pointers = frames.map { $0.assumingMemoryBound(to: UInt8.self) + skipping }
            status = fpx_welford_u8_accumulate_tile(
                mean(at: sample), m2(at: sample), framesBefore, pointers, pointers.count, count)
        case (.welford, 32):
            let pointers = frames.map { $0.assumingMemoryBound(to: Float.self) + skipping }
            status = fpx_welford_f32_accumulate_tile(
                mean(at: sample), m2(at: sample), framesBefore, pointers, pointers.count, count)
        case (.welford, _):
            let pointers = frames.map { $0.assumingMemoryBound(to: UInt16.self) + skipping }
            status = fpx_welford_u16_accumulate_tile(
                mean(at: sample), m2(at: sample), framesBefore, pointers, pointers.count, count)
        }
        precondition(status == .ok, String(cString: fpx_status_message(status)))
    }

    /// Adds the exact sums and sums of squares that `frameCount` other frames have of `count` samples from `sample` on, which
    /// follow each other in memory. False, with accumulators that are worthless, when no frames have such sums. Both sets
    /// together obey `maximumFrames`.
    func mergeMoments(
        _ sample: Int, _ count: Int, sums: UnsafeRawPointer, squares: UnsafeRawPointer, frameCount: Int
    ) -> Bool {
        precondition(kind == .exact, "rounded moments depend on the order of photos")
        let sums = sums.assumingMemoryBound(to: UInt32.self)
        if shape.bitsPerSample == 8 {
            return fpx_moments_u8_merge_checked_tile(
                sum(at: sample), sumOfSquares8(at: sample), sums, squares.assumingMemoryBound(to: UInt32.self),
                frameCount, count)
        }
        return fpx_moments_u16_merge_checked_tile(
            sum(at: sample), sumOfSquares16(at: sample), sums, squares.assumingMemoryBound(to: UInt64.self), frameCount,
            count)
    }
}
