import FastPixFrames

/// Finds lines in which little of the scenes is seen, at whatever level they are: they vary far less than those on both sides.
struct QuietLines {
    private let statistics: ScanStatistics
    private let profile: LineProfile

    /// Samples of `fewestPieces` pieces that have to be quiet, all of them, which chance makes of no line.
    private static let fewestPieces = 2

    init(_ statistics: ScanStatistics, _ profile: LineProfile) {
        self.statistics = statistics
        self.profile = profile
    }

    private var geometry: FrameGeometry { statistics.geometry }

    func find() -> [DefectLine] {
        let shape = geometry.shape
        let (tileRows, tileColumns) = (geometry.tileRows, geometry.tileColumns)
        let samplesOfColumns = (0..<tileRows).map { geometry.sampledRows(ofTileRow: $0).count }
        var samplesOfRows = [Int](repeating: 0, count: tileColumns)
        for column in geometry.sampledColumns { samplesOfRows[column / geometry.tileSize] += 1 }
        // Of nearly all lines no piece is quiet.
        var quietPieces = [Int](repeating: 0, count: shape.width)
        for (tileRow, samples) in samplesOfColumns.enumerated() where samples > 0 {
            for column in 0..<shape.width where statistics.quietColumns[tileRow * shape.width + column] == samples {
                quietPieces[column] += 1
            }
        }
        let columns = quietPieces.indices.filter { quietPieces[$0] >= Self.fewestPieces }.flatMap { column in
            lines(
                isColumn: true, column, length: shape.height,
                counts: (0..<tileRows).map { Int(statistics.quietColumns[$0 * shape.width + column]) },
                samples: samplesOfColumns)
        }
        let rows = (0..<shape.height).flatMap { row -> [DefectLine] in
            let counts = statistics.quietRows[row * tileColumns..<(row + 1) * tileColumns]
            guard
                zip(counts, samplesOfRows).lazy.filter({ $0 > 0 && $0 == $1 }).prefix(Self.fewestPieces).count
                    == Self.fewestPieces
            else { return [] }
            return lines(
                isColumn: false, row, length: shape.width, counts: counts.map(Int.init), samples: samplesOfRows)
        }
        return columns + rows
    }

    /// `counts`: of the line's pieces, how many of their samples are quiet.
    private func lines(isColumn: Bool, _ line: Int, length: Int, counts: [Int], samples: [Int]) -> [DefectLine] {
        var isQuiet = zip(counts, samples).map { $1 > 0 && $0 == $1 }
        // Between two pieces that say it, half of the samples are enough.
        let parts = LeftOutRegions.runs(isQuiet)
        for (part, next) in zip(parts, parts.dropFirst()) {
            let gap = part.upperBound..<next.lowerBound
            guard gap.allSatisfy({ 2 * counts[$0] >= samples[$0] }) else { continue }
            for piece in gap { isQuiet[piece] = true }
        }
        return LeftOutRegions.runs(isQuiet).filter { $0.count >= Self.fewestPieces }.map { run in
            // The pieces at the ends belong to it in part.
            func pixels(_ piece: Int) -> Int {
                counts.indices.contains(piece) ? counts[piece] * geometry.tileSize / ScanStatistics.samplesPerTile : 0
            }
            let start = max(0, run.lowerBound * geometry.tileSize - pixels(run.lowerBound - 1))
            let end = min(length, run.upperBound * geometry.tileSize + pixels(run.upperBound))
            let found = DefectLine(
                isColumn: isColumn, first: line, width: 1, extent: start..<end, offset: 0,
                spreads: PointWeighing.spreadsAlone, isStill: true)
            return found.with(offset: profile.offset(of: found))
        }
    }
}
