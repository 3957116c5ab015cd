import FastPixAccumulation
import FastPixDiscovery
import FastPixFrames

/// What of a group's frames matters to the search for defects.
package struct FrameGeometry: Sendable {
    let shape: FrameShape
    /// What compression treats as one: a defect tinges all of it. One pixel for lossless frames.
    let codedUnit: CodedUnit

    init(shape: FrameShape, codedUnit: CodedUnit) {
        self.shape = shape
        self.codedUnit = codedUnit
    }

    package init(_ group: PhotoGroup) { self.init(shape: group.shape, codedUnit: group.codedUnit) }

    package init(_ state: StateHeader) { self.init(shape: state.frame, codedUnit: state.codedUnit) }

    var isLossless: Bool { codedUnit.width == 1 && codedUnit.height == 1 }

    /// Channels that show the scene: the last one of two or four is alpha.
    var colours: Int { shape.channels >= 3 ? 3 : 1 }

    /// Where lines and regions are looked for: green is brightness's greatest part.
    var mainChannel: Int { colours == 3 ? 1 : 0 }

    /// After how many rows and columns a place has the same surroundings again: of JPEG's blocks, and of Bayer's colours,
    /// 8; of another mosaic what holds whole periods of it.
    var period: Int {
        guard let pattern = shape.pattern, 8 % pattern.rows != 0 || 8 % pattern.columns != 0 else { return 8 }
        return min(shape.neighbourDistance, Self.longestPeriod)
    }

    private static let longestPeriod = 16

    /// Rows and columns of a tile: whole periods, and large enough that the share of its pixels is known to a few per cent
    /// with 30 frames.
    var tileSize: Int { 32 / period * period }

    var tileRows: Int { (shape.height + tileSize - 1) / tileSize }
    var tileColumns: Int { (shape.width + tileSize - 1) / tileSize }

    /// Columns of a tile that have neighbours on both sides: none where the last tile lies beyond them.
    func countedColumns(ofTile tile: Int) -> Range<Int> {
        let distance = shape.neighbourDistance
        let first = max(distance, tile * tileSize)
        return first..<max(first, min(shape.width - distance, (tile + 1) * tileSize))
    }

    /// The column of a tile in which a row's pieces are sampled, in another place of the block from tile to tile; it may lie
    /// beyond the frame.
    func sampledColumn(_ sample: Int, ofTile tile: Int) -> Int {
        let span = tileSize / ScanStatistics.samplesPerTile
        return tile * tileSize + sample * span + (tile + 3 * sample) % span
    }

    /// Those columns of the frame that `sampledColumn` says, of all tiles.
    var sampledColumns: [Int] {
        (0..<tileColumns * ScanStatistics.samplesPerTile).map {
            sampledColumn($0 % ScanStatistics.samplesPerTile, ofTile: $0 / ScanStatistics.samplesPerTile)
        }.filter { $0 < shape.width }
    }

    /// Those rows of the frame that `sampledRow` says.
    func sampledRows(ofTileRow tileRow: Int) -> [Int] {
        (0..<ScanStatistics.samplesPerTile).map { sampledRow($0, ofTileRow: tileRow) }.filter { $0 < shape.height }
    }

    /// The row of a tile in which `ScanStatistics` samples how pixels lie.
    func sampledRow(_ sample: Int, ofTileRow tileRow: Int) -> Int {
        let inner = shape.height - 2 * shape.neighbourDistance
        // A frame of few rows is not to lose any of them.
        guard inner >= tileSize else {
            return shape.neighbourDistance + sample * max(0, inner) / ScanStatistics.samplesPerTile
        }
        // Another place in the block from tile to tile, so that all places are seen.
        let span = tileSize / ScanStatistics.samplesPerTile
        return tileRow * tileSize + sample * span + (tileRow + 3 * sample) % span
    }

    /// Rows and columns from a defect within which others are its own smear: half a coded unit around the one that it lies
    /// in; of colours that were interpolated (three channels without loss) their reach, which is two pixels for green along an
    /// edge and one more for the others' difference to it; none of single samples.
    var smearRadius: (rows: Int, columns: Int) {
        if isLossless { return colours == 3 ? (3, 3) : (0, 0) }
        return (max(8, codedUnit.height / 2), max(8, codedUnit.width / 2))
    }
}
