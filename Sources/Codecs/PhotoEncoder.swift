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
    private let writer: Writer
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

    private enum Writer {
        case jpeg(OpaquePointer)
        case png(OpaquePointer)
    }

    /// `shape.channels` is 1 to 4; 2 and 4 are with alpha, which JPEG does not take.
    package init(
        _ path: FilePath, format: PhotoFormat, shape: FrameShape, metadata: PhotoMetadata,
        settings: EncodingSettings
    ) throws(FastPixError) {
        self.shape = shape
        let output = try Output(path)
        var losses: UInt32 = 0
        switch format {
        case .jpeg: writer = .jpeg(try Self.openJPEG(output, shape, metadata, settings, &losses))
        case .png: writer = .png(try Self.openPNG(output, shape, metadata, settings, &losses))
        case .tiff, .fits, .raw:
            throw FastPixError(
                .unsupported, path: path, "images are written as JPEG and PNG only; choose one of them")
        }
        self.output = output
        notes = PhotoMetadata.notes(forLosses: losses)
    }

    deinit {
        switch writer {
        case .jpeg(let writer): fpx_jpeg_writer_close(writer)
        case .png(let writer): fpx_png_writer_close(writer)
        }
    }

    /// Bytes that the codec has put out so far.
    package var byteCount: Int { output.byteCount }

    /// Encodes the next rows; 16-bit samples in the machine's byte order.
    package func write(_ rows: UnsafeRawPointer, stride: Int, rowCount: Int) throws(FastPixError) {
        try Self.check(output) { message in
            switch writer {
            case .jpeg(let writer):
                fpx_jpeg_writer_write_rows(
                    writer, rows.assumingMemoryBound(to: UInt8.self), stride, rowCount, message
                ).rawValue
            case .png(let writer): fpx_png_writer_write_rows(writer, rows, stride, rowCount, message).rawValue
            }
        }
    }

    /// Ends the file and gives it its name. With `replacing` an existing file is replaced, without it an error.
    package func commit(replacing: Bool) throws(FastPixError) {
        try Self.check(output) { message in
            switch writer {
            case .jpeg(let writer): fpx_jpeg_writer_finish(writer, message).rawValue
            case .png(let writer): fpx_png_writer_finish(writer, message).rawValue
            }
        }
        guard let file = output.file.take() else { preconditionFailure("an image is committed once") }
        try file.commit(replacing: replacing, durably: false)
    }

    // MARK: - Writers

    private static func openJPEG(
        _ output: Output, _ shape: FrameShape, _ metadata: PhotoMetadata, _ settings: EncodingSettings,
        _ losses: inout UInt32
    ) throws(FastPixError) -> OpaquePointer {
        var content = metadata.content
        var opened: OpaquePointer?
        try withUnsafeMutablePointers(&content, &losses) { metadata, losses throws(FastPixError) in
            try check(output) { message in
                var options = fpx_jpeg_writer_options()
                options.width = UInt32(clamping: shape.width)
                options.height = UInt32(clamping: shape.height)
                options.channels = UInt32(clamping: shape.channels)
                options.quality = Int32(clamping: settings.quality)
                options.metadata = UnsafePointer(metadata)
                let context = Unmanaged.passUnretained(output).toOpaque()
                return fpx_jpeg_writer_open(&opened, &options, pass, context, losses, message).rawValue
            }
        }
        guard let opened else { preconditionFailure("fpx_jpeg_writer_open succeeded without a writer") }
        return opened
    }

    private static func openPNG(
        _ output: Output, _ shape: FrameShape, _ metadata: PhotoMetadata, _ settings: EncodingSettings,
        _ losses: inout UInt32
    ) throws(FastPixError) -> OpaquePointer {
        var content = metadata.content
        var opened: OpaquePointer?
        try withUnsafeMutablePointers(&content, &losses) { metadata, losses throws(FastPixError) in
            try check(output) { message in
                var options = fpx_png_writer_options()
                options.width = UInt32(clamping: shape.width)
                options.height = UInt32(clamping: shape.height)
                options.format = pngFormat(shape)
                options.compression_level = Int32(clamping: settings.pngLevel)
                options.filter_rows = true
                options.metadata = UnsafePointer(metadata)
                options.losses = losses
                let context = Unmanaged.passUnretained(output).toOpaque()
                return fpx_png_writer_open(&opened, &options, pass, context, message).rawValue
            }
        }
        guard let opened else { preconditionFailure("fpx_png_writer_open succeeded without a writer") }
        return opened
    }

    private static func pngFormat(_ shape: FrameShape) -> fpx_png_writer_format {
        let isWide = shape.bitsPerSample == 16
        return switch shape.channels {
        case 1: isWide ? FPX_PNG_WRITER_GREY_16 : FPX_PNG_WRITER_GREY_8
        case 2: isWide ? FPX_PNG_WRITER_GREY_ALPHA_16 : FPX_PNG_WRITER_GREY_ALPHA_8
        case 3: isWide ? FPX_PNG_WRITER_RGB_16 : FPX_PNG_WRITER_RGB_8
        default: isWide ? FPX_PNG_WRITER_RGB_ALPHA_16 : FPX_PNG_WRITER_RGB_ALPHA_8
        }
    }

    private static func withUnsafeMutablePointers<First, Second>(
        _ first: inout First, _ second: inout Second,
        _ body: (UnsafeMutablePointer<First>, UnsafeMutablePointer<Second>) throws(FastPixError) -> Void
    ) throws(FastPixError) {
        try withUnsafeMutablePointer(to: &first) { first throws(FastPixError) in
            try withUnsafeMutablePointer(to: &second) { second throws(FastPixError) in try body(first, second) }
        }
    }

    private static let pass: @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer, Int) -> Int32 = {
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

    /// The statuses of both writers have the same numbers: 0 is success, 2 want of memory.
    private static func check(
        _ output: Output, _ call: (UnsafeMutablePointer<CChar>) -> UInt32
    ) throws(FastPixError) {
        let result: Result<Void, FastPixError> = withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(max(FPX_JPEG_WRITER_MESSAGE_BYTES, FPX_PNG_WRITER_MESSAGE_BYTES))
        ) { message in
            guard let message = message.baseAddress else { return .success(()) }
            let status = call(message)
            guard status != FPX_JPEG_WRITER_OK.rawValue else { return .success(()) }
            // The file knows why better than the callback could say.
            if let failure = output.file?.failure { return .failure(failure) }
            let code: FastPixError.Code =
                status == FPX_JPEG_WRITER_ERROR_MEMORY.rawValue ? .outOfMemory : .unwritable
            return .failure(FastPixError(code, path: output.path, String(cString: message)))
        }
        try result.get()
    }
}
