import FastPixAccumulation
import FastPixFrames

/// Means and variances of the rows that a scan has at hand, read in place: what `MomentsReader` says, without a call into
/// another room for each. Valid as long as the accumulators hold these rows.
struct BandMoments {
    /// What can be read of the frame.
    let rows: Range<Int>
    let shape: FrameShape
    private let frames: Double
    private let frameCount: UInt64
    /// From the first sample of each row on.
    private let lines: [Line]

    private enum Line {
        case sums8(UnsafePointer<UInt32>, UnsafePointer<UInt32>)
        case sums16(UnsafePointer<UInt32>, UnsafePointer<UInt64>)
        case moments(UnsafePointer<Double>, UnsafePointer<Double>)
    }

    init(_ accumulators: Accumulators, rows: Range<Int>) {
        self.rows = rows
        shape = accumulators.shape
        frames = Double(accumulators.frameCount)
        frameCount = UInt64(accumulators.frameCount)
        let (kind, bits, samplesPerRow) = (accumulators.kind, shape.bitsPerSample, shape.samplesPerRow)
        lines = rows.map { row in
            let first = row * samplesPerRow
            return switch (kind, bits) {
            case (.exact, 8): .sums8(accumulators.sum(at: first), accumulators.sumOfSquares8(at: first))
            case (.exact, _): .sums16(accumulators.sum(at: first), accumulators.sumOfSquares16(at: first))
            case (.welford, _): .moments(accumulators.mean(at: first), accumulators.m2(at: first))
            }
        }
    }

    /// `sample`: from the first one of the row on.
    @inline(__always)
    func mean(_ row: Int, _ sample: Int) -> Double {
        switch lines[row - rows.lowerBound] {
        case .sums8(let sums, _), .sums16(let sums, _): Double(sums[sample]) / frames
        case .moments(let means, _): means[sample]
        }
    }

    /// NaN with a single photo.
    @inline(__always)
    func variance(_ row: Int, _ sample: Int) -> Double {
        let scaled: UInt64
        switch lines[row - rows.lowerBound] {
        case .sums8(let sums, let squares): scaled = scaledM2(sums[sample], UInt64(squares[sample]))
        case .sums16(let sums, let squares): scaled = scaledM2(sums[sample], squares[sample])
        case .moments(_, let m2): return frameCount > 1 ? m2[sample] / (frames - 1) : .nan
        }
        return frameCount > 1 ? Double(scaled) / (frames * (frames - 1)) : .nan
    }

    /// Frames times the sum of squared differences from the mean: its terms may wrap, which subtraction undoes.
    @inline(__always)
    private func scaledM2(_ sum: UInt32, _ squares: UInt64) -> UInt64 {
        frameCount &* squares &- UInt64(sum) &* UInt64(sum)
    }

    /// Sums of a row, or where there are means, means in steps of one part in `steps`: every `step`-th sample from `first`
    /// on.
    func floats(_ row: Int, first: Int, count: Int, step: Int, steps: Float) -> [Float] {
        // Wrapping, as places of samples do not overflow, and a check of each keeps the loop from vectors.
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            switch lines[row - rows.lowerBound] {
            case .sums8(let sums, _), .sums16(let sums, _):
                for index in 0..<count { buffer[index] = Float(sums[first &+ index &* step]) }
            case .moments(let means, _):
                for index in 0..<count { buffer[index] = Float(means[first &+ index &* step]) * steps }
            }
            initialized = count
        }
    }
}
