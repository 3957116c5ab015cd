import CKernels

/// Which arithmetic accumulates the moments.
public enum AccumulatorKind: String, Sendable, Codable, CaseIterable {
    /// Integer sums and sums of squares: exact, and independent of the order of photos.
    case exact
    /// Welford's update in float64 with Chan's merge, photos in the order of their paths.
    case welford
}

/// The moments of every sample position of a group of photos: one set, shared by all workers.
///
/// Exact: `sum` (32 bits) and `sum of squares` (32 bits for 8-bit samples, 64 for 16-bit). Welford: `mean` and
/// `M2`, float64. Not synchronised: callers see to it that a range of samples has one writer at a time.
final class Accumulators: @unchecked Sendable {
    let shape: FrameShape
    let kind: AccumulatorKind
    /// Frames that every sample has taken in; set once accumulation has ended.
    var frameCount = 0

    /// Bytes of the temporary file that holds the arrays; 0 when they are in memory.
    let fileByteCount: Int

    /// Rows there is memory for. Where they are fewer than the frame has, a row shares its place with all that lie a
    /// multiple of these away, and has it between `clear` and `clear`.
    let rowsHeld: Int
    /// Columns there is memory for.
    private let columnsHeld: Range<Int>

    private let memory: MappedMemory
    private let samplesHeld: Int
    private let secondOffset: Int
    private let firstSize: Int
    private let secondSize: Int

    /// `inFile`: the arrays lie in a temporary file, for frames that are larger than the memory. `rowsHeld`,
    /// `columnsHeld`: see there; nil for all.
    init(
        shape: FrameShape, kind: AccumulatorKind, inFile: Bool = false, rowsHeld: Int? = nil,
        columnsHeld: Range<Int>? = nil
    ) throws(FastPixError) {
        self.shape = shape
        self.kind = kind
        self.rowsHeld = rowsHeld ?? shape.height
        self.columnsHeld = columnsHeld ?? 0..<shape.width
        samplesHeld = self.rowsHeld * self.columnsHeld.count * shape.channels
        (firstSize, secondSize) = Self.sampleSizes(shape, kind)
        // The second array begins half a page off, so that equal indexes do not fall on the same cache lines.
        secondOffset = (samplesHeld * firstSize + 4095) / 4096 * 4096 + 2048
        fileByteCount = inFile ? Self.byteCount(shape: shape, kind: kind) : 0
        let byteCount = secondOffset + samplesHeld * secondSize
        let purpose = "the accumulators"
        let advice = "--channels luma needs a third of it"
        memory =
            inFile
            ? try MappedMemory(inFileOf: byteCount, purpose: purpose, advice: advice)
            : try MappedMemory(byteCount: byteCount, purpose: purpose, advice: advice)
    }

    private static func sampleSizes(_ shape: FrameShape, _ kind: AccumulatorKind) -> (first: Int, second: Int) {
        switch (kind, shape.bitsPerSample) {
        case (.exact, 8): (4, 4)
        case (.exact, _): (4, 8)
        case (.welford, _): (8, 8)
        }
    }

    /// What both arrays take.
    static func byteCount(shape: FrameShape, kind: AccumulatorKind) -> Int {
        let sizes = sampleSizes(shape, kind)
        return shape.sampleCount * (sizes.first + sizes.second)
    }

    /// The most frames one set can take in without overflow.
    static func maximumFrames(shape: FrameShape, kind: AccumulatorKind) -> Int {
        switch (kind, shape.bitsPerSample) {
        case (.welford, _): Int(UInt32.max)
        case (.exact, 8): Int(FPX_MOMENTS_U8_MAXIMUM_FRAMES)
        case (.exact, _): Int(FPX_MOMENTS_U16_MAXIMUM_FRAMES)
        }
    }

    // MARK: Typed views of one sample position onwards

    func sum(at sample: Int) -> UnsafeMutablePointer<UInt32> { first(at: sample, as: UInt32.self) }
    func sumOfSquares8(at sample: Int) -> UnsafeMutablePointer<UInt32> { second(at: sample, as: UInt32.self) }
    func sumOfSquares16(at sample: Int) -> UnsafeMutablePointer<UInt64> { second(at: sample, as: UInt64.self) }
    func mean(at sample: Int) -> UnsafeMutablePointer<Double> { first(at: sample, as: Double.self) }
    func m2(at sample: Int) -> UnsafeMutablePointer<Double> { second(at: sample, as: Double.self) }

    private func first<Element>(at sample: Int, as type: Element.Type) -> UnsafeMutablePointer<Element> {
        (memory.start + place(of: sample) * firstSize).assumingMemoryBound(to: type)
    }

    private func second<Element>(at sample: Int, as type: Element.Type) -> UnsafeMutablePointer<Element> {
        (memory.start + secondOffset + place(of: sample) * secondSize).assumingMemoryBound(to: type)
    }

    /// Which of the samples there is memory for has this one's moments now.
    func place(of sample: Int) -> Int {
        if columnsHeld.count == shape.width { return sample < samplesHeld ? sample : sample % samplesHeld }
        let row = sample / shape.samplesPerRow
        let inRow = sample % shape.samplesPerRow - columnsHeld.lowerBound * shape.channels
        return row % rowsHeld * columnsHeld.count * shape.channels + inRow
    }

    /// Both arrays as they lie in memory, for a file that keeps them: sums (or means), then sums of squares (or M2).
    var arrays: [UnsafeRawBufferPointer] {
        [
            UnsafeRawBufferPointer(start: memory.start, count: samplesHeld * firstSize),
            UnsafeRawBufferPointer(start: memory.start + secondOffset, count: samplesHeld * secondSize),
        ]
    }

