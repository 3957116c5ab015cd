import CKernels
import FastPixFrames
import FastPixPlumbing

/// Adds rows of states to accumulators: unpacks some blocks of all arrays at a time, and adds them while they are in the
/// nearest cache. Belongs to one thread.
final class RowUnpacker {
    private let packed = PackedBytes()
    private let unpacked = UnsafeMutableRawPointer.allocate(
        byteCount: samples * widestSample, alignment: PackedRows.alignment)

    /// Samples that are unpacked at a time: whole blocks.
    private static let samples = 2 * FPX_PACKING_BLOCK_VALUES
    /// Bytes of the arrays of one sample: two of 8, and four of 4.
    private static let widestSample = 32

    deinit { unpacked.deallocate() }

    /// Adds the next row of a state of these contents to that row of `accumulators`, which may count no extremes where it
    /// does. False, with accumulators that are worthless, when no `frameCount` frames have such sums.
    func add(
        _ rows: StateRows, to accumulators: Accumulators, of contents: AccumulatorContents, frameCount: Int
    ) throws(FastPixError) -> Bool {
        let row = rows.next
        let places = try rows.read(into: packed)
        let layout = rows.layout
        let start = UnsafePointer(packed.start.assumingMemoryBound(to: UInt8.self))
        let needed = accumulators.contents.hasExtremes ? places.count : AccumulatorContents.momentArrays
        var (widths, offsets) = (layout.widths.map(\.lowerBound), places.map(\.lowerBound))
        var arrays: [UnsafeMutableRawPointer] = []
        var offset = 0
        for size in layout.elementBytes {
            arrays.append(unpacked + offset)
            offset += size * Self.samples
        }
        // By array: all that is unpacked of it are zeros. Of counters that is usual.
        var isZero = [Bool](repeating: false, count: needed)
        for first in stride(from: 0, to: layout.samplesPerRow, by: Self.samples) {
            let count = min(Self.samples, layout.samplesPerRow - first)
            for array in 0..<needed {
                let widthCount = fpx_packed_width_count(count, layout.elementBytes[array])
                let own = UnsafeBufferPointer(start: start + widths[array], count: widthCount)
                widths[array] += widthCount
                let wasZero = isZero[array]
                isZero[array] = own.allSatisfy { $0 == 0 }
                if isZero[array], wasZero { continue }
                let taken = layout.unpack(
                    array, count, own.baseAddress!, start + offsets[array],
                    places[array].upperBound - offsets[array], to: arrays[array])
                guard taken >= 0 else { return false }
                offsets[array] += taken
            }
            guard
                accumulators.merge(
                    sample: row * layout.samplesPerRow + first, count, arrays, of: contents, frameCount: frameCount)
            else { return false }
        }
        return true
    }
}
