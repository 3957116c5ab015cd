// The overloads with Span and MutableSpan that Swift makes from the headers' annotations: results of a few, and no pointer.
import CKernels

func moments(of frame: Span<UInt8>) -> (sum: UInt32, squares: UInt64, status: fpx_status) {
    var sum: [UInt64] = [0]
    var squares: [UInt64] = [0]
    var sumSpan = sum.mutableSpan
    var squaresSpan = squares.mutableSpan
    let status = fpx_channel_sums_u8(&sumSpan, &squaresSpan, frame, frame.count)
    return (UInt32(sum[0]), squares[0], status)
}

func merged(_ first: [UInt32], _ squares: [UInt32], with other: [UInt32], _ otherSquares: [UInt32]) -> [UInt32] {
    var sum = first
    var sumOfSquares = squares
    var sumSpan = sum.mutableSpan
    var squaresSpan = sumOfSquares.mutableSpan
    let status = fpx_moments_u8_merge_tile(&sumSpan, &squaresSpan, other.span, otherSquares.span)
    precondition(status == .ok)
    return sum + sumOfSquares
}

func blended(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    var blend = [UInt8](repeating: 0, count: first.count)
    var span = blend.mutableSpan
    let status = fpx_addweighted_u8(&span, first.span, second.span, 0.25, 0.75, 1)
    precondition(status == .ok)
    return blend
}

/// Of one frame, of which three rows are given: the counters of the one in the middle.
func extremes(_ upper: [UInt8], _ row: [UInt8], _ lower: [UInt8]) -> [[UInt16]] {
    let none = [UInt16](repeating: 0, count: row.count)
    var (above, below, blindAbove, blindBelow) = (none, none, none, none)
    var aboveSpan = above.mutableSpan
    var belowSpan = below.mutableSpan
    var blindAboveSpan = blindAbove.mutableSpan
    var blindBelowSpan = blindBelow.mutableSpan
    // Frames lie where they lie: their rows are pointers here, too.
    let status = upper.withUnsafeBufferPointer { upper in
        row.withUnsafeBufferPointer { row in
            lower.withUnsafeBufferPointer { lower in
                fpx_extremes_u8_accumulate(
                    &aboveSpan, &belowSpan, &blindAboveSpan, &blindBelowSpan, [upper.baseAddress!],
                    [row.baseAddress!], [lower.baseAddress!], 1, 1, 0, 255)
            }
        }
    }
    precondition(status == .ok)
    return [above, below, blindAbove, blindBelow]
}

func offsets(_ row: [Float], left: [Float], right: [Float]) -> [[Int32]] {
    let none = [UInt8](repeating: 0, count: row.count)
    var (above, below, sums) = (none, none, [Int32](repeating: 0, count: row.count))
    var aboveSpan = above.mutableSpan
    var belowSpan = below.mutableSpan
    var sumsSpan = sums.mutableSpan
    let status = fpx_line_offsets_f32(&aboveSpan, &belowSpan, &sumsSpan, row.span, left.span, right.span)
    precondition(status == .ok)
    return [above.map(Int32.init), below.map(Int32.init), sums]
}

func offsets(_ row: [Float], left: [Float], right: [Float], tile: Int) -> [[Int32]] {
    let none = [UInt8](repeating: 0, count: (row.count + tile - 1) / tile)
    var (above, below, sums) = (none, none, [Int32](repeating: 0, count: none.count))
    var aboveSpan = above.mutableSpan
    var belowSpan = below.mutableSpan
    var sumsSpan = sums.mutableSpan
    let status = fpx_tile_line_offsets_f32(&aboveSpan, &belowSpan, &sumsSpan, row.span, left.span, right.span, tile)
    precondition(status == .ok)
    return [above.map(Int32.init), below.map(Int32.init), sums]
}

func levels(_ row: [Float], tile: Int) -> [Double] {
    var columns = [Double](repeating: 0, count: row.count)
    var tiles = [Double](repeating: 0, count: (row.count + tile - 1) / tile)
    var columnsSpan = columns.mutableSpan
    var tilesSpan = tiles.mutableSpan
    let status = fpx_line_levels_f32(&columnsSpan, &tilesSpan, row.span, tile)
    precondition(status == .ok)
    return columns + tiles
}

/// Of rows of three samples the one in the middle, in a buffer that ends there.
func ringOffset(_ upper: [Float], _ row: [Float], _ lower: [Float]) -> Float {
    var offsets: [Float] = [0, 0]
    var span = offsets.mutableSpan
    let status = fpx_ring_offsets_f32(&span, upper.span, row.span, lower.span, 1, 1)
    precondition(status == .ok)
    return offsets[1]
}

