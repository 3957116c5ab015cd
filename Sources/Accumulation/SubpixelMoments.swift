import FastPixFrames

/// Mean and variance of one subpixel over the photos of a group.
public struct SubpixelMoments: Sendable, Equatable {
    /// 0-based from the top left of the stored (un-rotated) frame.
    public let row: Int
    /// As `row`.
    public let column: Int
    /// 0, 1, 2 for red, green, blue; 0 for grey.
    public let channel: Int
    /// In sample units: 0...255 for 8 bits, 0...65535 for 16.
    public let mean: Double
    /// M2 / (n - 1), squared sample units; nil with a single photo.
    public let variance: Double?
    /// Sum of squared differences from the mean.
    public let m2: Double

    package init(row: Int, column: Int, channel: Int, mean: Double, variance: Double?, m2: Double) {
        self.row = row
        self.column = column
        self.channel = channel
        self.mean = mean
        self.variance = variance
        self.m2 = m2
    }
}

/// Reads finished accumulators as mean, M2 and variance.
package struct MomentsReader: Sendable {
    package let accumulators: Accumulators

    package init(accumulators: Accumulators) {
        self.accumulators = accumulators
    }

    private var shape: FrameShape { accumulators.shape }
    private var frames: Double { Double(accumulators.frameCount) }

    /// M2 from a ranking key (see `VarianceRanking`): exact keys are frames x M2.
    func m2(ofScaled scaled: UInt64) -> Double { Double(scaled) / frames }

    /// Exact keys: frames x M2, an integer, divided once.
    func variance(ofScaled scaled: UInt64) -> Double? {
        accumulators.frameCount > 1 ? Double(scaled) / (frames * (frames - 1)) : nil
    }

    func variance(ofM2 m2: Double) -> Double? {
        accumulators.frameCount > 1 ? m2 / (frames - 1) : nil
    }

    func scaledM2(_ sample: Int) -> UInt64 {
        let count = UInt64(accumulators.frameCount)
        let sum = UInt64(accumulators.sum(at: sample).pointee)
        let squares =
            shape.bitsPerSample == 8
            ? UInt64(accumulators.sumOfSquares8(at: sample).pointee)
            : accumulators.sumOfSquares16(at: sample).pointee
        // The difference is below 2^62; its terms may wrap, which subtraction undoes.
        return count &* squares &- sum &* sum
    }

    package func mean(_ sample: Int) -> Double {
        switch accumulators.kind {
        case .exact: Double(accumulators.sum(at: sample).pointee) / frames
        case .welford: accumulators.mean(at: sample).pointee
        }
    }

    /// NaN with a single photo, as NumPy has it.
    package func varianceOrNaN(_ sample: Int) -> Double {
        switch accumulators.kind {
        case .exact: variance(ofScaled: scaledM2(sample)) ?? .nan
        case .welford: variance(ofM2: accumulators.m2(at: sample).pointee) ?? .nan
        }
    }

    func moments(_ sample: Int) -> SubpixelMoments {
        let pixel = sample / shape.channels
        let m2: Double
        let variance: Double?
        switch accumulators.kind {
        case .exact:
            let scaled = scaledM2(sample)
            m2 = self.m2(ofScaled: scaled)
            variance = self.variance(ofScaled: scaled)
        case .welford:
            m2 = accumulators.m2(at: sample).pointee
            variance = self.variance(ofM2: m2)
        }
        return SubpixelMoments(
            row: pixel / shape.width, column: pixel % shape.width, channel: sample % shape.channels,
            mean: mean(sample), variance: variance, m2: m2)
    }
}
