import CKernels
import FastPixFrames
import FastPixPlumbing

/// A Gaussian blur with OpenCV's weights, arithmetic and reflected borders (reflect 101).
public struct GaussianBlur: Sendable, Equatable, Codable {
    /// Taps in each direction: odd, 3 to 99.
    public var size: Int
    /// Standard deviation in pixels; 0 means OpenCV's rule for the size, 0.3 * ((size - 1) * 0.5 - 1) + 0.8 above 9.
    public var sigma: Double

    /// A blur; `validate()` refuses values out of their range.
    public init(size: Int, sigma: Double = 0) {
        self.size = size
        self.sigma = sigma
    }

    /// Throws when size or sigma is out of its range.
    public func validate() throws(FastPixError) { _ = try prepared() }

    func prepared() throws(FastPixError) -> PreparedBlur {
        guard size % 2 == 1, (3...FPX_GAUSSIAN_MAXIMUM_SIZE).contains(size) else {
            throw FastPixError(
                .invalidArgument, "the size of the blur must be odd, 3 to \(FPX_GAUSSIAN_MAXIMUM_SIZE), not \(size)")
        }
        var weights = fpx_gaussian()
        guard fpx_gaussian_prepare(&weights, size, sigma) == .ok else {
            throw FastPixError(
                .invalidArgument, "sigma must be 0 (from the size) or a positive number of pixels, not \(sigma)")
        }
        return PreparedBlur(weights: weights)
    }
}

/// The weights of a blur, computed once and read by all workers.
struct PreparedBlur: Sendable {
    fileprivate let weights: fpx_gaussian

    /// Rows above and below that a blurred row depends on.
    var halo: Int { (weights.size - 1) / 2 }

    /// Rows that are blurred together, sharing what they load.
    static let rowsPerPass = FPX_GAUSSIAN_ROWS_PER_PASS

    /// Blurs rows `rows` of an image of `shape`, whose row y (0..<height) lies where `row(y)` says.
    func blur(
        _ rows: Range<Int>, of shape: FrameShape, into destination: UnsafeMutableRawPointer, stride: Int,
        row: (Int) -> UnsafeRawPointer
    ) {
        withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: rows.count + weights.size - 1) { sources in
            for index in sources.indices {
                let y = fpx_gaussian_reflect_101(rows.lowerBound + index - halo, shape.height)
                sources.initializeElement(at: index, to: row(y))
            }
            let status =
                shape.bitsPerSample == 8
                ? blur8(sources, rows.count, shape, destination, stride)
                : blur16(sources, rows.count, shape, destination, stride)
            precondition(status == .ok, "the blur refused its arguments")
        }
    }

    /// Blurs a whole image on a team of `threads` (0: default).
    func blur<Sample>(
        _ image: PixelImage<Sample>, _ samples: UnsafePointer<Sample>, into result: UnsafeMutablePointer<Sample>,
        threads: Int
    ) {
        let status = withUnsafePointer(to: weights) { weights in
            if Sample.bitWidth == 8 {
                fpx_gaussian_u8_image(
                    UnsafeMutableRawPointer(result).assumingMemoryBound(to: UInt8.self), image.bytesPerRow,
                    UnsafeRawPointer(samples).assumingMemoryBound(to: UInt8.self), image.bytesPerRow, image.width,
                    image.height, image.channels, weights, threads)
            } else {
                fpx_gaussian_u16_image(
                    UnsafeMutableRawPointer(result).assumingMemoryBound(to: UInt16.self), image.bytesPerRow,
                    UnsafeRawPointer(samples).assumingMemoryBound(to: UInt16.self), image.bytesPerRow, image.width,
                    image.height, image.channels, weights, threads)
            }
        }
        precondition(status == .ok, "the blur refused its arguments")
    }

    private func blur8(
        _ sources: UnsafeMutableBufferPointer<UnsafeRawPointer>, _ rowCount: Int, _ shape: FrameShape,
        _ destination: UnsafeMutableRawPointer, _ stride: Int
    ) -> fpx_status {
        sources.withMemoryRebound(to: UnsafePointer<UInt8>.self) { sources in
            withUnsafePointer(to: weights) { weights in
                fpx_gaussian_u8_rows(
                    destination.assumingMemoryBound(to: UInt8.self), stride, sources.baseAddress!, rowCount,
                    shape.width, shape.channels, weights)
            }
        }
    }

    private func blur16(
        _ sources: UnsafeMutableBufferPointer<UnsafeRawPointer>, _ rowCount: Int, _ shape: FrameShape,
        _ destination: UnsafeMutableRawPointer, _ stride: Int
    ) -> fpx_status {
        sources.withMemoryRebound(to: UnsafePointer<UInt16>.self) { sources in
            withUnsafePointer(to: weights) { weights in
                fpx_gaussian_u16_rows(
                    destination.assumingMemoryBound(to: UInt16.self), stride, sources.baseAddress!, rowCount,
                    shape.width, shape.channels, weights)
            }
        }
    }
}
