import FastPixFrames

/// A part of the frame that is left out of the search, and why.
package struct ExcludedRegion: Sendable, Equatable, Codable, Comparable {
    package enum Kind: String, Sendable, Codable {
        /// White in practically every photo: what a pixel there does cannot be seen.
        case clipped
        /// Black bars from edge to edge.
        case letterbox
        /// The same in all photos: a frame, a date stamp, a watermark.
        case overlay
        /// A spot larger than a pixel's smear, as dust on the sensor makes.
        case dust
        /// Entries at the same place of many blocks of compression, or of another raster of 8 or 16 pixels.
        case blockPattern = "block-pattern"
        /// The photos show the same view.
        case staticScene = "static-scene"
        /// A frame of so few pixels that what is usual among them is not known.
        case tooFewPixels = "too-few-pixels"
    }

    package let kind: Kind
    /// The rectangle's upper left pixel.
    package let row: Int
    package let column: Int
    package let rows: Int
    package let columns: Int

    static func wholeFrame(_ kind: Kind, _ shape: FrameShape) -> ExcludedRegion {
        ExcludedRegion(kind: kind, row: 0, column: 0, rows: shape.height, columns: shape.width)
    }

    func contains(_ row: Int, _ column: Int) -> Bool {
        (self.row..<self.row + rows).contains(row) && (self.column..<self.column + columns).contains(column)
    }

    /// Rows and columns beside a region that are not judged either: as far as compression smears, or as neighbours reach.
    package static func margin(_ codedUnit: CodedUnit, _ shape: FrameShape) -> (rows: Int, columns: Int) {
        (
            codedUnit.height == 1 ? shape.neighbourDistance : codedUnit.height,
            codedUnit.width == 1 ? shape.neighbourDistance : codedUnit.width
        )
    }

    /// Whether a pixel lies in it, or in its margin.
    func touches(_ row: Int, _ column: Int, _ geometry: FrameGeometry) -> Bool {
        let margin = Self.margin(geometry.codedUnit, geometry.shape)
        return row >= self.row - margin.rows && row < self.row + rows + margin.rows
            && column >= self.column - margin.columns && column < self.column + columns + margin.columns
    }

    package static func < (left: ExcludedRegion, right: ExcludedRegion) -> Bool {
        let sizes = (left.rows * left.columns, right.rows * right.columns)
        if sizes.0 != sizes.1 { return sizes.0 > sizes.1 }
        return (left.row, left.column) < (right.row, right.column)
    }
}
