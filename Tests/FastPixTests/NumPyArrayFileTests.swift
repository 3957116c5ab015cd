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

@Suite struct NumPyArrayFileTests {
    /// The golden headers are what `numpy.lib.format.write_array_header_1_0` of NumPy 2.4 writes.
    struct Golden: Sendable, CustomTestStringConvertible {
        let element: NumPyArrayFile.ElementType
        let shape: [Int]
        let dictionary: String
        let trailingSpaces: Int
        let dictionaryBytes: UInt16
        var testDescription: String { dictionary }

        var bytes: [UInt8] {
            [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(dictionaryBytes & 0xFF), UInt8(dictionaryBytes >> 8)]
                + Array(dictionary.utf8) + [UInt8](repeating: 0x20, count: trailingSpaces) + [0x0A]
        }
    }

    static let goldens = [
        Golden(
            element: .float64, shape: [3, 4],
            dictionary: "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }",
            trailingSpaces: 58, dictionaryBytes: 118),
        Golden(
            element: .uint32, shape: [5],
            dictionary: "{'descr': '<u4', 'fortran_order': False, 'shape': (5,), }",
            trailingSpaces: 60, dictionaryBytes: 118),
        Golden(
            element: .uint64, shape: [2, 3, 4],
            dictionary: "{'descr': '<u8', 'fortran_order': False, 'shape': (2, 3, 4), }",
            trailingSpaces: 55, dictionaryBytes: 118),
        Golden(
            element: .float64, shape: [],
            dictionary: "{'descr': '<f8', 'fortran_order': False, 'shape': (), }",
            trailingSpaces: 62, dictionaryBytes: 118),
        Golden(
            element: .uint32, shape: [0, 7],
            dictionary: "{'descr': '<u4', 'fortran_order': False, 'shape': (0, 7), }",
            trailingSpaces: 58, dictionaryBytes: 118),
        Golden(
            element: .uint32, shape: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
            dictionary: "{'descr': '<u4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "
                + "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), }",
            trailingSpaces: 56, dictionaryBytes: 182),
    ]

    @Test(arguments: goldens)
    func headerIsNumPys(golden: Golden) throws {
        try withTarget { path in
            let count = golden.shape.reduce(golden.element.byteCount, *)
            var file = try NumPyArrayFile(target: FilePath(path), element: golden.element, shape: golden.shape)
            let values = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            // Cut off the element boundaries, as a caller streaming rows may do.
            try append(Array(values.prefix(3)), to: &file)
            try append(Array(values.dropFirst(3)), to: &file)
            try file.commit()
            #expect(contents(of: path) == golden.bytes + values)
        }
    }

    @Test func valuesAreLittleEndian() throws {
        try withTarget { path in
            var file = try NumPyArrayFile(target: FilePath(path), element: .uint32, shape: [1])
            try [UInt32(0x0403_0201)].withUnsafeBytes { try file.append($0) }
            try file.commit()
            #expect(contents(of: path)?.suffix(4) == [1, 2, 3, 4])
        }
    }

    @Test func missingElementsAreRefused() throws {
        try withTarget { path in
            var file = try NumPyArrayFile(target: FilePath(path), element: .uint64, shape: [2])
            try append([UInt8](repeating: 0, count: 15), to: &file)
            do throws(FastPixError) {
                try file.commit()
                Issue.record("an incomplete array was committed")
            } catch {
                #expect(error.code == .invalidArgument)
                #expect(error.message.contains("16 bytes, but only 15"), "\(error.message)")
            }
            #expect(contents(of: path) == nil)
        }
    }

    @Test func surplusElementsAreRefused() throws {
        try withTarget { path in
            var file = try NumPyArrayFile(target: FilePath(path), element: .uint64, shape: [2])
            do {
                try append([UInt8](repeating: 0, count: 17), to: &file)
                Issue.record("17 bytes were accepted for 16")
            } catch let error as FastPixError {
                #expect(error.code == .invalidArgument)
            }
        }
    }

    @Test func impossibleShapesAreRefused() throws {
        try withTarget { path in
            expectError(.invalidArgument, shape: [3, -1], path: path)
            expectError(.invalidArgument, shape: [Int](repeating: 1, count: 33), path: path)
            expectError(.tooLarge, shape: [.max, 2], path: path)
        }
    }

    // MARK: - Helpers

    private func expectError(_ code: FastPixError.Code, shape: [Int], path: String) {
        do {
            _ = try NumPyArrayFile(target: FilePath(path), element: .float64, shape: shape)
            Issue.record("the shape \(shape) was accepted")
        } catch {
            #expect(error.code == code)
        }
    }

    private func append(_ bytes: [UInt8], to file: inout NumPyArrayFile) throws {
        try bytes.withUnsafeBytes { try file.append($0) }
    }

    private func withTarget(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/fastpix-numpy.XXXXXX".utf8CString)
        let folder = try #require(
            template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!).map { String(cString: $0) } })
        let path = folder + "/array.npy"
        defer {
            _ = unlink(path)
            // Fails, and so tells, when a partial file was left behind.
            #expect(rmdir(folder) == 0)
        }
        try body(path)
    }

    private func contents(of path: String) -> [UInt8]? {
        guard let stream = fopen(path, "rb") else { return nil }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk.prefix(count) }
        return bytes
    }
}
