import FastPixFrames

/// Finds lines. A pixel of a whole column does not lie above those of its own column, so that counters say nothing of
/// it; but its mean lies above those to the left and right in row after row, two columns away or, where those are alike,
/// four.
struct LineSearch {
    let statistics: ScanStatistics
    let frameCount: Int
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
    /// Pixels that have to agree: 64, four coded units, which no smear of a point reaches, and no star.
    private var fewestPixels: Int { 2 * geometry.tileSize }
    /// Of a line at the frame's edge: 1.5 x less 0.5 y instead of the mean of both scatters so much more.
    private static let unevenAtEdge = 1.53

    private var geometry: FrameGeometry { statistics.geometry }

    func find() -> LinesFound {
        let shape = geometry.shape
        let columns = search(
            Layout(
                isColumn: true, lines: shape.width, pieces: geometry.tileRows, length: shape.height, lineStep: 1,
                pieceStep: shape.width), counts: [statistics.columns, statistics.farColumns])
        let rows = search(
            Layout(
                isColumn: false, lines: shape.height, pieces: geometry.tileColumns, length: shape.width,
                lineStep: geometry.tileColumns, pieceStep: 1), counts: [statistics.rows, statistics.farRows])
        let profile = LineProfile(statistics, frameCount: frameCount, scale: scale)
        let all = columns + rows
        let narrow = all.filter { profile.isNarrow($0, among: all) }
        let found = suppressed(narrow).map { line in
            // Lines that are each other's neighbours lie beyond none, whatever they show.
            let hasNeighbours = narrow.contains { $0 != line && $0.isAlike(line) && isNear($0, line) }
            var line = line
            line.isStill = profile.isStill(line) && !hasNeighbours
            return line
        }
        // What is no smear of them is a line of the scene, which has straight edges that stay.
        let drawn = all.filter { line in
            !narrow.contains(line) && !found.contains { isNear(line, $0) }
        }
        return LinesFound(lines: found, drawn: drawn.count)
    }

    /// Lines, and how many others were seen that a scene has drawn.
    struct LinesFound {
        let lines: [DefectLine]
        let drawn: Int
    }

    /// How the counts of all columns, or of all rows, lie in their arrays.
    private struct Layout {
        let isColumn: Bool
        let lines: Int
        let pieces: Int
        /// Pixels of a line.
        let length: Int
        let lineStep: Int
        let pieceStep: Int

        func index(_ line: Int, _ piece: Int) -> Int { line * lineStep + piece * pieceStep }
    }

    private struct Piece {
        let side: Int
        let offset: Double
        let spreads: Double
    }

    /// The pieces that lie beside those on both sides of them: few of all.
    private struct Pieces {
        private let layout: Layout
        private var found: [Int: Piece] = [:]
        /// Those that have one.
        private(set) var lines: Set<Int> = []

        init(_ layout: Layout) { self.layout = layout }

        /// Nil beyond the frame, too.
        subscript(line: Int, piece: Int) -> Piece? {
            (0..<layout.lines).contains(line) ? found[layout.index(line, piece)] : nil
        }

        mutating func add(_ new: Piece, _ line: Int, _ piece: Int) {
            found[layout.index(line, piece)] = new
            lines.insert(line)
        }
    }

    private func pieces(_ layout: Layout, pixels: [Double], counts: LineCounts, level: Double) -> Pieces {
        let distance = geometry.shape.neighbourDistance
        let lines = layout.lines
        var found = Pieces(layout)
        for (piece, count) in pixels.enumerated() where count >= Double(geometry.tileSize) / 2 {
            func offset(_ line: Int) -> Double { Double(counts.sums[layout.index(line, piece)]) / (scale * count) }
            let needed = UInt8((Self.shareNeeded * count).rounded(.up))
            for line in 0..<lines {
                let index = layout.index(line, piece)
                let side = counts.above[index] >= needed ? 1 : counts.below[index] >= needed ? -1 : 0
                guard side != 0 else { continue }
                let own = offset(line)
                guard abs(own) >= offsetNeeded(level) else { continue }
                // But for those that lie beside it, or beside one that touches it: two defective lines that touch would make
                // each other usual.
                let around = (max(0, line - Self.around)...min(lines - 1, line + Self.around))
                    .filter { abs($0 - line) > distance + 1 }.map { abs(offset($0)) }.sorted()
                guard !around.isEmpty else { continue }
                let isAtEdge = line < distance || line + distance >= lines
                let spread = around[around.count * 27 / 32] * (isAtEdge ? Self.unevenAtEdge : 1)
                let spreads = abs(own) / max(spread, 1e-9 * max(1, level))
                guard spreads >= Self.spreadsNeeded else { continue }
                found.add(Piece(side: side, offset: own, spreads: spreads), line, piece)
            }
        }
        return found
    }

    /// Whether one of the lines that it is held against is further off itself: by half of the scene's slopes it lies beyond
    /// the other one, too.
    private func isBesideLine(_ own: Piece, _ line: Int, _ piece: Int, _ pieces: Pieces) -> Bool {
        beside(line).contains { abs(pieces[$0, piece]?.offset ?? 0) >= 2 * abs(own.offset) }
    }

    /// Whether a line as far off is why it does not lie beyond those near by.
    private func hasPartner(_ own: Piece, _ line: Int, _ piece: Int, _ pieces: Pieces) -> Bool {
        beside(line).contains { other in
            guard let other = pieces[other, piece] else { return false }
            return other.side == own.side && abs(other.offset) >= DefectLine.touchingShare * abs(own.offset)
        }
    }

