import Foundation

/// Photo files made by hand.
public enum TestPhoto {
    /// An 8-bit PNG of 1 (grey) or 3 channels after the PNG specification, not compressed, with EXIF when given.
    public static func png(_ samples: [UInt8], width: Int, channels: Int, exif: ExifBlock? = nil) -> Data {
        png(Data(samples), rowBytes: width * channels, width: width, channels: channels, bits: 8, exif: exif)
    }

    /// The same with 16 bits.
    public static func png(_ samples: [UInt16], width: Int, channels: Int, exif: ExifBlock? = nil) -> Data {
        let bytes = Data(samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
        return png(bytes, rowBytes: 2 * width * channels, width: width, channels: channels, bits: 16, exif: exif)
    }

    private static func png(
        _ samples: Data, rowBytes: Int, width: Int, channels: Int, bits: UInt8, exif: ExifBlock?
    ) -> Data {
        let height = samples.count / rowBytes
        var rows = Data()
        for row in 0..<height {
            // Filter 0: none.
            rows.append(0)
            rows += samples[row * rowBytes..<(row + 1) * rowBytes]
        }
        let header = big(UInt32(width)) + big(UInt32(height)) + [bits, channels == 1 ? 0 : 2, 0, 0, 0]
        var file = Data([0x89] + Array("PNG\r\n".utf8) + [0x1a, 0x0a])
        file += chunk("IHDR", header)
        if let exif { file += chunk("eXIf", exif.bytes) }
        file += chunk("IDAT", stored(rows))
        return file + chunk("IEND", Data())
    }

    /// A PNG with a text put right behind its header.
    public static func png(_ photo: Data, withComment text: String) -> Data {
        let headerEnd = 8 + 25
        return photo.prefix(headerEnd) + chunk("tEXt", Data("Comment\0\(text)".utf8)) + photo.dropFirst(headerEnd)
    }

    /// A JPEG with a segment put right behind its start marker: `marker` is the second byte, 0xe1 for APP1.
    public static func jpeg(_ photo: Data, with marker: UInt8, _ content: Data) -> Data {
        let length = UInt16(content.count + 2)
        return photo.prefix(2) + [0xff, marker, UInt8(length >> 8), UInt8(length & 255)] + content + photo.dropFirst(2)
    }

    /// The same with an EXIF block, which stands before the photo's own.
    public static func jpeg(_ photo: Data, with exif: ExifBlock) -> Data {
        jpeg(photo, with: 0xe1, Data("Exif\0\0".utf8) + exif.bytes)
    }

    private static func big(_ value: UInt32) -> Data {
        Data([UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)])
    }

    private static func chunk(_ type: String, _ content: Data) -> Data {
        let body = Data(type.utf8) + content
        return big(UInt32(content.count)) + body + big(checksum(body))
    }

    /// A zlib stream (RFC 1950) of stored blocks (RFC 1951).
    private static func stored(_ bytes: Data) -> Data {
        var stream = Data([0x78, 0x01])
        var first: UInt32 = 1
        var second: UInt32 = 0
        for byte in bytes {
            first = (first + UInt32(byte)) % 65521
            second = (second + first) % 65521
        }
        for start in stride(from: 0, to: bytes.count, by: 65535) {
            let block = bytes[start..<min(bytes.count, start + 65535)]
            let length = UInt16(block.count)
            stream += [start + 65535 >= bytes.count ? 1 : 0, UInt8(length & 255), UInt8(length >> 8)]
            stream += [UInt8(~length & 255), UInt8(~length >> 8)]
            stream += block
        }
        return stream + big(second << 16 | first)
    }

    /// CRC-32 of ISO 3309.
    private static func checksum(_ bytes: Data) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            table[Int((crc ^ UInt32(byte)) & 255)] ^ (crc >> 8)
        }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
    }
}
