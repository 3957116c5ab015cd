import FastPixFrames

/// How far the counts of sound pixels lie apart around a place, against chance: 1 where photos show different things, as
/// every pixel is then the highest of its neighbours equally often, or within a fifth of it. It grows with the root of the
/// number of photos where they repeat a pattern: the sensor's own on even ground (3.3 at 0.8 % over 200 photos), or a part
/// of the scene that stays, such as the vehicle that carries the camera (nearly that root).
struct CountDispersion {
    private let geometry: FrameGeometry
    /// [tile row][tile column]: of the tile; nil where it is not known.
    private let tiles: [Double?]
    /// Whether pixels of a tile differ from their neighbours by more than a sensor's pattern: if that repeats, it is a thing.
    private let isUneven: [Bool]

    init(_ statistics: ScanStatistics) {
        geometry = statistics.geometry
        let (rows, columns) = (geometry.tileRows, geometry.tileColumns)
        tiles = (0..<rows * columns).map { tile in
            let values = (0..<ScanStatistics.samplesPerTile).map { sample in
                statistics.dispersions[
                    (tile / columns * ScanStatistics.samplesPerTile + sample) * columns + tile % columns]
            }.filter { $0 >= 0 }.sorted()
            // A defect and its smear reach two of the tile's sampled rows.
            return values.isEmpty ? nil : Double(values[(values.count - 1) / 2]).squareRoot()
        }
        isUneven = (0..<rows * columns).map { tile in
            var (spread, level) = (0.0, 0.0)
            for sample in 0..<ScanStatistics.samplesPerTile {
                let index = (tile / columns * ScanStatistics.samplesPerTile + sample) * columns + tile % columns
                let value = statistics.spreads[
                    index * statistics.geometry.shape.channels + statistics.geometry.mainChannel]
                guard value >= 0 else { continue }
                spread += Double(value)
                level += Double(statistics.pixelMeans[index])
            }
            return spread / PatternSpread.deviations > PatternSpread.mostUneven * level
        }
    }

    /// 1 or more: the largest of the tile and those around it, as what repeats has edges, less what the largest of nine is by
    /// chance.
    func factor(_ row: Int, _ column: Int) -> Double {
        let (r, c) = (row / geometry.tileSize, column / geometry.tileSize)
        var most = 1.0
        for r in max(0, r - 1)...min(geometry.tileRows - 1, r + 1) {
            for c in max(0, c - 1)...min(geometry.tileColumns - 1, c + 1) {
                most = max(most, tiles[r * geometry.tileColumns + c] ?? 1)
            }
        }
        return max(1, most / Self.largestByChance)
    }

    /// Of nine, each from 48 counts or more, of deviations of a twentieth.
    private static let largestByChance = 1.08

    /// Half of the tiles have no more.
    var typical: Double { max(1, Selection.median(tiles.compactMap { $0 })) }

    /// Rectangles of tiles that are the same in all photos, in more than a sensor's pattern.
    func regions(_ kind: ExcludedRegion.Kind) -> [ExcludedRegion] {
        var open: [Range<Int>: Int] = [:]
        var regions: [ExcludedRegion] = []
        for row in 0...geometry.tileRows {
            let flags = (0..<geometry.tileColumns).map { column in
                guard row < geometry.tileRows, let tile = tiles[row * geometry.tileColumns + column] else {
                    return false
                }
                return tile > PointWeighing.scatterOfChance && isUneven[row * geometry.tileColumns + column]
            }
            let runs = Set(LeftOutRegions.runs(flags))
            for (run, first) in open where !runs.contains(run) {
                regions.append(region(kind, first..<row, run))
                open[run] = nil
            }
            for run in runs where open[run] == nil { open[run] = row }
        }
        return regions.sorted()
    }

    private func region(_ kind: ExcludedRegion.Kind, _ rows: Range<Int>, _ columns: Range<Int>) -> ExcludedRegion {
        let size = geometry.tileSize
        return ExcludedRegion(
            kind: kind, row: rows.lowerBound * size, column: columns.lowerBound * size,
            rows: min(geometry.shape.height, rows.upperBound * size) - rows.lowerBound * size,
            columns: min(geometry.shape.width, columns.upperBound * size) - columns.lowerBound * size)
    }
}
