import CKernels
import FastPixFrames

/// Parts of the frame that no photo shows anything of: black bars, frames and banners, sky that is white in all.
///
/// A pixel that lies neither above nor below its neighbours in any photo is silent. In scenes with the noise of a sensor
/// one in a hundred is, with 30 photos; in soft ones, on slopes that are steeper than the noise, most may be. So being
/// silent is not enough: the pixels are black or white in most photos, or hardly change from photo to photo while the
/// rest of the frame does.
struct LeftOutRegions {
    private let statistics: ScanStatistics
    /// Of a row's tiles, to be a bar.
    private let barShare: Double
    /// A variance over the photos below which nothing of a scene is seen; nil where everything stays the same.
    private let still: Float?

    init(statistics: ScanStatistics, kind: FrameKind, isFixed: Bool) {
        self.statistics = statistics
        barShare = kind == .scenes ? Self.barShareOfBanners : 1
        still = isFixed ? nil : Self.stillness(statistics)
    }

    /// A sixteenth of what is usual outside of silent places: deviations of a quarter.
    private static func stillness(_ statistics: ScanStatistics) -> Float? {
        let geometry = statistics.geometry
        var usual: [Double] = []
        for line in 0..<geometry.tileRows * ScanStatistics.samplesPerTile {
            let row = geometry.sampledRow(
                line % ScanStatistics.samplesPerTile, ofTileRow: line / ScanStatistics.samplesPerTile)
            guard row < geometry.shape.height else { continue }
            for tile in 0..<geometry.tileColumns {
                let variance = statistics.pixelVariances[line * geometry.tileColumns + tile]
                if variance >= 0, statistics.silentVariances[row * geometry.tileColumns + tile] < 0 {
                    usual.append(Double(variance))
                }
            }
        }
        return usual.isEmpty ? nil : Float(Selection.median(usual) / 16)
    }

    private var geometry: FrameGeometry { statistics.geometry }

    /// Of the pixels of a tile's row: the rest may be the edge of a letter.
    private static let silentShare = 0.8
    /// Of a row's tiles, so that a banner is left out with its text: more than half, and text seldom fills the rest.
    private static let barShareOfBanners = 0.6
    /// Rows of a bar or of a region; single ones may be silent by chance, and nothing is printed smaller.
    private static let fewestRows = 6

    func find() -> [ExcludedRegion] {
        let shape = geometry.shape
        let silent = (0..<shape.height).map { row in (0..<geometry.tileColumns).map { isSilent(row, $0) } }
        var bars: [Range<Int>] = []
        let isBar = silent.map { Double($0.count { $0 }) >= barShare * Double($0.count) }
        for run in Self.runs(isBar) where run.count >= Self.fewestRows { bars.append(run) }
        var regions = bars.map { rows in
            region(rows, 0..<geometry.tileColumns, isWhole: rows.allSatisfy { !silent[$0].contains(false) })
        }
        // What is silent beside the bars: the same tile columns over the same rows are one rectangle.
        var open: [Range<Int>: [Int]] = [:]
        for tile in 0..<geometry.tileColumns {
            let column = (0..<shape.height).map { row in silent[row][tile] && !isBar[row] }
            for run in Self.runs(column) where run.count >= geometry.tileSize / 2 {
                open[run, default: []].append(tile)
            }
        }
        for (rows, tiles) in open.sorted(by: { ($0.key.lowerBound, $0.key.count) < ($1.key.lowerBound, $1.key.count) })
        {
            var first = tiles[0]
            var last = tiles[0]
            for tile in tiles.dropFirst() + [Int.max] {
                if tile == last + 1 {
                    last = tile
                } else {
                    regions.append(region(rows, first..<last + 1, isWhole: true))
                    (first, last) = (tile, tile)
                }
            }
        }
        return regions.sorted()
    }

    /// Pixels that touch and in which nothing is seen to happen, as rectangles: each hides the others, so that none of them
    /// is found one by one. `known`: those that are on the list.
    static func stillSpots(
        _ statistics: ScanStatistics, kind: FrameKind, known: Set<PixelPlace>
    ) -> [ExcludedRegion] {
        spots(statistics, kind).filter { !known.isSuperset(of: $0) }.map { members in
            let (rows, columns) = (members.map(\.row), members.map(\.column))
            return ExcludedRegion(
                kind: .overlay, row: rows.min()!, column: columns.min()!, rows: rows.max()! - rows.min()! + 1,
                columns: columns.max()! - columns.min()! + 1)
        }
    }

