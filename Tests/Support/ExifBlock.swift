import Foundation

/// An EXIF block made by hand after TIFF 6.0 and EXIF 2.32, little-endian: what a camera or a program may write.
public struct ExifBlock {
    public enum Directory: Sendable { case image, exif }

    private enum Value {
        case text(String)
        case short(UInt16)
        case long(UInt32)
        case rational(UInt32, UInt32)
    }

    private var entries: [Directory: [(tag: UInt16, value: Value)]] = [.image: [], .exif: []]

    public init() {}

    public mutating func add(_ directory: Directory, _ tag: UInt16, _ text: String) {
        entries[directory]?.append((tag, .text(text)))
    }
    public mutating func add(_ directory: Directory, _ tag: UInt16, short: UInt16) {
        entries[directory]?.append((tag, .short(short)))
    }
    public mutating func add(_ directory: Directory, _ tag: UInt16, long: UInt32) {
        entries[directory]?.append((tag, .long(long)))
    }
    public mutating func add(_ directory: Directory, _ tag: UInt16, rational numerator: UInt32, _ denominator: UInt32) {
        entries[directory]?.append((tag, .rational(numerator, denominator)))
    }

    /// The block without "Exif", as PNG's eXIf chunk holds it.
    public var bytes: Data {
        var image = entries[.image] ?? []
        let exif = entries[.exif] ?? []
        // The pointer to the EXIF directory is an entry of the image's.
        let imageSize = Self.directory(image + [(0x8769, .long(0))], at: 8).count
        image.append((0x8769, .long(UInt32(8 + imageSize))))
        var block = Data("II".utf8) + Self.little(42, 2) + Self.little(8, 4)
        block += Self.directory(image, at: 8)
        block += Self.directory(exif, at: 8 + imageSize)
        return block
    }

    /// A directory and, behind it, what does not fit four bytes.
    private static func directory(_ entries: [(tag: UInt16, value: Value)], at start: Int) -> Data {
        let sorted = entries.sorted { $0.tag < $1.tag }
        var directory = little(UInt32(sorted.count), 2)
        var behind = Data()
        let behindStart = start + 2 + 12 * sorted.count + 4
        for (tag, value) in sorted {
            let (type, count, content): (UInt32, Int, Data) =
                switch value {
                case .text(let text): (2, text.utf8.count + 1, Data(text.utf8) + [0])
                case .short(let number): (3, 1, little(UInt32(number), 2))
                case .long(let number): (4, 1, little(number, 4))
                case .rational(let numerator, let denominator): (5, 1, little(numerator, 4) + little(denominator, 4))
                }
            directory += little(UInt32(tag), 2) + little(type, 2) + little(UInt32(count), 4)
            if content.count <= 4 {
                directory += content + Data(count: 4 - content.count)
            } else {
                directory += little(UInt32(behindStart + behind.count), 4)
                behind += content + Data(count: content.count % 2)
            }
        }
        return directory + Data(count: 4) + behind
    }

    private static func little(_ value: UInt32, _ byteCount: Int) -> Data {
        Data((0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }
}
