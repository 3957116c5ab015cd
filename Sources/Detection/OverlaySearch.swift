import FastPixFrames
import FastPixPlatform

/// Finds where entries lie much closer together than chance puts them, and most of them are parts of strokes: date stamps,
/// watermarks, details of something that was in all photos. Defects of a sensor are points, and scattered evenly.
struct OverlaySearch {
    let shape: FrameShape

    /// Rows and columns around an entry: letters of a stamp.
    private static let radius = 32
    private static let fewest = 4
    /// Over all entries of a frame: one false overlay in a thousand frames.
    private static let chance = 1e-3

    /// What lies around strokes: the rest of their letters.
    func regions(of strokes: [(row: Int, column: Int)]) -> [ExcludedRegion] {
        strokes.map { stroke in
            let (top, left) = (max(0, stroke.row - Self.radius), max(0, stroke.column - Self.radius))
            return ExcludedRegion(
                kind: .overlay, row: top, column: left,
                rows: min(shape.height, stroke.row + Self.radius + 1) - top,
                columns: min(shape.width, stroke.column + Self.radius + 1) - left)
        }
    }

    /// `isStroke`: of each point, whether it goes on beyond what compression smears.
    func find(_ isStroke: [Bool], at points: [(row: Int, column: Int)]) -> [ExcludedRegion] {
        guard points.count >= Self.fewest else { return [] }
        let side = Double(2 * Self.radius + 1)
        var cells: [Int: [Int]] = [:]
        func cell(_ row: Int, _ column: Int) -> Int { (row / Self.radius + 1) * 1_000_000 + column / Self.radius + 1 }
        for (index, point) in points.enumerated() { cells[cell(point.row, point.column), default: []].append(index) }
        let near = points.indices.map { index -> [Int] in
            let point = points[index]
            var found: [Int] = []
            for row in -1...1 {
                for column in -1...1 {
                    for other in cells[cell(point.row, point.column) + row * 1_000_000 + column] ?? []
                    where abs(points[other].row - point.row) <= Self.radius
                        && abs(points[other].column - point.column) <= Self.radius
                    {
                        found.append(other)
                    }
                }
            }
            return found
        }
        // As if all were scattered evenly, and again without the crowds that this tells, until there are no more.
        let window = side * side / Double(max(1, shape.width * shape.height))
        var crowded: Set<Int> = []
        var grows = true
        while grows {
            let expected = min(1, window) * Double(points.count - crowded.count)
            let most = Self.limit(expected: expected, chance: Self.chance / Double(points.count))
            let found = Set(points.indices.filter { near[$0].count >= max(Self.fewest, most) })
            grows = found.count > crowded.count
            crowded = found
        }
        var regions: [ExcludedRegion] = []
        var seen = Set<Int>()
        for start in crowded.sorted() where !seen.contains(start) {
            var members = Set(near[start])
            var open = [start]
            seen.insert(start)
            while let index = open.popLast() {
                members.formUnion(near[index])
                for other in near[index] where crowded.contains(other) && seen.insert(other).inserted {
                    open.append(other)
                }
            }
            guard 2 * members.count(where: { isStroke[$0] }) >= members.count else { continue }
            let rows = members.map { points[$0].row }
            let columns = members.map { points[$0].column }
            regions.append(
                ExcludedRegion(
                    kind: .overlay, row: rows.min()!, column: columns.min()!, rows: rows.max()! - rows.min()! + 1,
                    columns: columns.max()! - columns.min()! + 1))
        }
        return regions
    }

    /// The least count that a Poisson number of others exceeds with less than `chance`, the entry itself included.
    private static func limit(expected: Double, chance: Double) -> Int {
        var term = exp(-expected)
        var tail = 1.0
        var count = 0
        while tail > chance, count < 100_000 {
            tail -= term
            count += 1
            term *= expected / Double(count)
        }
        return count + 1
    }
}
