import Foundation

/// Little-endian TIFF files made by hand after TIFF 6.0: 16-bit grey, not compressed, one strip a page.
public enum TIFFFile {
    /// The samples of a page of `stack`: each page differs from the others.
    public static func samples(page: Int, width: Int, height: Int) -> [UInt8] {
        (0..<width * height).flatMap { bytes16((page * 7 + $0 * 31) & 0xffff) }
    }

    /// Pages of `samples`, each behind its directory.
    public static func stack(pages: Int, width: Int, height: Int) -> Data {
        var file = header
        for page in 0..<pages {
            let content = samples(page: page, width: width, height: height)
            append(content, width: UInt32(width), height: UInt32(height), isLast: page == pages - 1, to: &file)
        }
        return file
    }

    /// One page of any samples of 16 bits.
    public static func grey16(_ samples: [UInt16], width: Int) -> Data {
        var file = header
        append(
            samples.flatMap { bytes16(Int($0)) }, width: UInt32(width), height: UInt32(samples.count / width),
            isLast: true, to: &file)
        return file
    }

    /// A grey picture of 4 x 3 pixels with further samples of these kinds (ExtraSamples: 0 without a name, 2 alpha).
    public static func grey16(with extraSamples: [UInt32]) -> Data {
        let perPixel = 1 + extraSamples.count
        var file = header
        let kinds = UInt32(extraSamples.enumerated().reduce(0) { $0 | $1.element << (16 * UInt32($1.offset)) })
        append(
            [UInt8](repeating: 7, count: 4 * 3 * perPixel * 2), width: 4, height: 3, isLast: true, to: &file,
            samplesPerPixel: UInt32(perPixel), further: [(338, 3, UInt32(extraSamples.count), kinds)])
        return file
    }

    /// A page that claims to be so large and has four bytes.
    public static func declaring(width: UInt32, height: UInt32) -> Data {
        var file = header
        append([1, 2, 3, 4], width: width, height: height, isLast: true, to: &file)
        return file
    }

    /// Pages of 8-bit grey that all name the same data, each page in `strips` strips, which name the same data, too.
    /// `compression`: 1 none, 8 Deflate.
    public static func sharing(
        _ data: [UInt8], pages: Int, width: Int, height: Int, strips: Int = 1, compression: UInt32 = 1
    ) -> Data {
        var file = header
        let start = file.count
        file += data + [UInt8](repeating: 0, count: data.count % 2)
        let offsets = file.count
        for _ in 0..<strips { file += bytes32(UInt32(start)) }
        for _ in 0..<strips { file += bytes32(UInt32(data.count)) }
        let (offset, count) =
            strips == 1 ? (start, data.count) : (offsets, offsets + 4 * strips)
        file.replaceSubrange(4..<8, with: bytes32(UInt32(file.count)))
        for page in 0..<pages {
            let entries: [(tag: Int, type: Int, count: UInt32, value: UInt32)] = [
                (256, 4, 1, UInt32(width)), (257, 4, 1, UInt32(height)), (258, 3, 1, 8), (259, 3, 1, compression),
                (262, 3, 1, 1), (273, 4, UInt32(strips), UInt32(offset)), (277, 3, 1, 1),
                (278, 4, 1, UInt32(height / strips)), (279, 4, UInt32(strips), UInt32(count)),
            ]
            let next = file.count + 2 + entries.count * 12 + 4
            file += bytes16(entries.count)
            for entry in entries {
                file += bytes16(entry.tag) + bytes16(entry.type) + bytes32(entry.count) + bytes32(entry.value)
            }
            file += bytes32(page == pages - 1 ? 0 : UInt32(next))
        }
        return file
    }

    private static let header = Data([0x49, 0x49, 42, 0, 8, 0, 0, 0])

    private static func append(
        _ samples: [UInt8], width: UInt32, height: UInt32, isLast: Bool, to file: inout Data,
        samplesPerPixel: UInt32 = 1, further: [(tag: Int, type: Int, count: UInt32, value: UInt32)] = []
    ) {
        let count = 9 + further.count
        let entries: [(tag: Int, type: Int, count: UInt32, value: UInt32)] =
            [
                (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1),
                (273, 4, 1, UInt32(file.count + 2 + count * 12 + 4)), (277, 3, 1, samplesPerPixel), (278, 4, 1, height),
                (279, 4, 1, UInt32(samples.count)),
            ] + further
        file += bytes16(entries.count)
        for entry in entries {
            file += bytes16(entry.tag) + bytes16(entry.type) + bytes32(entry.count) + bytes32(entry.value)
        }
        let next = file.count + 4 + samples.count
        file += bytes32(isLast ? 0 : UInt32(next))
        file += samples
    }

    private static func bytes16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
    private static func bytes32(_ value: UInt32) -> [UInt8] {
        bytes16(Int(value & 0xffff)) + bytes16(Int(value >> 16))
    }
}
