import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Streams a picture to a FITS file: float32 or 8 bits, one or three planes, rows in the order they are given. Like
/// `StagedFile`, the file appears under its name only when `commit()` succeeds. Source: FITS standard 4.0, 3.3, 4.4.
package struct FITSArrayFile: ~Copyable {
    private var file: StagedFile
    private var writtenBytes: Int
    private let expectedBytes: Int

    private static let block = 2880

    /// `bitsPerSample`: 8, whole numbers, or 32, floating point. `cards`: further header lines, of at most 80 bytes.
    package init(
        target: FilePath, width: Int, height: Int, planes: Int, bitsPerSample: Int, cards: [String],
        replacing: Bool = true
    ) throws(FastPixError) {
        func number(_ keyword: String, _ value: Int) -> String {
            Self.padded(keyword, 8) + "= "
                + String(repeating: " ", count: max(0, 20 - "\(value)".count)) + "\(value)"
        }
        let axes = [number("NAXIS", planes > 1 ? 3 : 2), number("NAXIS1", width), number("NAXIS2", height)]
        let lines =
            ["SIMPLE  =                    T", number("BITPIX", bitsPerSample == 8 ? 8 : -32)] + axes
            + (planes > 1 ? [number("NAXIS3", planes)] : []) + cards + ["END"]
        var header = lines.map { Self.padded(String($0.prefix(80)), 80) }.joined()
        header += String(repeating: " ", count: Self.padding(header.utf8.count))
        var file = try StagedFile(target: target, replacing: replacing)
        try file.write(header)
        self.file = file
        writtenBytes = 0
        expectedBytes = width * height * planes * bitsPerSample / 8
    }

    private static func padding(_ count: Int) -> Int { (block - count % block) % block }

    package mutating func append(_ samples: [Float]) throws(FastPixError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(samples.count * 4)
        for sample in samples { withUnsafeBytes(of: sample.bitPattern.bigEndian) { bytes.append(contentsOf: $0) } }
        try append(bytes)
    }

    package mutating func append(_ bytes: [UInt8]) throws(FastPixError) {
        try file.write(bytes)
        writtenBytes += bytes.count
    }

    package consuming func commit() throws(FastPixError) {
        precondition(writtenBytes == expectedBytes)
        try file.write([UInt8](repeating: 0, count: Self.padding(expectedBytes)))
        try file.commit()
    }

    private static func padded(_ text: String, _ length: Int) -> String {
        text + String(repeating: " ", count: max(0, length - text.count))
    }

    /// A header line with a text.
    package static func card(_ keyword: String, _ text: String) -> String {
        let printable = text.printable.unicodeScalars.map { (32...126).contains($0.value) ? Character($0) : "?" }
        let quoted = String(printable).replacing("'", with: "''").prefix(66)
        return padded(keyword, 8) + "= '\(quoted)'"
    }
}
