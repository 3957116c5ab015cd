import CKernels
import FastPixFrames

/// How much of the frame is judged.
extension DefectJudgement {
    /// `lines`: those that are listed.
    func judgedShare(_ regions: [ExcludedRegion], _ lines: [DefectLine]) -> Double {
        var left = 0
        for row in 0..<shape.height {
            left += narrowStrips(row, regions, lines)
            var end = 0
            for region in regions.filter({ (($0.row)..<($0.row + $0.rows)).contains(row) }).sorted(by: {
                $0.column < $1.column
            }) {
                let first = max(end, region.column)
                end = max(end, region.column + region.columns)
                left += max(0, end - first)
            }
        }
        return 1 - Double(left) / Double(shape.width * shape.height)
    }

    /// Pixels of a row that are black or white in most photos, and in which nothing is seen to happen, beside `regions`: of
    /// strips that are narrower than what regions are made of, and no defective rows.
    func narrowStrips(_ row: Int, _ regions: [ExcludedRegion], _ lines: [DefectLine]) -> Int {
        let distance = shape.neighbourDistance
        // Beside one, too, where it is black: its pixels are some of the neighbours there.
        let ofRow = lines.filter {
            !$0.isColumn && ($0.first - distance..<$0.first + $0.width + distance).contains(row)
        }
        var count = 0
        for tile in 0..<geometry.tileColumns {
            let mark = statistics.marks[row * geometry.tileColumns + tile]
            let hidden = Int(mark.white) + (recognition.kind == .scenes ? Int(mark.black) : 0)
            guard min(Int(mark.silent), hidden) >= Self.narrowestStrip else { continue }
            let columns = geometry.countedColumns(ofTile: tile)
            if ofRow.contains(where: { $0.extent.overlaps(columns) }) { continue }
            // Those beside a region have it for half of their neighbours.
            let known = columns.count { column in
                regions.contains { $0.touches(row, column, geometry) }
            }
            count += max(0, min(Int(mark.silent), hidden) - known)
        }
        return count
    }

    /// Of a tile's row: fewer may be silent by chance.
    private static let narrowestStrip = 8
}
