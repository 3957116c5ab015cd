import CKernels
import FastPixFrames
import FastPixPlumbing

/// Which arithmetic accumulates the moments.
package enum AccumulatorKind: String, Sendable, Codable, CaseIterable {
    /// Integer sums and sums of squares: exact, and independent of the order of photos.
    case exact
    /// Mean and M2 in float64, by blocks of photos and Chan's merge, photos in the order of their paths.
    case welford
}

/// What is kept of every sample position of a group of photos: one set of arrays, shared by all workers.
///
/// Moments. Exact: `sum` (32 bits) and `sum of squares` (32 bits for 8-bit samples, 64 for 16-bit). Welford: `mean` and
/// `M2`, float64. Extremes, where they are wanted: four counters of 16 bits (`fpx_extremes.h`). Not synchronised: callers
/// see to it that a row has one writer at a time.
package final class Accumulators: @unchecked Sendable {
    package let shape: FrameShape
    package let contents: AccumulatorContents
    /// Frames that every sample has taken in; set before anybody reads finished rows.
    package var frameCount = 0

    /// Bytes of the temporary file that holds the arrays; 0 when they are in memory.
    package let fileByteCount: Int

    /// Rows there is memory for. Where they are fewer than the frame has, a row shares its place with all that lie a
    /// multiple of these away, and has it between `clear` and `clear`.
    let rowsHeld: Int

    private let memory: MappedMemory
    /// By array, in the order of `AccumulatorContents.elementBytes`.
    private let offsets: [Int]

    package var kind: AccumulatorKind { contents.kind }

    /// `inFile`: the arrays lie in a temporary file, for frames that are larger than the memory. `rowsHeld`: nil for all.
    init(
        shape: FrameShape, contents: AccumulatorContents, inFile: Bool = false, rowsHeld: Int? = nil
    ) throws(FastPixError) {
        self.shape = shape
        self.contents = contents
        self.rowsHeld = min(shape.height, rowsHeld ?? shape.height)
        var offsets: [Int] = []
        var end = 0
        for bytes in contents.elementBytes(shape) {
            offsets.append(end)
            // Each array begins some lines further into a page than the one before, so that equal indexes do not fall on
            // the same cache lines.
            end += (self.rowsHeld * shape.samplesPerRow * bytes + 4095) / 4096 * 4096 + 9 * 64
        }
        self.offsets = offsets
        fileByteCount = inFile ? contents.byteCount(shape) : 0
        let purpose = "the accumulators"
        let advice = "brightness alone needs a third of it"
        memory =
            inFile
            ? try MappedMemory(inFileOf: end, purpose: purpose, advice: advice)
            : try MappedMemory(byteCount: end, purpose: purpose, advice: advice)
    }

    // MARK: Typed views of one sample position onwards, to the end of its row

    package func sum(at sample: Int) -> UnsafeMutablePointer<UInt32> { pointer(0, sample) }
    package func sumOfSquares8(at sample: Int) -> UnsafeMutablePointer<UInt32> { pointer(1, sample) }
    package func sumOfSquares16(at sample: Int) -> UnsafeMutablePointer<UInt64> { pointer(1, sample) }
    package func mean(at sample: Int) -> UnsafeMutablePointer<Double> { pointer(0, sample) }
    package func m2(at sample: Int) -> UnsafeMutablePointer<Double> { pointer(1, sample) }
    /// Frames in which the sample lies above all its neighbours; below them; in which its neighbours reach white, so that
    /// it cannot be told whether it lies above; and black. Only with `contents.hasExtremes`.
    package func above(at sample: Int) -> UnsafeMutablePointer<UInt16> { pointer(2, sample) }
    package func below(at sample: Int) -> UnsafeMutablePointer<UInt16> { pointer(3, sample) }
    package func blindAbove(at sample: Int) -> UnsafeMutablePointer<UInt16> { pointer(4, sample) }
    package func blindBelow(at sample: Int) -> UnsafeMutablePointer<UInt16> { pointer(5, sample) }

    /// Where the sums are wide.
    package func wideSum(at sample: Int) -> UnsafeMutablePointer<UInt64> { pointer(0, sample) }
    package func wideSumOfSquares(at sample: Int) -> UnsafeMutablePointer<UInt64> { pointer(1, sample) }
    /// 0 to 3: above, below, blind above, blind below.
    func wideCounter(_ counter: Int, at sample: Int) -> UnsafeMutablePointer<UInt32> { pointer(2 + counter, sample) }

    private func pointer<Element>(_ array: Int, _ sample: Int) -> UnsafeMutablePointer<Element> {
        assert(contents.elementBytes(shape)[array] == MemoryLayout<Element>.size)
        return (memory.start + offsets[array] + place(of: sample) * MemoryLayout<Element>.size)
            .assumingMemoryBound(to: Element.self)
    }

    /// Which of the samples there is memory for has this one's place now.
    private func place(of sample: Int) -> Int {
        let samplesHeld = rowsHeld * shape.samplesPerRow
        return sample < samplesHeld ? sample : sample % samplesHeld
    }

    /// The bytes of every array that belong to `rows`, which follow each other in memory.
    func arrays(rows: Range<Int>) -> [UnsafeMutableRawBufferPointer] {
        let first = place(of: rows.lowerBound * shape.samplesPerRow)
        return zip(offsets, contents.elementBytes(shape)).map { offset, bytes in
            UnsafeMutableRawBufferPointer(
                start: memory.start + offset + first * bytes, count: rows.count * shape.samplesPerRow * bytes)
        }
    }

    /// Says that nobody looks at these rows soon, so that they need not stay in memory when they lie in a file. Any
    /// thread may use them at any time all the same.
    package func release(rows: Range<Int>) {
        let rows = rows.clamped(to: 0..<shape.height)
        guard fileByteCount > 0, !rows.isEmpty else { return }
        for (offset, bytes) in zip(offsets, contents.elementBytes(shape)) {
            memory.release(
                offset: offset + rows.lowerBound * shape.samplesPerRow * bytes,
                count: rows.count * shape.samplesPerRow * bytes)
        }
    }

    /// As if `rows`, which follow each other in memory, had taken in nothing.
    func clear(rows: Range<Int>) {
        clearMoments(rows: rows)
        clearExtremes(rows: rows)
    }

    /// As if the moments of `rows`, which follow each other in memory, had taken in nothing.
    func clearMoments(rows: Range<Int>) { clear(arrays(rows: rows).prefix(AccumulatorContents.momentArrays)) }

    /// As if the extremes of `rows` had not been counted.
    func clearExtremes(rows: Range<Int>) {
        for rows in contiguous(rows) { clear(arrays(rows: rows).dropFirst(AccumulatorContents.momentArrays)) }
    }

    private func clear(_ arrays: ArraySlice<UnsafeMutableRawBufferPointer>) {
        for array in arrays { _ = array.initializeMemory(as: UInt8.self, repeating: 0) }
    }

    /// `rows`, which are no more than are held, in parts that follow each other in memory: up to where its places begin
    /// anew, and from there.
    func contiguous(_ rows: Range<Int>) -> [Range<Int>] {
        let seam = rows.upperBound / rowsHeld * rowsHeld
        guard rows.lowerBound < seam, seam < rows.upperBound else { return [rows] }
        return [rows.lowerBound..<seam, seam..<rows.upperBound]
    }
}

