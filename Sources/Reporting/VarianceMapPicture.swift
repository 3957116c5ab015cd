import FastPixCodecs
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// Draws the variance of every pixel of a sensor as an 8-bit RGB PNG with a legend.
///
/// The map lies in the picture's top left corner, one pixel for each of the sensor's, so that a position in the picture
/// is a position on the sensor. Smaller maps are padded to the right and below until the legend fits.
struct VarianceMapPicture {
    /// Writes the picture, holding one row of it in memory.
    ///
    /// - Parameters:
    ///   - target: the PNG to write; it appears only when it is complete.
    ///   - replacing: whether a file that is there already is replaced.
    ///   - width: pixels of a sensor row, 1 or more.
    ///   - height: sensor rows, 1 or more.
    ///   - title: heading of the legend, wrapped as needed; may be empty.
    ///   - caption: explanation under the legend, wrapped as needed; may be empty.
    ///   - minimum: the variance drawn darkest, in squared sample units.
    ///   - maximum: the variance drawn brightest. When the two do not make a finite range, because no pixel has a
    ///     value, the whole map is drawn as having none.
    ///   - lowestOfRow: called once for every row from 0, in order; fills in the variance of each pixel's
    ///     lowest-variance channel, or NaN where there is none. Colours follow log10(variance + 1).
    /// - Throws: `invalidArgument` for a size without pixels, what `StagedFile` throws, and what `lowestOfRow` throws.
    static func write(
        to target: FilePath, replacing: Bool = true, width: Int, height: Int, title: String, caption: String,
        minimum: Double, maximum: Double,
        lowestOfRow: (Int, UnsafeMutableBufferPointer<Double>) throws(FastPixError) -> Void
    ) throws(FastPixError) {
        guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
            throw FastPixError(
                .invalidArgument, path: target,
                "the variance map cannot be \(width) x \(height) pixels; give 1 to \(Int32.max) on each side"
            )
        }
        let axis = VarianceAxis(minimum: minimum, maximum: maximum)
        let legend = VarianceMapLegend(mapWidth: width, title: title, caption: caption, axis: axis)
        let mapHeight = max(height, VarianceMapLegend.minimumMapHeight)

        var file = try StagedFile(target: target, replacing: replacing)
        try withPointer(to: &file) { (file) throws(FastPixError) in
            let png = try PNGOutput(
                file: file, path: target, width: legend.pictureWidth, height: mapHeight + legend.height,
                description: axis.description)
            var pixels = legend.emptyRow
            let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: width)
            defer { values.deallocate() }
            for row in 0..<height {
                try lowestOfRow(row, values)
                paint(values, along: axis, into: &pixels)
                try png.write(row: pixels)
            }
            for _ in height..<mapHeight { try png.write(row: legend.emptyRow) }
            for row in 0..<legend.height { try png.write(row: legend.row(row)) }
            try png.finish()
        }
        try file.commit()
    }

    private static func paint(
        _ values: UnsafeMutableBufferPointer<Double>, along axis: VarianceAxis, into pixels: inout [UInt8]
    ) {
        let table = PerceptualColorMap.table
        let absent = VarianceMapLegend.colorOfNoValue
        for (column, value) in values.enumerated() {
            if let fraction = axis.fraction(of: value) {
                let color = 3 * PerceptualColorMap.index(of: fraction)
                for channel in 0..<3 { pixels[3 * column + channel] = table[color + channel] }
            } else {
                pixels[3 * column] = absent.red
                pixels[3 * column + 1] = absent.green
                pixels[3 * column + 2] = absent.blue
            }
        }
    }

    private static func withPointer(
        to file: inout StagedFile, _ body: (UnsafeMutablePointer<StagedFile>) throws(FastPixError) -> Void
    ) throws(FastPixError) {
        let result: Result<Void, FastPixError> = withUnsafeMutablePointer(to: &file) { pointer in
            do throws(FastPixError) {
                return .success(try body(pointer))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
