import FastPixCodecs
import FastPixDetection
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// A grey picture in the photos' size, 255 where a pixel has to be replaced and 0 elsewhere: written as PNG, read from any
/// form without loss that photos can have.
enum DefectMask {
    /// Whether a file begins as a picture without loss does: PNG, TIFF of either byte order, FITS.
    static func isOne(_ bytes: some Collection<UInt8>) -> Bool {
        [[0x89, 0x50, 0x4e, 0x47], [0x49, 0x49, 42, 0], [0x4d, 0x4d, 0, 42], Array("SIMPLE  =".utf8)].contains {
            bytes.starts(with: $0)
        }
    }

    /// In the form that the target's extension names.
    static func write(_ group: JudgedGroup, to target: FilePath, replacing: Bool = true) throws(FastPixError) {
        let (width, height) = (group.shape.width, group.shape.height)
        let words = "defects of \(group.name): 255"
        switch target.extension?.lowercased() {
        case "tif", "tiff":
            var file = try TIFFArrayFile(
                target: target, width: width, height: height, channels: 1, bitsPerSample: 8, description: words,
                replacing: replacing)
            try file.append(pixels(group))
            try file.commit()
        case "fits", "fit":
            var file = try FITSArrayFile(
                target: target, width: width, height: height, planes: 1, bitsPerSample: 8,
                cards: [FITSArrayFile.card("OBJECT", words)], replacing: replacing)
            try file.append(pixels(group))
            try file.commit()
        default:
            var file = try StagedFile(target: target, replacing: replacing)
            try file.write(try png(group))
            try file.commit()
        }
    }

    static func png(_ group: JudgedGroup) throws(FastPixError) -> [UInt8] {
        try PNGImage.encode(width: group.shape.width, height: group.shape.height, .grey, pixels(group))
    }

    private static func pixels(_ group: JudgedGroup) -> [UInt8] {
        let (width, height) = (group.shape.width, group.shape.height)
        var pixels = [UInt8](repeating: 0, count: width * height)
        for smear in group.defects.flatMap(\.patches) {
            for row in smear.row..<smear.row + smear.rows {
                for column in smear.column..<smear.column + smear.columns { pixels[row * width + column] = 255 }
            }
        }
        return pixels
    }

    /// What a mask marks, in horizontal runs: every pixel that is not black. `path` may be a mask from any program.
    static func map(_ path: FilePath, maximumPixels: UInt64) throws(FastPixError) -> DefectMap {
        let file = try OpenFile(path)
        let decoder = try PhotoDecoder(file, maximumPixels: maximumPixels)
        let shape = decoder.shape
        var map = DefectMap(width: shape.width, height: shape.height)
        map.listsSmears = true
        var marked = 0
        let row = UnsafeMutableRawBufferPointer.allocate(byteCount: shape.bytesPerRow, alignment: 16)
        defer { row.deallocate() }
        for index in 0..<shape.height {
            try decoder.readRows(1, into: row.baseAddress!)
            for run in runs(row, shape) {
                marked += run.count
                map.entries.append(
                    DefectMap.Entry(
                        row: index, column: run.lowerBound,
                        smear: Smear(row: index, column: run.lowerBound, rows: 1, columns: run.count)))
            }
            guard marked <= shape.width * shape.height / mostMarked else {
                throw FastPixError(
                    .unsupported, path: path,
                    "the mask marks more than a tenth of the picture; it should be black but for the defects")
            }
        }
        try decoder.finish()
        try file.demandUnchanged()
        return map
    }

    /// A mask of the wrong polarity marks nearly all.
    private static let mostMarked = 10

    /// Columns whose samples, alpha but left out, are not all 0.
    private static func runs(_ row: UnsafeMutableRawBufferPointer, _ shape: FrameShape) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        let bytesPerPixel = shape.channels * shape.bytesPerSample
        // An opaque picture has white alpha everywhere.
        let colours = shape.channels == 2 || shape.channels == 4 ? shape.channels - 1 : shape.channels
        for column in 0..<shape.width {
            let first = column * bytesPerPixel
            let isMarked =
                shape.sampleType == .f32
                ? (0..<colours).contains { row.loadUnaligned(fromByteOffset: first + $0 * 4, as: Float.self) != 0 }
                : row[first..<first + colours * shape.bytesPerSample].contains { $0 != 0 }
            if isMarked, start == nil { start = column }
            if !isMarked, let first = start {
                runs.append(first..<column)
                start = nil
            }
        }
        if let start { runs.append(start..<shape.width) }
        return runs
    }
}