    /// Says that nobody looks at these samples soon, so that they need not stay in memory when they lie in a file. Any
    /// thread may use them at any time all the same.
    func release(_ samples: Range<Int>) {
        guard fileByteCount > 0 else { return }
        memory.release(offset: samples.lowerBound * firstSize, count: samples.count * firstSize)
        memory.release(offset: secondOffset + samples.lowerBound * secondSize, count: samples.count * secondSize)
    }

    /// The same for all samples of `rows`, as far as there are such rows.
    func release(rows: Range<Int>) {
        let rows = rows.clamped(to: 0..<shape.height)
        release(rows.lowerBound * shape.samplesPerRow..<rows.upperBound * shape.samplesPerRow)
    }

    /// The same for a part of `arrays`.
    func release(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.baseAddress else { return }
        memory.release(offset: first - UnsafeRawPointer(memory.start), count: bytes.count)
    }

    /// As if no frame had been taken in.
    func clear() {
        clear(rows: 0..<rowsHeld)
        frameCount = 0
    }

    /// As if `rows` had taken in nothing.
    func clear(rows: Range<Int>) {
        for row in rows {
            let sample = row * shape.samplesPerRow
            first(at: sample, as: UInt8.self).update(repeating: 0, count: shape.samplesPerRow * firstSize)
            second(at: sample, as: UInt8.self).update(repeating: 0, count: shape.samplesPerRow * secondSize)
            release(rows: row..<row + 1)
        }
    }

    /// Takes the moments of some samples of one row from accumulators of the same shape and kind.
    func copy(_ samples: Range<Int>, from other: Accumulators) {
        let sample = samples.lowerBound
        first(at: sample, as: UInt8.self)
            .update(from: other.first(at: sample, as: UInt8.self), count: samples.count * firstSize)
        second(at: sample, as: UInt8.self)
            .update(from: other.second(at: sample, as: UInt8.self), count: samples.count * secondSize)
    }

    // MARK: Accumulation

    /// Takes in `frames`, each pointing at its samples of `samples`, tile by tile. `framesBefore` (Welford only)
    /// counts the frames these samples hold already.
    func accumulate(_ samples: Range<Int>, frames: [UnsafeRawPointer], framesBefore: Int, tileSampleCount: Int) {
        var tile = samples.lowerBound
        while tile < samples.upperBound {
            let count = min(tileSampleCount, samples.upperBound - tile)
            accumulateTile(tile, count, frames, skipping: tile - samples.lowerBound, framesBefore)
            tile += count
        }
    }

    private func accumulateTile(
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
        precondition(status == FPX_OK, String(cString: fpx_status_message(status)))
    }

    /// Takes the samples of one frame back out: the exact inverse of accumulating them. Exact moments only.
    func remove(_ samples: Range<Int>, frame: UnsafeRawPointer) {
        precondition(kind == .exact, "rounded moments cannot be taken back")
        let sample = samples.lowerBound
        if shape.bitsPerSample == 8 {
            fpx_moments_u8_remove_tile(
                sum(at: sample), sumOfSquares8(at: sample), frame.assumingMemoryBound(to: UInt8.self), samples.count)
        } else {
            fpx_moments_u16_remove_tile(
                sum(at: sample), sumOfSquares16(at: sample), frame.assumingMemoryBound(to: UInt16.self),
                samples.count)
        }
    }

    /// Adds the exact sums and sums of squares of `frameCount` other frames. False, with nothing added, when no frames
    /// have such sums. Both sets together obey `maximumFrames`.
    func merge(
        _ samples: Range<Int>, sums: UnsafeRawPointer, squares: UnsafeRawPointer, frameCount: Int
    ) -> Bool {
        precondition(kind == .exact, "rounded moments depend on the order of photos")
        let sample = samples.lowerBound
        let sums = sums.assumingMemoryBound(to: UInt32.self)
        if shape.bitsPerSample == 8 {
            let squares = squares.assumingMemoryBound(to: UInt32.self)
            guard Self.arePossible(samples.count, frameCount, largest: 255, sums, { UInt64(squares[$0]) }) else {
                return false
            }
            fpx_moments_u8_merge_tile(
                sum(at: sample), sumOfSquares8(at: sample), sums, squares, samples.count)
        } else {
            let squares = squares.assumingMemoryBound(to: UInt64.self)
            guard Self.arePossible(samples.count, frameCount, largest: 65535, sums, { squares[$0] }) else {
                return false
            }
            fpx_moments_u16_merge_tile(
                sum(at: sample), sumOfSquares16(at: sample), sums, squares, samples.count)
        }
        return true
    }

    /// No sum is above that of as many largest samples, and n Σx² >= (Σx)² (Cauchy and Schwarz). With the most frames
    /// that the sums hold, no product leaves 64 bits.
    private static func arePossible(
        _ count: Int, _ frameCount: Int, largest: UInt64, _ sums: UnsafePointer<UInt32>, _ square: (Int) -> UInt64
    ) -> Bool {
        let frames = UInt64(frameCount)
        var arePossible = true
        for index in 0..<count {
            let sum = UInt64(sums[index])
            let squares = square(index)
            let isPossible =
                sum <= frames &* largest && squares <= sum &* largest && frames &* squares >= sum &* sum
            arePossible = arePossible && isPossible
        }
        return arePossible
    }
}
