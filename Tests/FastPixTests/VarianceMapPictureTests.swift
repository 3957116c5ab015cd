import FastPixPlumbing
import SystemPackage
import Testing

@testable import FastPixReporting

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct VarianceMapPictureTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let width: Int
        let height: Int
        let minimum: Double
        let maximum: Double
        var testDescription: String { name }
    }

    static let samples = [
        Sample(name: "wide", width: 1200, height: 90, minimum: 0, maximum: 1850),
        Sample(name: "narrow picture", width: 200, height: 150, minimum: 0.04, maximum: 1850),
        Sample(name: "one pixel", width: 1, height: 1, minimum: 7, maximum: 7),
        Sample(name: "equal", width: 70, height: 70, minimum: 12.3456, maximum: 12.3456),
        Sample(name: "no value", width: 70, height: 70, minimum: .nan, maximum: .nan),
        Sample(name: "turned around", width: 70, height: 70, minimum: .infinity, maximum: -.infinity),
        Sample(name: "narrow range", width: 70, height: 70, minimum: 1e6, maximum: 1e6 + 1e-3),
        Sample(name: "vanishing range", width: 70, height: 70, minimum: 1e6, maximum: (1e6).nextUp),
        Sample(
            name: "smallest", width: 70, height: 70, minimum: .leastNonzeroMagnitude,
            maximum: .leastNonzeroMagnitude),
        Sample(name: "largest", width: 70, height: 70, minimum: 0, maximum: .greatestFiniteMagnitude),
    ]

    @Test(arguments: samples)
    func isACompletePNG(sample: Sample) throws {
        try withTarget { path in
            var rows: [Int] = []
            try VarianceMapPicture.write(
                to: FilePath(path), width: sample.width, height: sample.height, title: "Title, größer",
                caption: "A caption.",
                minimum: sample.minimum, maximum: sample.maximum
            ) { (row, values) throws(FastPixError) in
                rows.append(row)
                for column in values.indices {
                    values[column] = column % 3 == 0 ? .nan : column % 3 == 1 ? sample.minimum : sample.maximum
                }
            }
            #expect(rows == Array(0..<sample.height))

            let chunks = try #require(pngChunks(contents(of: path)))
            #expect(chunks.first?.type == "IHDR")
            #expect(chunks.last?.type == "IEND")
            #expect(chunks.contains { $0.type == "IDAT" })
            let header = try #require(chunks.first?.data)
            #expect(number(header[0..<4]) >= max(sample.width, 300))
            #expect(number(header[4..<8]) > max(sample.height, 64))
            // Eight bits, RGB, and the only compression, filter method and interlacing in use here.
            #expect(Array(header[8...]) == [8, 2, 0, 0, 0])

            let texts = chunks.filter { $0.type == "tEXt" }.map { String(decoding: $0.data, as: UTF8.self) }
            #expect(texts.first == "Software\0fastpix")
            #expect(texts.last?.hasPrefix("Description\0Lowest variance") == true)
            // Neighbouring numbers are no range to draw.
            if sample.minimum.nextUp < sample.maximum {
                #expect(texts.last?.contains("from \(sample.minimum) (dark) to \(sample.maximum) (bright)") == true)
            }
        }
    }

    @Test func largeMapsAreNotPadded() throws {
        try withTarget { path in
            try VarianceMapPicture.write(
                to: FilePath(path), width: 400, height: 300, title: "", caption: "", minimum: 0, maximum: 1
            ) { (_, values) throws(FastPixError) in values.update(repeating: 0.5) }
            let header = try #require(pngChunks(contents(of: path))?.first?.data)
            #expect(number(header[0..<4]) == 400)
        }
    }

    @Test func aFailingRowLeavesNothingBehind() throws {
        try withTarget { path in
            do {
                try VarianceMapPicture.write(
                    to: FilePath(path), width: 10, height: 10, title: "", caption: "", minimum: 0, maximum: 1
                ) { (row, values) throws(FastPixError) in
                    values.update(repeating: 0)
                    if row == 5 { throw FastPixError(.corrupt, "row 5") }
                }
                Issue.record("the error of a row was lost")
            } catch let error as FastPixError {
                #expect(error.code == .corrupt)
            }
            #expect(contents(of: path).isEmpty)
        }
    }

    @Test func aMapWithoutPixelsIsRefused() throws {
        try withTarget { path in
            do {
                try VarianceMapPicture.write(
                    to: FilePath(path), width: 0, height: 10, title: "", caption: "", minimum: 0, maximum: 1
                ) { (_, _) throws(FastPixError) in Issue.record("a row was asked for") }
                Issue.record("a map of no width was accepted")
            } catch let error as FastPixError {
                #expect(error.code == .invalidArgument)
            }
        }
    }

    #if os(Linux)
        @Test func aFullDiskIsReportedThroughTheCodec() throws {
            do {
                try VarianceMapPicture.write(
                    to: "/dev/full", width: 400, height: 400, title: "", caption: "", minimum: 0, maximum: 1
                ) { (row, values) throws(FastPixError) in
                    for column in values.indices {
                        values[column] = Double((column * 7919 + row * 104_729) % 251) / 251
                    }
                }
                Issue.record("a full disk was not noticed")
            } catch {
                #expect(error.systemErrno == ENOSPC)
            }
        }
    #endif

    @Test func colorsFollowTheMap() {
        #expect(PerceptualColorMap.table.count == 3 * PerceptualColorMap.colorCount)
        #expect(PerceptualColorMap.color(of: 0) == RGBColor(red: 0x44, green: 0x01, blue: 0x54))
        #expect(PerceptualColorMap.color(of: 1) == RGBColor(red: 0xFD, green: 0xE7, blue: 0x25))
        #expect(PerceptualColorMap.index(of: -.infinity) == 0)
        #expect(PerceptualColorMap.index(of: .infinity) == 255)
        #expect(PerceptualColorMap.index(of: .nan) == 0)
        #expect(PerceptualColorMap.index(of: 0.5) == 128)
    }

    @Test func textIsCutAtTheRowsEnds() {
        let white = RGBColor.grey(255)
        for column in [-7, -1, 0, 3, 9, 100] {
            var row = [UInt8](repeating: 0, count: 3 * 10)
            BitmapFont.draw(row: 6, of: "___", at: column, scale: 2, color: white, into: &row)
            #expect(row.allSatisfy { $0 == 0 })
            BitmapFont.draw(row: 14, of: "___", at: column, scale: 2, color: white, into: &row)
            #expect(row.contains(255) == (column < 10))
        }
        #expect(BitmapFont.width(of: "ab", scale: 3) == 33)
        #expect(BitmapFont.width(of: "", scale: 3) == 0)
    }

    // MARK: - Helpers

    /// The chunks of a PNG, or nil when the file is not cut exactly into them.
    private func pngChunks(_ bytes: [UInt8]) -> [(type: String, data: [UInt8])]? {
        guard bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] else { return nil }
        var chunks: [(type: String, data: [UInt8])] = []
        var start = 8
        while start < bytes.count {
            guard bytes.count - start >= 12 else { return nil }
            let length = number(bytes[start..<start + 4])
            guard length <= bytes.count - start - 12 else { return nil }
            let type = bytes[start + 4..<start + 8]
            let data = bytes[start + 8..<start + 8 + length]
            let checksum = number(bytes[start + 8 + length..<start + 12 + length])
            guard checksum == Int(crc32(type + data)) else { return nil }
            chunks.append((String(decoding: type, as: UTF8.self), Array(data)))
            start += 12 + length
        }
        return chunks
    }

    /// The checksum of PNG chunks (ISO 3309).
    private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var remainder: UInt32 = .max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return ~remainder
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private func withTarget(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/fastpix-variance-map.XXXXXX".utf8CString)
        let folder = try #require(
            template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!).map { String(cString: $0) } })
        let path = folder + "/map.png"
        defer {
            _ = unlink(path)
            // Fails, and so tells, when a partial file was left behind.
            #expect(rmdir(folder) == 0)
        }
        try body(path)
    }

    private func contents(of path: String) -> [UInt8] {
        guard let stream = fopen(path, "rb") else { return [] }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk.prefix(count) }
        return bytes
    }
}
