import FastPixPlumbing
import SystemPackage

/// Streams an array to a `.npy` file, version 1.0, C order, little-endian.
///
/// The format is NumPy's own description, `numpy.lib.format`; the header is byte for byte the one NumPy writes. Like
/// `StagedFile`, the file appears under its name only when `commit()` succeeds.
struct NumPyArrayFile: ~Copyable {
    /// The elements a file can hold.
    enum ElementType {
        case float64, uint32, uint64

        /// Bytes of one element.
        var byteCount: Int { self == .uint32 ? 4 : 8 }

        fileprivate var descriptor: String {
            switch self {
            case .float64: "<f8"
            case .uint32: "<u4"
            case .uint64: "<u8"
            }
        }
    }

    /// NumPy 1 reads no more dimensions than this.
    private static let maximumDimensions = 32

    private let target: FilePath
    private let expectedBytes: Int
    private var writtenBytes: Int
    private var file: StagedFile

    /// Prepares to write `target` and writes the header.
    ///
    /// - Parameters:
    ///   - target: where the file shall appear.
    ///   - element: the type of every element.
    ///   - shape: the length of every dimension, slowest first; empty for a single element.
    ///   - replacing: whether a file that is there already is replaced.
    /// - Throws: `invalidArgument` or `tooLarge` for an impossible shape, and what `StagedFile` throws.
    init(target: FilePath, element: ElementType, shape: [Int], replacing: Bool = true) throws(FastPixError) {
        let expectedBytes = try Self.byteCount(target: target, element: element, shape: shape)
        var file = try StagedFile(target: target, replacing: replacing)
        try Self.write(Self.header(element: element, shape: shape), to: &file)
        self.target = target
        self.expectedBytes = expectedBytes
        self.file = file
        writtenBytes = 0
    }

    /// Appends elements in C order.
    ///
    /// - Parameter values: little-endian elements, which is how they lie in memory wherever Swift runs; calls may cut
    ///   the array anywhere.
    /// - Throws: `invalidArgument` for more bytes than the shape has room for, and what `StagedFile` throws.
    mutating func append(_ values: UnsafeRawBufferPointer) throws(FastPixError) {
        guard values.count <= expectedBytes - writtenBytes else {
            throw FastPixError(
                .invalidArgument, path: target,
                "the array has room for \(expectedBytes) bytes, \(writtenBytes) are written and "
                    + "\(values.count) more were given; give the shape that matches the data")
        }
        try file.write(values)
        writtenBytes += values.count
    }

    /// The same for an array.
    mutating func append<Element: BitwiseCopyable>(_ values: [Element]) throws(FastPixError) {
        let result: Result<Void, FastPixError> = values.withUnsafeBytes { bytes in
            do throws(FastPixError) {
                return .success(try append(bytes))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: `invalidArgument` when elements are missing, and what `StagedFile` throws. The target is then as it
    ///   was before.
    consuming func commit() throws(FastPixError) {
        guard writtenBytes == expectedBytes else {
            throw FastPixError(
                .invalidArgument, path: target,
                "the array should hold \(expectedBytes) bytes, but only \(writtenBytes) were given; "
                    + "append all elements before committing")
        }
        try file.commit()
    }

    private static func byteCount(
        target: FilePath, element: ElementType, shape: [Int]
    ) throws(FastPixError) -> Int {
        guard shape.count <= maximumDimensions, shape.allSatisfy({ $0 >= 0 }) else {
            throw FastPixError(
                .invalidArgument, path: target,
                "the array cannot have the shape \(shape); give at most \(maximumDimensions) dimensions, "
                    + "none of them negative")
        }
        var count = element.byteCount
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else {
                throw FastPixError(
                    .tooLarge, path: target,
                    "the array of shape \(shape) has more bytes than a file can hold; give a smaller shape")
            }
            count = product
        }
        return count
    }

    private static func header(element: ElementType, shape: [Int]) -> [UInt8] {
        let lengths = shape.map(String.init).joined(separator: ", ")
        let tuple = shape.count == 1 ? "(\(lengths),)" : "(\(lengths))"
        var dictionary = "{'descr': '\(element.descriptor)', 'fortran_order': False, 'shape': \(tuple), }"
        // NumPy leaves room for the first dimension to grow to 21 digits in place.
        if let first = shape.first { dictionary += String(repeating: " ", count: 21 - String(first).count) }

        let prefixCount = 10
        let unpadded = prefixCount + dictionary.utf8.count + 1
        // NumPy pads an already aligned header by another 64.
        dictionary += String(repeating: " ", count: 64 - unpadded % 64) + "\n"

        let length = UInt16(dictionary.utf8.count)
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
        let version: [UInt8] = [1, 0]
        return magic + version + [UInt8(length & 0xFF), UInt8(length >> 8)] + Array(dictionary.utf8)
    }

    private static func write(_ bytes: [UInt8], to file: inout StagedFile) throws(FastPixError) {
        let result: Result<Void, FastPixError> = bytes.withUnsafeBytes { bytes in
            do throws(FastPixError) {
                return .success(try file.write(bytes))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
