import CCodecs
import FastPixPlumbing
import SystemPackage

/// An RGB picture written into a staged file, which must outlive it.
package struct PNGOutput: ~Copyable {
    private let writer: OpaquePointer
    private let file: UnsafeMutablePointer<StagedFile>
    private let path: FilePath

    package init(
        file: UnsafeMutablePointer<StagedFile>, path: FilePath, width: Int, height: Int, description: String
    ) throws(FastPixError) {
        self.file = file
        self.path = path
        var opened: OpaquePointer?
        try Self.check(file, path) { message in
            "Software".withCString { softwareKeyword in
                "fastpix".withCString { software in
                    "Description".withCString { descriptionKeyword in
                        description.withCString { description in
                            let texts = [
                                fpx_png_writer_text(keyword: softwareKeyword, text: software),
                                fpx_png_writer_text(keyword: descriptionKeyword, text: description),
                            ]
                            return texts.withUnsafeBufferPointer { texts in
                                var options = fpx_png_writer_options()
                                options.width = UInt32(clamping: width)
                                options.height = UInt32(clamping: height)
                                options.format = .rgb8
                                // Sensor noise hardly compresses: zlib's default saves 8 % more, five times slower.
                                options.compression_level = 2
                                options.texts = texts.baseAddress
                                options.text_count = texts.count
                                return fpx_png_writer_open(&opened, &options, Self.pass, file, nil, message)
                            }
                        }
                    }
                }
            }
        }
        guard let opened else { preconditionFailure("fpx_png_writer_open succeeded without a writer") }
        writer = opened
    }

    deinit { fpx_image_writer_close(writer) }

    package func write(row: [UInt8]) throws(FastPixError) {
        try Self.check(file, path) { fpx_image_writer_write_rows(writer, row, row.count, 1, $0) }
    }

    package func finish() throws(FastPixError) {
        try Self.check(file, path) { fpx_image_writer_finish(writer, $0) }
    }

    private static let pass: fpx_image_writer_callback = { file, bytes, count in
        guard let file else { return 1 }
        let staged = file.assumingMemoryBound(to: StagedFile.self)
        do {
            try staged.pointee.write(UnsafeRawBufferPointer(start: bytes, count: count))
            return 0
        } catch {
            return 1
        }
    }

    private static func check(
        _ file: UnsafeMutablePointer<StagedFile>, _ path: FilePath,
        _ call: (UnsafeMutablePointer<CChar>) -> fpx_image_writer_status
    ) throws(FastPixError) {
        let result: Result<Void, FastPixError> = withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(FPX_IMAGE_WRITER_MESSAGE_BYTES)
        ) { message in
            guard let message = message.baseAddress else { return .success(()) }
            let status = call(message)
            guard status != .ok else { return .success(()) }
            // The file knows why better than the callback could say.
            if let failure = file.pointee.failure { return .failure(failure) }
            let code: FastPixError.Code = status == .memory ? .outOfMemory : .unwritable
            return .failure(
                FastPixError(
                    code, path: path, "the picture could not be written: \(String(cString: message))"))
        }
        try result.get()
    }
}
