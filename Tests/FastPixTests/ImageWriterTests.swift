import CCodecs
import Testing

/// The writer in C under both formats: it says why, and fails from then on.
@Suite struct ImageWriterTests {
    enum Format: CaseIterable {
        case jpeg, png
    }

    /// Takes so many calls before it refuses.
    private final class Sink {
        var calls: Int
        init(calls: Int) { self.calls = calls }
    }

    private static let take: fpx_image_writer_callback = { context, _, _ in
        guard let context else { return 1 }
        let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
        sink.calls -= 1
        return sink.calls < 0 ? 1 : 0
    }

    private static let side = 64

    /// A grey image, and the statuses of what `use` does with its writer and a buffer for messages.
    private func withWriter(
        _ format: Format, side: Int = side, calls: Int = .max,
        _ use: (OpaquePointer, UnsafeMutablePointer<CChar>) -> Void
    ) -> fpx_image_writer_status {
        let sink = Sink(calls: calls)
        return withExtendedLifetime(sink) {
            let context = Unmanaged.passUnretained(sink).toOpaque()
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(FPX_IMAGE_WRITER_MESSAGE_BYTES)) {
                message in
                let message = message.baseAddress!
                var writer: OpaquePointer?
                let status: fpx_image_writer_status
                switch format {
                case .jpeg:
                    var options = fpx_jpeg_writer_options(
                        width: UInt32(side), height: UInt32(side), channels: 1, quality: 90, metadata: nil)
                    status = fpx_jpeg_writer_open(&writer, &options, Self.take, context, nil, message)
                case .png:
                    var options = fpx_png_writer_options()
                    options.width = UInt32(side)
                    options.height = UInt32(side)
                    options.format = .grey8
                    status = fpx_png_writer_open(&writer, &options, Self.take, context, nil, message)
                }
                #expect((writer == nil) == (status != .ok))
                guard let writer else { return status }
                use(writer, message)
                fpx_image_writer_close(writer)
                return status
            }
        }
    }

    private let pixels = [UInt8](repeating: 128, count: side * side)

    @Test(arguments: Format.allCases) func wholeImages(format: Format) {
        let opened = withWriter(format) { writer, message in
            #expect(fpx_image_writer_write_rows(writer, pixels, Self.side, Self.side, message) == .ok)
            #expect(fpx_image_writer_finish(writer, message) == .ok)
            #expect(fpx_image_writer_finish(writer, message) == .sequence)
            #expect(String(cString: message).contains("been finished"))
        }
        #expect(opened == .ok)
    }

    @Test(arguments: Format.allCases) func rowsAreCounted(format: Format) {
        _ = withWriter(format) { writer, message in
            #expect(
                fpx_image_writer_write_rows(writer, pixels, Self.side, Self.side - 1, message) == .ok)
            #expect(fpx_image_writer_finish(writer, message) == .sequence)
            #expect(String(cString: message).contains("lacks 1 row"))
            // Failed for good, though the row that lacked could be written now.
            #expect(
                fpx_image_writer_write_rows(writer, pixels, Self.side, 1, message) == .sequence)
            #expect(String(cString: message).contains("failed"))
        }
        _ = withWriter(format) { writer, message in
            #expect(
                fpx_image_writer_write_rows(writer, pixels, Self.side, Self.side + 1, message)
                    == .sequence)
            #expect(fpx_image_writer_finish(writer, message) == .sequence)
        }
    }

    @Test(arguments: Format.allCases) func stridesHoldARow(format: Format) {
        for stride in [Self.side - 1, 1 - Self.side, 0] {
            _ = withWriter(format) { writer, message in
                #expect(
                    fpx_image_writer_write_rows(writer, pixels, stride, 2, message) == .argument)
            }
        }
    }

    /// Whenever the output fails, at the beginning, in the middle or at the end, it is said and stays so.
    @Test(arguments: Format.allCases) func refusedBytes(format: Format) {
        var refusals = 0
        for calls in 0..<32 {
            let opened = withWriter(format, calls: calls) { writer, message in
                var status = fpx_image_writer_write_rows(writer, pixels, Self.side, Self.side, message)
                if status == .ok { status = fpx_image_writer_finish(writer, message) }
                guard status != .ok else { return }
                refusals += 1
                #expect(status == .write)
                #expect(String(cString: message).contains("could not be written"))
                #expect(fpx_image_writer_finish(writer, message) == .sequence)
                #expect(String(cString: message).contains("already failed"))
            }
            #expect(opened == .ok || opened == .write)
            if opened != .ok { refusals += 1 }
        }
        #expect(refusals > 0)
    }

    @Test(arguments: Format.allCases) func noPixels(format: Format) {
        let opened = withWriter(format, side: 0) { _, _ in Issue.record("a writer of nothing") }
        #expect(opened == .argument)
    }
}
