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

    /// Whether a pixel lies in it, or so near that its neighbourhood or its coded unit reaches into it.
    func touches(_ row: Int, _ column: Int, codedUnit: CodedUnit) -> Bool {
        let rowMargin = codedUnit.height == 1 ? 2 : codedUnit.height
        let columnMargin = codedUnit.width == 1 ? 2 : codedUnit.width
        return row >= self.row - rowMargin && row < self.row + rows + rowMargin
            && column >= self.column - columnMargin && column < self.column + columns + columnMargin
    }

    package static func < (left: ExcludedRegion, right: ExcludedRegion) -> Bool {
        let sizes = (left.rows * left.columns, right.rows * right.columns)
        if sizes.0 != sizes.1 { return sizes.0 > sizes.1 }
        return (left.row, left.column) < (right.row, right.column)
    }
}
