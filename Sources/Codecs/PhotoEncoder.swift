import CCodecs
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// Encodes one image, rows from top to bottom, into a file that appears when it is complete. Belongs to one thread at a
/// time. Dropped before `commit`, it leaves nothing behind.
package final class PhotoEncoder {
    /// Channels with alpha.
    private let shape: FrameShape
    private let output: Output
    private let writer: OpaquePointer
    /// What of the metadata the format could not take, in words.
    package let notes: [String]

    /// The file behind the encoder, in a place that C code can point to.
    private final class Output {
        let path: FilePath
        var file: StagedFile?
        var byteCount = 0

        init(_ path: FilePath) throws(FastPixError) {
            self.path = path
            file = try StagedFile(target: path)
        }
    }

    /// `shape.channels` is 1 to 4; 2 and 4 are with alpha, which JPEG does not take.
    package init(
        _ path: FilePath, format: PhotoFormat, shape: FrameShape, metadata: PhotoMetadata,
        settings: EncodingSettings
    ) throws(FastPixError) {
        self.shape = shape
        let output = try Output(path)
        var losses: UInt32 = 0
        writer = try Self.open(output, format, shape, metadata, settings, &losses)
        self.output = output
        notes = PhotoMetadata.notes(forLosses: losses)
    }

    deinit { fpx_image_writer_close(writer) }

    /// Bytes that the codec has put out so far.
    package var byteCount: Int { output.byteCount }

    /// Encodes the next rows; 16-bit samples in the machine's byte order.
    package func write(_ rows: UnsafeRawPointer, stride: Int, rowCount: Int) throws(FastPixError) {
        try Self.check(output) { fpx_image_writer_write_rows(writer, rows, stride, rowCount, $0) }
    }

    /// Ends the file and gives it its name. With `replacing` an existing file is replaced, without it an error.
    package func commit(replacing: Bool) throws(FastPixError) {
        try Self.check(output) { fpx_image_writer_finish(writer, $0) }
        guard let file = output.file.take() else { preconditionFailure("an image is committed once") }
        try file.commit(replacing: replacing, durably: false)
    }

    // MARK: - The writer in C

    private static func open(
        _ output: Output, _ format: PhotoFormat, _ shape: FrameShape, _ metadata: PhotoMetadata,
        _ settings: EncodingSettings, _ losses: inout UInt32
    ) throws(FastPixError) -> OpaquePointer {
        var opened: OpaquePointer?
        let context = Unmanaged.passUnretained(output).toOpaque()
        let width = UInt32(clamping: shape.width)
        let height = UInt32(clamping: shape.height)
        try withUnsafePointer(to: metadata.content) { metadata throws(FastPixError) in
            switch format {
            case .jpeg:
                var options = fpx_jpeg_writer_options(
                    width: width, height: height, channels: UInt32(clamping: shape.channels),
                    quality: Int32(clamping: settings.quality), metadata: metadata)
                try check(output) { fpx_jpeg_writer_open(&opened, &options, pass, context, &losses, $0) }
            case .png:
                var options = fpx_png_writer_options()
                options.width = width
                options.height = height
                options.format = pngFormat(shape)
                options.compression_level = Int32(clamping: settings.pngLevel)
                options.filter_rows = true
                options.metadata = metadata
                try check(output) { fpx_png_writer_open(&opened, &options, pass, context, &losses, $0) }
            case .tiff, .fits, .raw:
                throw FastPixError(
                    .unsupported, path: output.path, "images are written as JPEG and PNG only; choose one of them")
            }
        }
        guard let opened else { preconditionFailure("a writer was opened without one") }
        return opened
    }

    private static func pngFormat(_ shape: FrameShape) -> fpx_png_writer_format {
        let isWide = shape.bitsPerSample == 16
        return switch shape.channels {
        case 1: isWide ? .grey16 : .grey8
        case 2: isWide ? .greyAlpha16 : .greyAlpha8
        case 3: isWide ? .rgb16 : .rgb8
        default: isWide ? .rgbAlpha16 : .rgbAlpha8
        }
    }

    private static let pass: fpx_image_writer_callback = {
        context, bytes, count in
        guard let context else { return 1 }
        let output = Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
        do {
            try output.file?.write(UnsafeRawBufferPointer(start: bytes, count: count))
            output.byteCount += count
            return 0
        } catch {
            return 1
        }
    }

    private static func check(
        _ output: Output, _ call: (UnsafeMutablePointer<CChar>) -> fpx_image_writer_status
    ) throws(FastPixError) {
        let result: Result<Void, FastPixError> = withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(FPX_IMAGE_WRITER_MESSAGE_BYTES)
        ) { message in
            guard let message = message.baseAddress else { return .success(()) }
            let status = call(message)
            guard status != .ok else { return .success(()) }
            // The file knows why better than the callback could say.
            if let failure = output.file?.failure { return .failure(failure) }
            let code: FastPixError.Code = status == .memory ? .outOfMemory : .unwritable
            return .failure(FastPixError(code, path: output.path, String(cString: message)))
        }
        try result.get()
    }
}