/// Which arrays accumulators have.
package struct AccumulatorContents: Sendable, Hashable {
    let kind: AccumulatorKind
    /// Whether the extremes are counted: what defects are judged by.
    let hasExtremes: Bool
    /// Sums of 64 bits and counters of 32, for more photos than one run takes in: states are merged into them, and no
    /// photo is ever scanned.
    package let isWide: Bool

    init(kind: AccumulatorKind, hasExtremes: Bool, isWide: Bool = false) {
        self.kind = kind
        self.hasExtremes = hasExtremes
        self.isWide = isWide
    }

    /// Floating-point samples have no exact sums.
    package init(_ shape: FrameShape, wanted: AccumulatorKind, hasExtremes: Bool) {
        self.init(kind: shape.sampleType == .f32 ? .welford : wanted, hasExtremes: hasExtremes)
    }

    /// How many arrays hold the moments; they come before those of the extremes.
    static let momentArrays = 2

    /// Bytes of one element of each array.
    func elementBytes(_ shape: FrameShape) -> [Int] {
        if isWide { return [8, 8] + (hasExtremes ? [4, 4, 4, 4] : []) }
        let moments: [Int]
        switch (kind, shape.bitsPerSample) {
        case (.exact, 8): moments = [4, 4]
        case (.exact, _): moments = [4, 8]
        case (.welford, _): moments = [8, 8]
        }
        return moments + (hasExtremes ? [2, 2, 2, 2] : [])
    }

    /// As counters of 32 bits have it; sums of squares of so many 16-bit samples stay below 2^64.
    static let mostWideFrames = Int(UInt32.max)

    /// What all arrays of a whole frame take.
    package func byteCount(_ shape: FrameShape) -> Int { byteCountOfRow(shape) * shape.height }

    func byteCountOfRow(_ shape: FrameShape) -> Int { shape.samplesPerRow * elementBytes(shape).reduce(0, +) }

    /// The most frames one set can take in without overflow.
    func maximumFrames(_ shape: FrameShape) -> Int {
        if isWide { return Self.mostWideFrames }
        let ofMoments =
            switch (kind, shape.bitsPerSample) {
            case (.welford, _): Int(UInt32.max)
            case (.exact, 8): FPX_MOMENTS_U8_MAXIMUM_FRAMES
            case (.exact, _): FPX_MOMENTS_U16_MAXIMUM_FRAMES
            }
        return hasExtremes ? min(ofMoments, Int(UInt16.max)) : ofMoments
    }
}
