import FastPixDetection
import FastPixFrames

/// A rectangle of the photos' frame in which no defect would have been listed, 0-based from the top left of the stored frame.
package struct NotJudgedPart: Sendable, Hashable, Codable {
    package let row: Int
    package let column: Int
    package let rows: Int
    package let columns: Int

    package init(row: Int, column: Int, rows: Int, columns: Int) {
        self.row = row
        self.column = column
        self.rows = rows
        self.columns = columns
    }

    /// Those of a detection, with their margins.
    package static func parts(of regions: [ExcludedRegion], codedUnit: CodedUnit, in shape: FrameShape)
        -> [NotJudgedPart]
    {
        let (rows, columns) = ExcludedRegion.margin(codedUnit, shape)
        return regions.map { region in
            let (top, left) = (max(0, region.row - rows), max(0, region.column - columns))
            return NotJudgedPart(
                row: top, column: left, rows: min(shape.height, region.row + region.rows + rows) - top,
                columns: min(shape.width, region.column + region.columns + columns) - left)
        }
    }

    /// Whether it can lie in a frame: numbers that a file has may be any.
    var isPossible: Bool {
        let sides = 0..<DefectMap.longestSide
        return sides.contains(row) && sides.contains(column) && rows >= 1 && columns >= 1
            && rows <= DefectMap.longestSide && columns <= DefectMap.longestSide
    }

    func contains(_ place: PixelPlace) -> Bool {
        place.row >= row && place.row - row < rows && place.column >= column && place.column - column < columns
    }
}
