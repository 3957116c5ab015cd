/// Leaves one entry for each defect: no smear of a stronger one, and the pixels of a cluster together.
struct Suppression {
    let geometry: FrameGeometry

    /// A second defect within the smear of a stronger one has to be as far away, and to have this share of its offset.
    private static let secondDistance = 3
    private static let secondShare = 0.5
    private static let secondStrength = 1.6
    /// Touching pixels of one cluster have this share of the strongest one's offset; interpolation of colours and
    /// compression leave up to seven tenths of a single pixel in those beside it.
    private static let clusterShare = 0.8

    /// Clusters of touching pixels, the strongest pixel first. The order of `points` does not matter.
    func clusters(_ points: [PointEvidence]) -> [[PointEvidence]] {
        let isSingle = geometry.isLossless && geometry.colours == 1
        let ordered = points.sorted {
            let a = height($0)
            let b = height($1)
            return a != b ? a > b : ($0.row, $0.column) < ($1.row, $1.column)
        }
        let (rowRadius, columnRadius) = geometry.smearRadius
        var clusters: [[PointEvidence]] = []
        var byCell: [Cell: [Int]] = [:]
        for point in ordered {
            let cell = Cell(point.row, point.column)
            var near: [Int] = []
            for row in cell.row - 1...cell.row + 1 {
                for column in cell.column - 1...cell.column + 1 { near += byCell[Cell(index: (row, column))] ?? [] }
            }
            near = Array(Set(near)).sorted()
            if let index = near.first(where: { joins(point, clusters[$0], isSingle) }) {
                clusters[index].append(point)
                byCell[cell, default: []].append(index)
                continue
            }
            let isSmear = near.contains { index in
                let first = clusters[index][0]
                let rows = abs(first.row - point.row)
                let columns = abs(first.column - point.column)
                guard rows <= rowRadius, columns <= columnRadius else { return false }
                let isSecond =
                    max(rows, columns) >= Self.secondDistance && point.strength >= Self.secondStrength
                    && height(point) >= Self.secondShare * height(first)
                return !isSecond
            }
            guard !isSmear else { continue }
            byCell[cell, default: []].append(clusters.count)
            clusters.append([point])
        }
        return clusters
    }

    /// Touches a pixel of the cluster, to the same side, and is no smear.
    private func joins(_ point: PointEvidence, _ cluster: [PointEvidence], _ isSingle: Bool) -> Bool {
        let first = cluster[0]
        guard (point.evidence.offset > 0) == (first.evidence.offset > 0),
            cluster.contains(where: { abs($0.row - point.row) <= 1 && abs($0.column - point.column) <= 1 })
        else { return false }
        return isSingle || height(point) >= Self.clusterShare * height(first)
    }

    private func height(_ point: PointEvidence) -> Double {
        abs(point.brightness) + 0.25 * abs(point.evidence.offset)
    }

    /// Squares larger than any smear.
    private struct Cell: Hashable {
        let row: Int
        let column: Int

        init(_ row: Int, _ column: Int) { (self.row, self.column) = (row / 32, column / 32) }
        init(index: (row: Int, column: Int)) { (row, column) = index }
    }
}
