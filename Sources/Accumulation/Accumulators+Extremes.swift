import CKernels
import FastPixFrames

/// The extremes as a statistic: in how many frames does a sample lie above, or below, all eight samples of its colour at
/// the neighbour distance (`FrameShape.neighbourDistance`)? Exact counts; see `Guides/Extremes.md`.
extension Accumulators {
    /// Rows whose extremes can be counted once the frame's rows above `decodedRows` are there: the last ones need rows
    /// below them.
    static func rowsWithExtremes(_ shape: FrameShape, decodedRows: Int) -> Range<Int> {
        let distance = shape.neighbourDistance
        return distance..<max(distance, decodedRows - distance)
    }

    /// The rows whose extremes are counted when `rows` of a frame have come, and those of the frame's top and bottom that
    /// never are: with all rows that come, all rows of the frame once.
    static func rowsOfExtremes(_ shape: FrameShape, with rows: Range<Int>) -> Range<Int> {
        let distance = shape.neighbourDistance
        let end = rows.upperBound == shape.height ? shape.height : max(0, rows.upperBound - distance)
        return min(end, max(0, rows.lowerBound - distance))..<end
    }

    /// Counts the extremes of `rows`. Each frame has these and `neighbourDistance` rows
    /// above and below at hand. Of a frame that was partly taken in before this run, only rows are counted that were not
    /// counted then.
    func scanExtremes(rows: Range<Int>, frames: [DecodedRows]) {
        for rows in contiguous(rows) { scanContiguous(rows, frames) }
    }

    private func scanContiguous(_ rows: Range<Int>, _ frames: [DecodedRows]) {
        let distance = shape.neighbourDistance
        for (first, frames) in Dictionary(
            grouping: frames,
            by: { $0.rowsBefore == 0 ? rows.lowerBound : max($0.rowsBefore - distance, rows.lowerBound) })
        where first < rows.upperBound {
            let counted = first..<rows.upperBound
            switch shape.bitsPerSample {
            case 8: scan(counted, frames, fpx_extremes_u8_accumulate_tile, black: 0, white: UInt8.max)
            case 16: scan(counted, frames, fpx_extremes_u16_accumulate_tile, black: 0, white: UInt16.max)
            default: scan(counted, frames, fpx_extremes_f32_accumulate_tile, black: -.infinity, white: Float.infinity)
            }
        }
    }

    private typealias Kernel<Sample> = (
        UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>,
        UnsafeMutablePointer<UInt16>, Int, UnsafePointer<UnsafePointer<Sample>>, Int, Int, Int, Int, Int, Sample, Sample
    ) -> fpx_status

    private func scan<Sample>(
        _ rows: Range<Int>, _ frames: [DecodedRows], _ kernel: Kernel<Sample>, black: Sample, white: Sample
    ) {
        let distance = shape.neighbourDistance
        let sample = rows.lowerBound * shape.samplesPerRow
        let needed = rows.lowerBound - distance..<rows.upperBound + distance
        withUnsafeTemporaryAllocation(
            of: UnsafePointer<Sample>.self, capacity: frames.count * needed.count
        ) { pointers in
            var next = pointers.baseAddress!
            for frame in frames {
                for row in needed {
                    next.initialize(to: frame.row(row).assumingMemoryBound(to: Sample.self))
                    next += 1
                }
            }
            let status = kernel(
                above(at: sample), below(at: sample), blindAbove(at: sample), blindBelow(at: sample),
                shape.samplesPerRow * MemoryLayout<UInt16>.size, pointers.baseAddress!, frames.count, rows.count,
                shape.samplesPerRow, distance, distance * shape.channels, black, white)
            precondition(status == .ok, String(cString: fpx_status_message(status)))
        }
    }

    /// Adds the counters that other frames have of `count` samples from `sample` on, which follow each other in memory: above,
    /// below, blind above, blind below. False, with accumulators that are worthless, when no frames have such counts.
    func mergeExtremes(
        _ sample: Int, _ count: Int, counters: ArraySlice<UnsafeMutableRawPointer>, frameCount: Int
    ) -> Bool {
        func other(_ counter: Int) -> UnsafeMutablePointer<UInt16> {
            counters[counters.startIndex + counter].assumingMemoryBound(to: UInt16.self)
        }
        return fpx_extremes_merge_checked(
            above(at: sample), below(at: sample), blindAbove(at: sample), blindBelow(at: sample), other(0), other(1),
            other(2), other(3), frameCount, count)
    }
}
