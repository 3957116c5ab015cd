import FastPixPlatform
import FastPixPlumbing

/// `badpixel.bin` of CHDK: for each pixel its column and its row as little-endian 16-bit numbers, 0-based from the top left
/// of the raw frame with its border; the row's upper three bits say how many further pixels below it are listed, too.
/// Source: `patch_bad_pixels_b` and `raw_init_badpixel_bin` in modules/dng.c.
enum CHDKList {
    /// Nothing in such a file says what it is, so that its name has to.
    static func isNamed(_ path: String) -> Bool { path.lowercased().hasSuffix(".bin") }

    static func entries(_ bytes: Data, path: String) throws(FastPixError) -> [DefectMap.Entry] {
        guard bytes.count % 4 == 0 else {
            throw FastPixError(
                .corrupt, path: path,
                "\(bytes.count) bytes; a list of CHDK has four for each pixel, its column and its row")
        }
        let numbers = stride(from: 0, to: bytes.count, by: 2).map { place in
            Int(bytes[bytes.startIndex + place]) | Int(bytes[bytes.startIndex + place + 1]) << 8
        }
        return stride(from: 0, to: numbers.count, by: 2).map { place in
            let below = numbers[place + 1] >> 13
            return DefectMap.Entry(
                row: numbers[place + 1] & 0x1fff, column: numbers[place], shape: nil, extentRows: below + 1)
        }
    }
}