func spreads(_ offsets: [Float], tile: Int) -> (spreads: [Float], shares: [UInt64]) {
    var spreads = [Float](repeating: 0, count: (offsets.count + tile - 1) / tile)
    var phases = [fpx_spread_sums](repeating: fpx_spread_sums(), count: 2)
    var spreadsSpan = spreads.mutableSpan
    var phasesSpan = phases.mutableSpan
    let status = fpx_tile_spreads_f32(
        &spreadsSpan, &phasesSpan, offsets.span, offsets.count, 1, 0, 2, tile, 1)
    precondition(status == .ok)
    return (spreads, phases.map(\.sum))
}

/// Of counters of ten frames, those above: which columns are flagged.
func flagged(_ above: [UInt16]) -> [UInt32] {
    let none = [UInt16](repeating: 0, count: above.count)
    var tiles = [fpx_persistence_sums()]
    var phases = tiles
    var marks = [fpx_row_marks()]
    var flagged = [UInt32](repeating: 0, count: above.count)
    var count = 0
    var tilesSpan = tiles.mutableSpan
    var phasesSpan = phases.mutableSpan
    var marksSpan = marks.mutableSpan
    var flaggedSpan = flagged.mutableSpan
    let status = fpx_persistence_row(
        &tilesSpan, &phasesSpan, &marksSpan, &flaggedSpan, &count, above.span, none.span, none.span, none.span, 1, 0, 1,
        above.count, 0, 10, 3, 0.01)
    precondition(status == .ok && tiles[0].places == phases[0].places && marks[0].silent == above.count - 1)
    return Array(flagged[..<count])
}

/// The cells, then the level and the roughness.
func scene(_ row: [UInt16]) -> [Int64] {
    var cells = [Int64](repeating: 0, count: row.count / FPX_SCENE_CELL_COLUMNS)
    var level: Int64 = 0
    var roughness: Int64 = 0
    do {
        var span: MutableSpan<Int64>? = cells.mutableSpan
        let status = fpx_scene_row_u16(&span, &level, &roughness, row.span, row.count, 1, 0, 1)
        precondition(status == .ok)
    }
    return cells + [level, roughness]
}

/// A row too narrow for a cell.
func narrowScene(_ row: [Float]) -> [Int64] {
    var level: Int64 = 0
    var roughness: Int64 = 0
    var none: MutableSpan<Int64>?
    let status = fpx_scene_row_f32(&none, &level, &roughness, row.span, row.count, 1, 0, 1)
    precondition(status == .ok)
    return [level, roughness]
}

func seams(_ first: [UInt8], _ above: [UInt8], _ below: [UInt8], _ last: [UInt8]) -> Int {
    var seams = 0
    let status = fpx_seam_columns_u8(
        &seams, first.span, above.span, below.span, last.span, first.count, 1, 0, 1, 6)
    precondition(status == .ok)
    return seams
}

@main
struct Spans {
    static func main() {
        precondition(blended([0, 100, 255], [4, 200, 255]) == [4, 176, 255])
        precondition(merged([1, 2], [3, 4], with: [10, 20], [30, 40]) == [11, 22, 33, 44])
        let frame: [UInt8] = [1, 2, 3]
        precondition(moments(of: frame.span) == (6, 14, .ok))
        precondition(
            extremes([1, 1, 1], [1, 2, 1], [1, 1, 255]) == [[0, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]])
        precondition(
            offsets([3, -5, .nan], left: [1, 1, 1], right: [2, -2, 1]) == [[1, 0, 0], [0, 1, 0], [1, -3, 0]])
        precondition(
            offsets([3, -5, 9], left: [1, 1, 1], right: [2, -2, 1], tile: 2) == [[1, 1], [1, 0], [-2, 8]])
        precondition(levels([1, 2, 3], tile: 2) == [1, 2, 3, 3, 3])
        precondition(ringOffset([0, 0, 0], [0, 2, 1], [0, 1, 1]) == 4)
        precondition(spreads([4, 4, 4, 8, 2], tile: 4) == ([8, 2], [512, 384]))
        precondition(flagged([0, 9, 0, 0]) == [1])
        precondition(scene((1...9).map { $0 }) == [36, 36, 8])
        precondition(narrowScene([0, 1, 0.5]) == [0, 98304])
        precondition(seams([9, 9], [9, 9], [9, 90], [9, 90]) == 1)
        print("Span and MutableSpan")
    }
}
