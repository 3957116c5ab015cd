import FastPixFrames

/// Bilinear resizing, row by row, with half-pixel centres as OpenCV's INTER_LINEAR has them.
///
/// Output sample i lies at (i + 0.5) * source size / output size - 0.5 of the source, clamped to its first and last
/// sample, and is the weighted mean of the two samples around it, along rows and columns. There is no low-pass filter:
/// images made smaller than about half alias, as they do in OpenCV. Weights are 16-bit fixed-point numbers, all sums
/// exact integers, and only the end result is rounded, half up; OpenCV's own rounding differs by at most 1 for 8-bit
/// samples.
struct BilinearResize {
    private let source: FrameShape
    private let target: FrameShape
    private let columns: [Position]
    private let rows: [Position]

    /// Where an output sample lies: on the way from sample `index` to the next one, `weight` / 65536 of it.
    private struct Position {
        let index: Int
        let next: Int
        let weight: UInt64
    }

    /// Both of equal channels and bits per sample.
    init(from source: FrameShape, to target: FrameShape) {
        self.source = source
        self.target = target
        columns = Self.positions(source.width, target.width)
        rows = Self.positions(source.height, target.height)
    }

    private static func positions(_ source: Int, _ target: Int) -> [Position] {
        (0..<target).map { index in
            let place = (Double(index) + 0.5) * Double(source) / Double(target) - 0.5
            let clamped = min(max(place, 0), Double(source - 1))
            let whole = Int(clamped)
            return Position(
                index: whole, next: min(whole + 1, source - 1),
                weight: UInt64(((clamped - Double(whole)) * 65536).rounded()))
        }
    }

    /// The last source row that output row `y` needs; it needs no earlier one than `firstRow(forOutput: y)`.
    func lastRow(forOutput y: Int) -> Int { rows[y].weight == 0 ? rows[y].index : rows[y].next }
    func firstRow(forOutput y: Int) -> Int { rows[y].index }

    /// Output row `y`, from source rows `firstRow(forOutput: y)` and `lastRow(forOutput: y)`.
    func resize(
        row y: Int, upper: UnsafeRawPointer, lower: UnsafeRawPointer, into output: UnsafeMutableRawPointer
    ) {
        if source.bitsPerSample == 8 {
            resize(y, upper, lower, output, as: UInt8.self)
        } else {
            resize(y, upper, lower, output, as: UInt16.self)
        }
    }

    private func resize<Sample: FixedWidthInteger & UnsignedInteger>(
        _ y: Int, _ upper: UnsafeRawPointer, _ lower: UnsafeRawPointer, _ output: UnsafeMutableRawPointer,
        as type: Sample.Type
    ) {
        let upper = upper.assumingMemoryBound(to: Sample.self)
        let lower = lower.assumingMemoryBound(to: Sample.self)
        let output = output.assumingMemoryBound(to: Sample.self)
        let channels = source.channels
        let down = rows[y].weight
        let up = 65536 - down
        columns.withUnsafeBufferPointer { columns in
            for column in columns.indices {
                let position = columns[column]
                let right = position.weight
                let left = 65536 - right
                for channel in 0..<channels {
                    let here = position.index * channels + channel
                    let next = position.next * channels + channel
                    let above = UInt64(upper[here]) &* left &+ UInt64(upper[next]) &* right
                    let below = UInt64(lower[here]) &* left &+ UInt64(lower[next]) &* right
                    let sum = above &* up &+ below &* down
                    output[column * channels + channel] = Sample(truncatingIfNeeded: (sum &+ 1 << 31) >> 32)
                }
            }
        }
    }
}
