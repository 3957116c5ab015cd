import FastPixPlumbing

/// A sample of an image in memory: UInt8 or UInt16.
public protocol PixelSample: FixedWidthInteger, UnsignedInteger, BitwiseCopyable, Sendable {}
extension UInt8: PixelSample {}
extension UInt16: PixelSample {}

/// An image in memory: rows from top to bottom without gaps, the samples of a pixel side by side.
public struct PixelImage<Sample: PixelSample>: Sendable, Equatable {
    /// Pixels in a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Samples of a pixel, 1 to 4.
    public let channels: Int
    /// `height` x `width` x `channels` samples.
    public private(set) var samples: [Sample]

    /// Throws `invalidArgument` when the number of samples is not width x height x channels, or one of these is out of
    /// its range.
    public init(width: Int, height: Int, channels: Int, samples: [Sample]) throws(FastPixError) {
        let pixels = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !pixels.overflow, (1...4).contains(channels) else {
            throw FastPixError(
                .invalidArgument,
                "an image has at least one pixel and 1 to 4 channels, not \(width) x \(height) pixels of \(channels)")
        }
        guard samples.count / channels == pixels.partialValue, samples.count % channels == 0 else {
            throw FastPixError(
                .invalidArgument,
                "\(samples.count) samples are not those of \(width) x \(height) pixels of \(channels) channels")
        }
        self.width = width
        self.height = height
        self.channels = channels
        self.samples = samples
    }

    /// An image of the same shape that `fill` writes.
    init(like other: PixelImage, _ fill: (UnsafeMutablePointer<Sample>) -> Void) {
        width = other.width
        height = other.height
        channels = other.channels
        samples = [Sample](unsafeUninitializedCapacity: other.samples.count) { buffer, count in
            fill(buffer.baseAddress!)
            count = other.samples.count
        }
    }

    var bytesPerRow: Int { width * channels * MemoryLayout<Sample>.stride }

    /// "640 x 480 pixels of 3 channels".
    var description: String { "\(width) x \(height) pixels of \(counted(channels, "channel"))" }
}
