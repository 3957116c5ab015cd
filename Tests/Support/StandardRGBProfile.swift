/// A profile that libpng takes for the usual sRGB one, "sRGB IEC61966-2.1" of 3144 bytes.
///
/// libpng knows that one by its length, its rendering intent and its two checksums. This one has another content, an ICC
/// header and no tags, and the same four: bytes at its end set its CRC-32, and multiples of that checksum's polynomial, which
/// leave it as it is, are laid over zeros here and there until Adler-32 is right, too.
public enum StandardRGBProfile {
    private static let length = 3144
    /// Which of 44 places hold a multiple of the polynomial.
    private static let places: UInt64 = 0x2_fbba_b73a
    private static let polynomial: UInt64 = 0x1_db71_0641

    public static let bytes: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: length)
        func put(_ value: UInt32, at offset: Int) {
            bytes.replaceSubrange(offset..<offset + 4, with: HostilePNG.word(value))
        }
        put(UInt32(length), at: 0)
        put(0x0210_0000, at: 8)
        bytes.replaceSubrange(12..<24, with: "mntrRGB XYZ ".utf8)
        bytes.replaceSubrange(36..<40, with: "acsp".utf8)
        // The white that all profiles count from.
        for (index, value) in [0xf6d6, 0x10000, 0xd32d].enumerated() { put(UInt32(value), at: 68 + 4 * index) }
        for offset in 2809..<3000 { bytes[offset] = 255 }
        for place in 0..<44 where places >> UInt64(place) & 1 == 1 {
            let multiple = polynomial << UInt64(place % 8)
            for index in 0..<6 {
                bytes[136 + 56 * place + index] ^= UInt8(truncatingIfNeeded: multiple >> UInt64(8 * index))
            }
        }
        bytes.replaceSubrange(length - 4..<length, with: HostilePNG.word(0x94b5_0382))
        return bytes
    }()

    /// What libpng compares (png_sRGB_checks in its png.c).
    public static let crc32: UInt32 = 0x182e_a552
}
