import CCodecs
import FastPixPlumbing

/// A small PNG as bytes, for files and for pages that hold their pictures themselves.
package enum PNGImage {
    package enum Samples {
        /// A byte a pixel.
        case grey
        /// Three bytes a pixel: red, green, blue.
        case rgb
        /// A byte a pixel, an index into these colours: red, green, blue.
        case palette([UInt8])
    }

    /// `pixels` holds the rows from top to bottom without gaps. Throws `outOfMemory` or, for a size without pixels,
    /// `invalidArgument`.
    package static func encode(width: Int, height: Int, _ samples: Samples, _ pixels: [UInt8]) throws(FastPixError)
        -> [UInt8]
    {
        var options = fpx_png_writer_options()
        options.width = UInt32(clamping: width)
        options.height = UInt32(clamping: height)
        options.compression_level = 6
        var palette: [UInt8] = []
        var bytesPerPixel = 1
        switch samples {
        case .grey: options.format = .grey8
        case .rgb:
            options.format = .rgb8
            options.filter_rows = true
            bytesPerPixel = 3
        case .palette(let colors):
            options.format = .palette8
            palette = colors
        }
        precondition(pixels.count == width * height * bytesPerPixel, "pixels and size differ")
        let bytes = Bytes()
        let status = palette.withUnsafeBufferPointer { palette in
            options.palette = palette.baseAddress
            options.palette_colour_count = palette.count / 3
            if palette.isEmpty { options.palette = nil }
            return write(pixels, rowBytes: width * bytesPerPixel, height: height, options, into: bytes)
        }
        guard status == .ok else {
            throw FastPixError(
                status == .argument ? .invalidArgument : .outOfMemory,
                "a picture of \(width) x \(height) pixels cannot be made")
        }
        return bytes.content
    }

    private final class Bytes {
        var content: [UInt8] = []
    }

    private static func write(
        _ pixels: [UInt8], rowBytes: Int, height: Int, _ options: fpx_png_writer_options, into bytes: Bytes
    ) -> fpx_image_writer_status {
        var options = options
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(FPX_IMAGE_WRITER_MESSAGE_BYTES)) { message in
            var writer: OpaquePointer?
            let message = message.baseAddress!
            let context = Unmanaged.passUnretained(bytes).toOpaque()
            var status = fpx_png_writer_open(&writer, &options, append, context, nil, message)
            guard let writer, status == .ok else { return status }
            defer { fpx_image_writer_close(writer) }
            status = fpx_image_writer_write_rows(writer, pixels, rowBytes, height, message)
            return status == .ok ? fpx_image_writer_finish(writer, message) : status
        }
    }

    private static let append: fpx_image_writer_callback = { context, bytes, count in
        guard let context else { return 1 }
        Unmanaged<Bytes>.fromOpaque(context).takeUnretainedValue().content +=
            UnsafeRawBufferPointer(start: bytes, count: count)
        return 0
    }
}