    /// Those that are parts of columns or rows: one pixel across, and longer than any stroke of print is so thin, which has a
    /// fifteenth of its height and more.
    static func stillLines(_ statistics: ScanStatistics, kind: FrameKind) -> [DefectLine] {
        let means = Dictionary(
            statistics.still.map { (PixelPlace(row: $0.row, column: $0.column), Double($0.mean)) },
            uniquingKeysWith: { first, _ in first })
        return spots(statistics, kind).compactMap { members in
            let isColumn = members.allSatisfy { $0.column == members[0].column }
            guard isColumn || members.allSatisfy({ $0.row == members[0].row }), members.count >= longestStroke else {
                return nil
            }
            let along = members.map { isColumn ? $0.row : $0.column }
            let mean = members.map { means[$0] ?? 0 }.reduce(0, +) / Double(members.count)
            return DefectLine(
                isColumn: isColumn, first: isColumn ? members[0].column : members[0].row, width: 1,
                extent: along.min()!..<along.max()! + 1, offset: mean - statistics.level,
                spreads: PointWeighing.spreadsAlone, isStill: true)
        }
    }

    /// Strokes as thin as a pixel are shorter.
    private static let longestStroke = 16

    /// Groups of `fewestStill` and more.
    private static func spots(_ statistics: ScanStatistics, _ kind: FrameKind) -> [[PixelPlace]] {
        let places = statistics.still.filter { !$0.isBlack || kind == .scenes || kind == .flats }
            .map { PixelPlace(row: $0.row, column: $0.column) }.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        var left = Set(places)
        var spots: [[PixelPlace]] = []
        for start in places where left.remove(start) != nil {
            var (members, next) = ([start], 0)
            while next < members.count {
                let place = members[next]
                next += 1
                for row in place.row - 1...place.row + 1 {
                    for column in place.column - 1...place.column + 1 {
                        if let found = left.remove(PixelPlace(row: row, column: column)) { members.append(found) }
                    }
                }
            }
            if members.count >= fewestStill { spots.append(members) }
        }
        return spots
    }

    /// Fewer have neighbours two away that are sound; and two in a hundred by chance are silent, seldom three that touch.
    private static let fewestStill = 3

    /// `columns`: of the tile's row that have counters.
    static func isSilent(_ mark: fpx_row_marks, _ columns: Int) -> Bool {
        columns > 0 && Double(mark.silent) >= silentShare * Double(columns)
    }

    private func isSilent(_ row: Int, _ tile: Int) -> Bool {
        let distance = geometry.shape.neighbourDistance
        let mark = statistics.marks[row * geometry.tileColumns + tile]
        guard row >= distance, row + distance < geometry.shape.height else {
            // No counters: as the next row that has some.
            let inner = min(max(row, distance), geometry.shape.height - distance - 1)
            return inner >= distance && inner != row && isSilent(inner, tile)
        }
        let columns = geometry.countedColumns(ofTile: tile).count
        guard Self.isSilent(mark, columns) else { return false }
        if 2 * (Int(mark.black) + Int(mark.white)) >= columns { return true }
        let variance = statistics.silentVariances[row * geometry.tileColumns + tile]
        return still.map { variance >= 0 && variance <= $0 } ?? false
    }

    private func region(_ rows: Range<Int>, _ tiles: Range<Int>, isWhole: Bool) -> ExcludedRegion {
        var (black, white, pixels) = (0, 0, 0)
        for row in rows {
            for tile in tiles {
                let mark = statistics.marks[row * geometry.tileColumns + tile]
                (black, white) = (black + Int(mark.black), white + Int(mark.white))
                pixels += geometry.countedColumns(ofTile: tile).count
            }
        }
        let shape = geometry.shape
        let columns = tiles.lowerBound * geometry.tileSize..<min(shape.width, tiles.upperBound * geometry.tileSize)
        let touchesEdge =
            rows.lowerBound == 0 || rows.upperBound == shape.height || columns.lowerBound == 0
            || columns.upperBound == shape.width
        let kind: ExcludedRegion.Kind =
            2 * white > pixels ? .clipped : 2 * black > pixels && isWhole && touchesEdge ? .letterbox : .overlay
        return ExcludedRegion(
            kind: kind, row: rows.lowerBound, column: columns.lowerBound, rows: rows.count, columns: columns.count)
    }

    static func runs(_ flags: [Bool]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var first: Int?
        for (index, flag) in (flags + [false]).enumerated() {
            if flag {
                first = first ?? index
            } else if let start = first {
                runs.append(start..<index)
                first = nil
            }
        }
        return runs
    }
}
