import CKernels
import FastPixAccumulation
import FastPixFrames

/// How the columns and rows of a band lie beside others.
extension BandScan {
    struct Lines {
        var columns: LineCounts
        var farColumns: LineCounts
        var rows: LineCounts
        var farRows: LineCounts
        var columnLevels: [Double]
        var rowLevels: [Double]
        var columnHits: [Int32]
        var rowHits: [Int32]
    }

    func lineCounts(_ lines: BandLines) -> Lines {
        let (columns, rowCounts) = (LineCounts(shape.width), LineCounts(rows.count * geometry.tileColumns))
        var counts = Lines(
            columns: columns, farColumns: columns, rows: rowCounts, farRows: rowCounts,
            columnLevels: Array(repeating: 0, count: shape.width),
            rowLevels: Array(repeating: 0, count: rows.count * geometry.tileColumns),
            columnHits: Array(repeating: 0, count: shape.width),
            rowHits: Array(repeating: 0, count: rows.count * geometry.tileColumns))
        // Of the next two on one side the nearer one has to be an inner one, and rows of both have to be at hand.
        guard min(shape.width, shape.height) > 4 * distance, 2 * distance <= FinishedRows.halo else { return counts }
        for row in rows {
            guard let own = lines[row] else { continue }
            count(own, near: &counts.columns, far: &counts.farColumns)
            func line(_ step: Int) -> [Float]? { lines[row + step] }
            let tile = (row - rows.lowerBound) * geometry.tileColumns
            let (width, tileSize) = (shape.width, geometry.tileSize)
            counts.rowLevels.withUnsafeMutableBufferPointer { levels in
                check(
                    fpx_line_levels_f32(&counts.columnLevels, levels.baseAddress! + tile, own, width, tileSize))
            }
            addHits(row, &counts.columnHits, &counts.rowHits, at: tile)
            let sides = (line(-distance), line(distance))
            if let before = sides.0 ?? continued(line(distance), line(2 * distance)),
                let after = sides.1 ?? continued(line(-distance), line(-2 * distance))
            {
                count(own, before, after, at: tile, into: &counts.rows)
            }
            if let before = line(-2 * distance), let after = line(2 * distance) {
                count(own, before, after, at: tile, into: &counts.farRows)
            }
        }
        return counts
    }

    /// How many more times the pixels of a row lie above all their neighbours than below, in the main channel: by column, and
    /// by tile from `tile` on.
    private func addHits(_ row: Int, _ columnHits: inout [Int32], _ rowHits: inout [Int32], at tile: Int) {
        let first = row * shape.samplesPerRow + geometry.mainChannel
        let (above, below) = (accumulators.above(at: first), accumulators.below(at: first))
        let (width, tileSize, step) = (shape.width, geometry.tileSize, shape.channels)
        columnHits.withUnsafeMutableBufferPointer { columnHits in
            for (index, start) in stride(from: 0, to: width, by: tileSize).enumerated() {
                // Of 65535 frames at most, so that sums of 32 bits hold a tile's.
                var sum: Int32 = 0
                for column in start..<min(width, start &+ tileSize) {
                    let place = column &* step
                    let hits = Int32(above[place]) &- Int32(below[place])
                    columnHits[column] &+= hits
                    sum &+= hits
                }
                rowHits[tile + index] += sum
            }
        }
    }

    /// What would be as far on the other side of a line at the frame's edge if the slope went on: light that falls off
    /// towards the edge lies below one of both only.
    func continued(_ near: [Float]?, _ far: [Float]?) -> [Float]? {
        guard let near, let far else { return nil }
        return zip(near, far).map { 2 * $0 - $1 }
    }

    /// A row's pixels beside those on the left and right of it.
    func count(_ line: [Float], near: inout LineCounts, far: inout LineCounts) {
        let (width, distance) = (shape.width, distance)
        let edges = [0, width - distance].map { first -> (first: Int, left: [Float], right: [Float]) in
            let inward = first == 0 ? distance : -distance
            let inner = Array(line[first + inward..<first + inward + distance])
            let next = line[first + 2 * inward..<first + 2 * inward + distance]
            return (first, inner, zip(inner, next).map { 2 * $0 - $1 })
        }
        near.withUnsafePointers { above, below, sums in
            line.withUnsafeBufferPointer { line in
                let line = line.baseAddress!
                check(
                    fpx_line_offsets_f32(
                        above + distance, below + distance, sums + distance, line + distance, line, line + 2 * distance,
                        width - 2 * distance))
                for edge in edges {
                    check(
                        fpx_line_offsets_f32(
                            above + edge.first, below + edge.first, sums + edge.first, line + edge.first, edge.left,
                            edge.right, distance))
                }
            }
        }
        far.withUnsafePointers { above, below, sums in
            line.withUnsafeBufferPointer { line in
                let (line, first) = (line.baseAddress!, 2 * distance)
                check(
                    fpx_line_offsets_f32(
                        above + first, below + first, sums + first, line + first, line, line + 2 * first,
                        width - 2 * first))
            }
        }
    }

    /// A row beside those above and below it.
    func count(
        _ line: [Float], _ before: [Float], _ after: [Float], at tile: Int, into counts: inout LineCounts
    ) {
        counts.withUnsafePointers { above, below, sums in
            check(
                fpx_tile_line_offsets_f32(
                    above + tile, below + tile, sums + tile, line, before, after, shape.width, geometry.tileSize))
        }
    }
}

/// Samples of the rows of a band and some around it; nil beyond the frame and beyond these.
struct BandLines {
    private let rows: Range<Int>
    private let lines: [[Float]]

    init(needed: Range<Int>, by margin: Int, of height: Int, _ line: (Int) -> [Float]) {
        rows = max(0, needed.lowerBound - margin)..<min(height, needed.upperBound + margin)
        lines = rows.map(line)
    }

    subscript(row: Int) -> [Float]? { rows.contains(row) ? lines[row - rows.lowerBound] : nil }
}
