import FastPixFrames

/// A column or a row, or a part of one, that lies beside its neighbours as a whole.
struct DefectLine: Equatable {
    let isColumn: Bool
    /// The column's, or the row's, number, and how many touching ones are alike.
    var first: Int
    var width: Int
    /// Rows of the column, columns of the row.
    let extent: Range<Int>
    /// Mean offset from the lines on either side, in samples.
    let offset: Double
    /// In units of the offsets of the lines around it.
    let spreads: Double
}

/// Finds lines. A pixel of a whole column does not lie above those of its own column, so that counters say nothing of
/// it; but its mean lies above those to the left and right in row after row.
struct LineSearch {
    let statistics: ScanStatistics
    /// Sums of a sample: frames, or the steps of floating-point samples.
    let scale: Double
    let offsetNeeded: (Double) -> Double

    /// Of a piece's pixels. Any of three may be the highest: by chance a third lies on one side of both neighbours, and 28
    /// of 32 do so three times in 10^10 pieces; edges of a scene that stay are why the offset is asked for, too.
    private static let shareNeeded = 0.85
    private static let chanceShare = 1.0 / 3
    /// In units of what 27 of 32 lines around it do not exceed: 8.5 standard deviations, as for points.
    private static let spreadsNeeded = 6.0
    /// Lines on either side that it is held against: some 30 tell their spread to an eighth, and reach no further than a tile.
    private static let around = 16
    /// Pieces that have to agree: 64 pixels, four coded units, which no smear of a point reaches.
    private static let fewestPieces = 2
    /// Touching lines of one defect: as for the pixels of a cluster, with less smear in the way.
    private static let touchingShare = 0.6

    private var geometry: FrameGeometry { statistics.geometry }

    func find() -> [DefectLine] {
        let columns = search(
            isColumn: true, lines: geometry.shape.width, pieces: geometry.tileRows, length: geometry.shape.height,
            counts: statistics.columns
        ) { line, piece in piece * geometry.shape.width + line }
        let rows = search(
            isColumn: false, lines: geometry.shape.height, pieces: geometry.tileColumns, length: geometry.shape.width,
            counts: statistics.rows
        ) { line, piece in line * geometry.tileColumns + piece }
        return suppressed(columns + rows)
    }

    private struct Piece {
        let side: Int
        let offset: Double
        let spreads: Double
    }

    private func search(
        isColumn: Bool, lines: Int, pieces: Int, length: Int, counts: LineCounts, index: (Int, Int) -> Int
    ) -> [DefectLine] {
        func pixels(_ piece: Int) -> Double {
            Double(min(length, (piece + 1) * geometry.tileSize) - piece * geometry.tileSize)
        }
        let level = statistics.level
        var hits = [[Piece?]](repeating: Array(repeating: nil, count: pieces), count: lines)
        for piece in 0..<pieces where pixels(piece) >= Double(geometry.tileSize) / 2 {
            let count = pixels(piece)
            let offsets = (0..<lines).map { Double(counts.sums[index($0, piece)]) / (2 * scale * count) }
            for line in 0..<lines {
                let above = Double(counts.above[index(line, piece)])
                let below = Double(counts.below[index(line, piece)])
                let side = above >= Self.shareNeeded * count ? 1 : below >= Self.shareNeeded * count ? -1 : 0
                guard side != 0 else { continue }
                // But for those that lie beside it, or beside one that touches it: two defective lines that touch would make
                // each other usual.
                let near = geometry.shape.neighbourDistance + 1
                let around = (max(0, line - Self.around)...min(lines - 1, line + Self.around))
                    .filter { abs($0 - line) > near }.map { abs(offsets[$0]) }.sorted()
                guard !around.isEmpty else { continue }
                let spread = around[around.count * 27 / 32]
                let spreads = abs(offsets[line]) / max(spread, 1e-9 * max(1, level))
                guard abs(offsets[line]) >= offsetNeeded(level), spreads >= Self.spreadsNeeded else { continue }
                hits[line][piece] = Piece(side: side, offset: offsets[line], spreads: spreads)
            }
        }
        var found: [DefectLine] = []
        for line in 0..<lines {
            for side in [1, -1] {
                for run in LeftOutRegions.runs(hits[line].map { $0?.side == side }) where run.count >= Self.fewestPieces
                {
                    let parts = run.compactMap { hits[line][$0] }
                    // The pieces at the ends belong to it in part.
                    func rest(_ piece: Int) -> Int {
                        guard (0..<pieces).contains(piece) else { return 0 }
                        let count = pixels(piece)
                        let same = Double((side > 0 ? counts.above : counts.below)[index(line, piece)])
                        let share = (same / count - Self.chanceShare) / (1 - Self.chanceShare)
                        return share > 0.25 ? Int((share * count).rounded()) : 0
                    }
                    let start = run.lowerBound * geometry.tileSize - rest(run.lowerBound - 1)
                    let end = min(length, run.upperBound * geometry.tileSize) + rest(run.upperBound)
                    found.append(
                        DefectLine(
                            isColumn: isColumn, first: line, width: 1, extent: max(0, start)..<min(length, end),
                            offset: parts.map(\.offset).reduce(0, +) / Double(parts.count),
                            spreads: parts.map(\.spreads).reduce(0, +) / Double(parts.count)))
                }
            }
        }
        return found
    }

    /// Without those that are the smear of a stronger one; touching ones of like offset are one line of more width.
    private func suppressed(_ lines: [DefectLine]) -> [DefectLine] {
        let radius = max(geometry.shape.neighbourDistance, geometry.smearRadius.columns)
        var kept: [DefectLine] = []
        for line in lines.sorted(by: Self.isStronger) {
            let near = kept.firstIndex { other in
                other.isColumn == line.isColumn && other.extent.overlaps(line.extent)
                    && line.first >= other.first - radius && line.first < other.first + other.width + radius
            }
            guard let near else {
                kept.append(line)
                continue
            }
            let isAlike =
                line.offset * kept[near].offset > 0
                && abs(line.offset) >= Self.touchingShare * abs(kept[near].offset)
            if isAlike, line.first == kept[near].first - 1 || line.first == kept[near].first + kept[near].width {
                kept[near].first = min(kept[near].first, line.first)
                kept[near].width += 1
            }
        }
        return kept
    }

    private static func isStronger(_ a: DefectLine, _ b: DefectLine) -> Bool {
        let (weightA, weightB) = (abs(a.offset) * Double(a.extent.count), abs(b.offset) * Double(b.extent.count))
        if weightA != weightB { return weightA > weightB }
        return (a.isColumn ? 0 : 1, a.first, a.extent.lowerBound) < (b.isColumn ? 0 : 1, b.first, b.extent.lowerBound)
    }
}
