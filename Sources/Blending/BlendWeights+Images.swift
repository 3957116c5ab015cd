import CKernels
import FastPixPlumbing

extension BlendWeights {
    /// Blends two images of the same shape: OpenCV's `addWeighted(first, alpha, second, beta, gamma)`.
    ///
    /// All channels are treated alike, alpha too, as OpenCV does. (Files are blended with the first image's alpha left
    /// as it is; see `ImageBlending`.)
    ///
    /// - Parameters:
    ///   - first: alpha is its weight; it is not changed.
    ///   - second: beta is its weight; of the same shape, and not changed.
    ///   - threads: nil: one per processor. No effect on the result.
    /// - Throws: `invalidArgument` when the shapes differ, with both of them, or a weight is not finite.
    /// - Complexity: O(samples); one new image. Safe from several threads.
    public func blend<Sample>(
        _ first: PixelImage<Sample>, _ second: PixelImage<Sample>, threads: Int? = nil
    ) throws(FastPixError) -> PixelImage<Sample> {
        try validate()
        guard (first.width, first.height, first.channels) == (second.width, second.height, second.channels) else {
            throw FastPixError(
                .invalidArgument,
                "the first image has \(first.description), the second \(second.description); blend images of one shape")
        }
        let shape = first
        return PixelImage(like: first) { result in
            first.samples.withUnsafeBufferPointer { first in
                second.samples.withUnsafeBufferPointer { second in
                    blendAll(first.baseAddress!, second.baseAddress!, into: result, shape, threads)
                }
            }
        }
    }

    /// Blends an image with its own blur: `addWeighted(image, alpha, GaussianBlur(image, (size, size), sigma), beta,
    /// gamma)`, of which alpha 4, beta -4, gamma 128 brings out local contrast.
    ///
    /// - Parameters:
    ///   - image: of any size, layout and depth; it is not changed.
    ///   - blur: its size is odd, in pixels.
    ///   - threads: nil: one per processor. No effect on the result.
    /// - Throws: `invalidArgument` when the blur or a weight is out of its range.
    /// - Complexity: O(samples x size of the blur); one new image. Safe from several threads.
    public func blend<Sample>(
        _ image: PixelImage<Sample>, withBlur blur: GaussianBlur, threads: Int? = nil
    ) throws(FastPixError) -> PixelImage<Sample> {
        try validate()
        let prepared = try blur.prepared()
        return PixelImage(like: image) { result in
            image.samples.withUnsafeBufferPointer { samples in
                prepared.blur(image, samples.baseAddress!, into: result, threads: threads ?? 0)
                blendAll(samples.baseAddress!, result, into: result, image, threads)
            }
        }
    }

    private func blendAll<Sample: PixelSample>(
        _ first: UnsafePointer<Sample>, _ second: UnsafePointer<Sample>, into result: UnsafeMutablePointer<Sample>,
        _ shape: PixelImage<Sample>, _ threads: Int?
    ) {
        let (stride, samples, rows, threads) = (
            shape.bytesPerRow, shape.width * shape.channels, shape.height, threads ?? 0
        )
        let status =
            if Sample.bitWidth == 8 {
                fpx_addweighted_u8_rows(
                    UnsafeMutableRawPointer(result).assumingMemoryBound(to: UInt8.self), stride,
                    UnsafeRawPointer(first).assumingMemoryBound(to: UInt8.self), stride,
                    UnsafeRawPointer(second).assumingMemoryBound(to: UInt8.self), stride, samples, rows, alpha, beta,
                    gamma, threads)
            } else {
                fpx_addweighted_u16_rows(
                    UnsafeMutableRawPointer(result).assumingMemoryBound(to: UInt16.self), stride,
                    UnsafeRawPointer(first).assumingMemoryBound(to: UInt16.self), stride,
                    UnsafeRawPointer(second).assumingMemoryBound(to: UInt16.self), stride, samples, rows, alpha, beta,
                    gamma, threads)
            }
        precondition(status == .ok, "addweighted refused its arguments")
    }
}
