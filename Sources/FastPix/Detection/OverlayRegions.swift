/// Tells writing from defects: the strokes of a date stamp or watermark are steady like stuck pixels, but defects are
/// scattered and strokes lie together.
enum OverlayRegions {
    /// The defects that stand alone, and rectangles around those that lie together.
    static func split(_ defects: [Defect]) -> (defects: [Defect], regions: [ExcludedRegion]) {
        let steady = defects.indices.filter { [.stuck, .dead, .lowGain].contains(defects[$0].class) }
        var unseen = Set(steady)
        var overlaid = Set<Int>()
        var regions: [ExcludedRegion] = []
        for start in steady where unseen.contains(start) {
            var cluster = [start]
            unseen.remove(start)
            var next = 0
            while next < cluster.count {
                let centre = defects[cluster[next]]
                let near = unseen.filter {
                    abs(defects[$0].row - centre.row) <= reach && abs(defects[$0].column - centre.column) <= reach
                }
                cluster += near.sorted()
                unseen.subtract(near)
                next += 1
            }
            guard cluster.count >= fewest else { continue }
            overlaid.formUnion(cluster)
            let rows = cluster.map { defects[$0].row }
            let columns = cluster.map { defects[$0].column }
            regions.append(
                ExcludedRegion(
                    kind: .overlay, row: rows.min()!, column: columns.min()!, rows: rows.max()! - rows.min()! + 1,
                    columns: columns.max()! - columns.min()! + 1))
        }
        return (defects.indices.filter { !overlaid.contains($0) }.map { defects[$0] }, regions)
    }

    /// Pixels from one stroke to the next.
    private static let reach = 32
    private static let fewest = 4
}
