import Foundation

/// A `.npy` file, read after NumPy's description of the format (`numpy.lib.format`), version 1.0.
public struct NumPyArray: Sendable {
    /// NumPy's name of the element type, `<f8` for instance.
    public let elementType: String
    public let isFortranOrder: Bool
    public let shape: [Int]
    /// The elements' bytes.
    public let bytes: Data

    public struct Malformed: Error {
        public let reason: String
    }

    public init(_ file: URL) throws {
        let content = try Data(contentsOf: file)
        guard content.count >= 10, content.prefix(8) == Data([0x93] + Array("NUMPY".utf8) + [1, 0]) else {
            throw Malformed(reason: "no magic")
        }
        let start = 10 + Int(content[8]) + Int(content[9]) << 8
        guard content.count >= start, start % 64 == 0, content[start - 1] == UInt8(ascii: "\n") else {
            throw Malformed(reason: "header not aligned")
        }
        let header = String(decoding: content[10..<start], as: UTF8.self)
        let form = /\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \} *\n/
        guard let match = try form.wholeMatch(in: header) else { throw Malformed(reason: header) }
        elementType = String(match.1)
        isFortranOrder = match.2 == "True"
        shape = match.3.split(whereSeparator: { ", ".contains($0) }).compactMap { Int($0) }
        bytes = Data(content[start...])
    }

    /// The elements; `type` must be the one the file names.
    public func elements<Element: BitwiseCopyable>(as type: Element.Type) throws -> [Element] {
        let names = ["Double": "<f8", "UInt32": "<u4", "UInt64": "<u8"]
        guard names["\(type)"] == elementType else { throw Malformed(reason: "\(elementType) is not \(type)") }
        return bytes.withUnsafeBytes { Array($0.bindMemory(to: type)) }
    }
}
