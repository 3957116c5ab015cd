import SystemPackage

/// A grey PNG in the photos' size, 255 where a pixel has to be replaced and 0 elsewhere.
enum DefectMask {
    static func png(_ group: JudgedGroup) throws(FastPixError) -> [UInt8] {
        let (width, height) = (group.shape.width, group.shape.height)
        var pixels = [UInt8](repeating: 0, count: width * height)
        for smear in group.defects.map(\.smear) {
            for row in smear.row..<smear.row + smear.rows {
                for column in smear.column..<smear.column + smear.columns { pixels[row * width + column] = 255 }
            }
        }
        return try PNGImage.encode(width: width, height: height, .grey, pixels)
    }

    /// What a mask marks, in horizontal runs: every pixel that is not black. `path` may be a mask from any program.
    static func map(_ path: FilePath, maximumPixels: UInt64) throws(FastPixError) -> DefectMap {
        let file = try OpenFile(path)
        let decoder = try PhotoDecoder(file, maximumPixels: maximumPixels)
        let shape = decoder.shape
        var map = DefectMap(width: shape.width, height: shape.height)
        var marked = 0
        let row = UnsafeMutableRawBufferPointer.allocate(byteCount: shape.bytesPerRow, alignment: 16)
        defer { row.deallocate() }
        for index in 0..<shape.height {
            try decoder.readRows(1, into: row.baseAddress!)
            for run in runs(row, bytesPerPixel: shape.channels * shape.bytesPerSample) {
                marked += run.count
                map.entries.append(
                    DefectMap.Entry(
                        row: index, column: run.lowerBound,
                        smear: Smear(row: index, column: run.lowerBound, rows: 1, columns: run.count)))
            }
            guard marked <= shape.width * shape.height / mostMarked else {
                throw FastPixError(
                    .unsupported, path: path.string,
                    "the mask marks more than a tenth of the picture; it should be black but for the defects")
            }
        }
        try decoder.finish()
        return map
    }

    /// A mask of the wrong polarity marks nearly all.
    private static let mostMarked = 10

    private static func runs(_ row: UnsafeMutableRawBufferPointer, bytesPerPixel: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        let width = row.count / bytesPerPixel
        for column in 0..<width {
            let isMarked = row[column * bytesPerPixel..<(column + 1) * bytesPerPixel].contains { $0 != 0 }
            if isMarked, start == nil { start = column }
            if !isMarked, let first = start {
                runs.append(first..<column)
                start = nil
            }
        }
        if let start { runs.append(start..<width) }
        return runs
    }
}
