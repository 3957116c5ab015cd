import CKernels
import FastPixPlumbing

/// The weights of OpenCV's addWeighted: `alpha * first + beta * second + gamma`, in float32 with fused multiply-add,
/// rounded half to even, saturated to the samples' range.
public struct BlendWeights: Sendable, Equatable, Codable {
    /// Weight of the first image; any finite number.
    public var alpha: Double
    /// Weight of the second image, or of the blurred first one; any finite number.
    public var beta: Double
    /// Added to each sample, in steps of the output's samples (0 to 255 or 0 to 65535); any finite number.
    public var gamma: Double

    /// Weights; any finite numbers will do.
    public init(alpha: Double, beta: Double, gamma: Double = 0) {
        self.alpha = alpha
        self.beta = beta
        self.gamma = gamma
    }

    /// Throws when a weight is infinite or not a number, as float32 sees it.
    public func validate() throws(FastPixError) {
        for (name, value) in [("alpha", alpha), ("beta", beta), ("gamma", gamma)] where !Float(value).isFinite {
            throw FastPixError(
                .invalidArgument,
                value.isFinite
                    ? "\(name) must be a finite number of single precision, at most 3.4e38 in size, not \(value)"
                    : "\(name) must be a finite number, not \(value)")
        }
    }

    /// Blends `sampleCount` samples of 8 or 16 bits. The destination may be one of the sources.
    func blend(
        _ first: UnsafeRawPointer, _ second: UnsafeRawPointer, into destination: UnsafeMutableRawPointer,
        sampleCount: Int, bitsPerSample: Int
    ) {
        let status =
            if bitsPerSample == 8 {
                fpx_addweighted_u8(
                    destination.assumingMemoryBound(to: UInt8.self), first.assumingMemoryBound(to: UInt8.self),
                    second.assumingMemoryBound(to: UInt8.self), sampleCount, alpha, beta, gamma)
            } else {
                fpx_addweighted_u16(
                    destination.assumingMemoryBound(to: UInt16.self), first.assumingMemoryBound(to: UInt16.self),
                    second.assumingMemoryBound(to: UInt16.self), sampleCount, alpha, beta, gamma)
            }
        precondition(status == .ok, "addweighted refused its arguments")
    }
}
