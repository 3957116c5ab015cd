import Foundation

/// Files of raw samples for programs that read no photos: 16-bit, one sample a pixel, all alike but for some.
public struct RawPicture {
    let width: Int
    let height: Int
    let usual: UInt16
    /// Row, column and value of the others.
    let others: [(row: Int, column: Int, value: UInt16)]

    public init(width: Int, height: Int, usual: UInt16, others: [(row: Int, column: Int, value: UInt16)]) {
        self.width = width
        self.height = height
        self.usual = usual
        self.others = others
    }

    private var rows: [[UInt16]] {
        var rows = [[UInt16]](repeating: [UInt16](repeating: usual, count: width), count: height)
        for other in others { rows[other.row][other.column] = other.value }
        return rows
    }

    /// Adobe's Digital Negative 1.1, uncompressed, with a Bayer pattern: the tags that the specification demands.
    public var dng: Data { dng(visible: nil) }

    /// The same with a masked border around a visible part, and the names and matrices that raw developers ask for. `crop`:
    /// the part of the visible one that the camera's own pictures show.
    public func dng(
        visible: (left: Int, top: Int, width: Int, height: Int)?,
        crop: (left: Int, top: Int, width: Int, height: Int)? = nil
    ) -> Data {
        // Tag, type (1 byte, 2 text, 3 16 bits, 4 32 bits, 5 and 10 fractions), content.
        let samples = rows.flatMap { $0 }
        var entries: [(tag: UInt16, type: UInt16, bytes: [UInt8])] = [
            (254, 4, little(UInt32(0))), (256, 4, little(UInt32(width))), (257, 4, little(UInt32(height))),
            (258, 3, little(UInt16(16))), (259, 3, little(UInt16(1))), (262, 3, little(UInt16(32803))),
            (271, 2, Array("Test\0".utf8)), (272, 2, Array("Camera\0".utf8)), (273, 4, little(UInt32(0))),
            (277, 3, little(UInt16(1))), (278, 4, little(UInt32(height))),
            (279, 4, little(UInt32(samples.count * 2))), (33421, 3, little(UInt16(2)) + little(UInt16(2))),
            (33422, 1, [0, 1, 1, 2]), (50706, 1, [1, 1, 0, 0]),
        ]
        func long(_ values: [Int]) -> [UInt8] { values.flatMap { little(UInt32(truncatingIfNeeded: $0)) } }
        if let visible {
            entries += [
                (50708, 2, Array("Test Camera\0".utf8)), (50717, 4, long([65535])),
                (50721, 10, long([1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1])),
                (50728, 5, long([1, 1, 1, 1, 1, 1])),
                (
                    50829, 4,
                    long([visible.top, visible.left, visible.top + visible.height, visible.left + visible.width])
                ),
            ]
        }
        if let crop {
            entries += [(50719, 4, long([crop.left, crop.top])), (50720, 4, long([crop.width, crop.height]))]
        }
        entries.sort { $0.tag < $1.tag }
        let start = 8 + 2 + entries.count * 12 + 4
        let longBytes = entries.filter { $0.bytes.count > 4 }.reduce(0) { $0 + $1.bytes.count }
        let strip = entries.firstIndex { $0.tag == 273 }!
        entries[strip].bytes = little(UInt32(start + longBytes))
        var file: [UInt8] = Array("II".utf8) + little(UInt16(42)) + little(UInt32(8)) + little(UInt16(entries.count))
        var outside: [UInt8] = []
        for entry in entries {
            let size = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 10: 8][Int(entry.type)]!
            file += little(entry.tag) + little(entry.type) + little(UInt32(entry.bytes.count / size))
            if entry.bytes.count > 4 {
                file += little(UInt32(start + outside.count))
                outside += entry.bytes
            } else {
                file += entry.bytes + [UInt8](repeating: 0, count: 4 - entry.bytes.count)
            }
        }
        file += little(UInt32(0)) + outside
        for sample in samples { file += little(sample) }
        return Data(file)
    }

    /// FITS, whose rows run from the bottom of the picture to its top.
    public var fits: Data { fits(storing: rows.reversed(), cards: []) }

    /// FITS with the rows stored in their order, and further header lines.
    public func fitsAsStored(_ cards: [String]) -> Data { fits(storing: rows, cards: cards) }

    private func fits(storing rows: [[UInt16]], cards further: [String]) -> Data {
        let cards =
            [
                "SIMPLE  =                    T", "BITPIX  =                   16", "NAXIS   =                    2",
                "NAXIS1  = \(padded(width))", "NAXIS2  = \(padded(height))", "BZERO   =                32768",
                "BSCALE  =                    1",
            ] + further + ["END"]
        var file = Data(cards.joined { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.utf8)
        file += Data(repeating: UInt8(ascii: " "), count: (2880 - file.count % 2880) % 2880)
        for row in rows {
            for sample in row {
                let stored = UInt16(truncatingIfNeeded: Int(sample) - 32768)
                file += [UInt8(stored >> 8), UInt8(stored & 255)]
            }
        }
        file += Data(count: (2880 - file.count % 2880) % 2880)
        return file
    }

    private func padded(_ number: Int) -> String {
        String(repeating: " ", count: 20 - String(number).count) + String(number)
    }

    private func little<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

extension Array where Element == String {
    fileprivate func joined(_ transform: (String) -> String) -> String { map(transform).joined() }
}