    /// A neighbour's distance away.
    private func beside(_ line: Int) -> [Int] {
        [line - geometry.shape.neighbourDistance, line + geometry.shape.neighbourDistance]
    }

    /// `counts`: beside lines near by, and beside those further away.
    private func search(_ layout: Layout, counts: [LineCounts]) -> [DefectLine] {
        let (length, level) = (layout.length, statistics.level)
        let pixels = (0..<layout.pieces).map { piece in
            Double(min(length, (piece + 1) * geometry.tileSize) - piece * geometry.tileSize)
        }
        let near = pieces(layout, pixels: pixels, counts: counts[0], level: level)
        let far = pieces(layout, pixels: pixels, counts: counts[1], level: level)
        var found: [DefectLine] = []
        for line in near.lines.union(far.lines).sorted() {
            let hits = (0..<layout.pieces).map { piece in
                near[line, piece].flatMap { isBesideLine($0, line, piece, near) ? nil : $0 }
                    ?? far[line, piece].flatMap { hasPartner($0, line, piece, far) ? $0 : nil }
            }
            for side in [1, -1] {
                // How many pixels of a piece lie to the line's side and not by chance.
                func own(_ piece: Int) -> Int {
                    guard pixels.indices.contains(piece) else { return 0 }
                    let place = layout.index(line, piece)
                    let same = counts.map { Double((side > 0 ? $0.above : $0.below)[place]) }.max()!
                    let share = (same / pixels[piece] - Self.chanceShare) / (1 - Self.chanceShare)
                    return share > 0.25 ? Int((share * pixels[piece]).rounded()) : 0
                }
                // Between two pieces that say it, half of the pixels are enough.
                var isOwn = hits.map { $0?.side == side }
                let runs = LeftOutRegions.runs(isOwn)
                for (run, next) in zip(runs, runs.dropFirst()) {
                    let gap = run.upperBound..<next.lowerBound
                    guard gap.allSatisfy({ 2 * own($0) >= Int(pixels[$0]) }) else { continue }
                    for piece in gap { isOwn[piece] = true }
                }
                for run in LeftOutRegions.runs(isOwn) {
                    let parts = run.compactMap { hits[$0] }
                    // The pieces at the ends belong to it in part: those beside them, or they themselves.
                    let (before, after) = (own(run.lowerBound - 1), own(run.upperBound))
                    func missing(_ piece: Int) -> Int { Int(pixels[piece]) - own(piece) }
                    let isSinglePiece = run.count == 1 && before == 0 && after == 0
                    let start =
                        run.lowerBound * geometry.tileSize - before
                        + (before == 0 && !isSinglePiece ? missing(run.lowerBound) : 0)
                    let end =
                        min(length, run.upperBound * geometry.tileSize) + after
                        - (after == 0 && !isSinglePiece ? missing(run.upperBound - 1) : 0)
                    guard end - start >= fewestPixels else { continue }
                    found.append(
                        DefectLine(
                            isColumn: layout.isColumn, first: line, width: 1, extent: max(0, start)..<min(length, end),
                            offset: parts.map(\.offset).reduce(0, +) / Double(parts.count),
                            spreads: parts.map(\.spreads).reduce(0, +) / Double(parts.count)))
                }
            }
        }
        return found
    }

    /// Without those that are the smear of a stronger one; touching ones of like offset are one line of more width.
    private func suppressed(_ lines: [DefectLine]) -> [DefectLine] {
        var kept: [DefectLine] = []
        for line in lines.sorted(by: Self.isStronger) {
            // At two pixels and more no smear is as strong as what it comes from; of single samples there is none.
            if kept.allSatisfy({
                !isNear(line, $0) || geometry.isLossless && geometry.colours == 1 || line.isAlike($0)
            }) {
                kept.append(line)
            }
        }
        return joined(kept)
    }

    /// Whether a line lies so near that it may be the other one's smear.
    private func isNear(_ line: DefectLine, _ other: DefectLine) -> Bool {
        let radius = max(geometry.shape.neighbourDistance, geometry.smearRadius.columns)
        return other.isColumn == line.isColumn && other.extent.overlaps(line.extent)
            && line.first >= other.first - radius && line.first < other.first + other.width + radius
    }

    /// Touching ones as one that has the extent of the strongest.
    private func joined(_ lines: [DefectLine]) -> [DefectLine] {
        var joined: [(line: DefectLine, strongest: DefectLine)] = []
        for line in lines.sorted(by: { ($0.isColumn ? 0 : 1, $0.first) < ($1.isColumn ? 0 : 1, $1.first) }) {
            let index = joined.lastIndex { other in
                other.line.isColumn == line.isColumn && other.line.first + other.line.width == line.first
                    && other.line.offset * line.offset > 0 && other.line.extent.overlaps(line.extent)
            }
            guard let index else {
                joined.append((line, line))
                continue
            }
            let strongest = Self.isStronger(line, joined[index].strongest) ? line : joined[index].strongest
            let (first, width) = (joined[index].line.first, joined[index].line.width + 1)
            joined[index] = (strongest.with(first: first, width: width), strongest)
        }
        return joined.map(\.line)
    }

    private static func isStronger(_ a: DefectLine, _ b: DefectLine) -> Bool {
        let (weightA, weightB) = (abs(a.offset) * Double(a.extent.count), abs(b.offset) * Double(b.extent.count))
        if weightA != weightB { return weightA > weightB }
        return (a.isColumn ? 0 : 1, a.first, a.extent.lowerBound) < (b.isColumn ? 0 : 1, b.first, b.extent.lowerBound)
    }
}
