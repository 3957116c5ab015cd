/// Leaves one entry for each defect: no smear of a stronger one, and the pixels of a cluster together.
struct Suppression {
    let geometry: FrameGeometry

    /// A second defect within the smear of a stronger one has to be as far away as interpolation of colours never reaches,
    /// and to have more than compression leaves of the first: at quality 75 up to 0.3 at that distance.
    private static let secondDistance = 3
    /// What coarse steps leave of a defect elsewhere in its coded unit: 7 % in colour at quality 90.
    private static let unitShare = 0.25
    /// Pixels over which colours of half the resolution are interpolated.
    private static let interpolated = 2
    private static let secondShare = 0.5
    private static let secondStrength = 1.6
    /// Touching pixels of one cluster have this share of the strongest one's offset; interpolation of colours and
    /// compression leave up to seven tenths of a single pixel in those beside it.
    private static let clusterShare = 0.8

    /// Clusters of touching pixels, the strongest pixel first. The order of `points` does not matter.
    func clusters(_ points: [PointEvidence]) -> [[PointEvidence]] {
        let ordered = points.sorted {
            let a = height($0)
            let b = height($1)
            return a != b ? a > b : ($0.row, $0.column) < ($1.row, $1.column)
        }
        if geometry.isLossless, geometry.colours == 1 { return touching(ordered) }
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
            if let index = near.first(where: { joins(point, clusters[$0]) }) {
                clusters[index].append(point)
                byCell[cell, default: []].append(index)
                continue
            }
            let isSmear = near.contains { index in
                let first = clusters[index][0]
                let rows = abs(first.row - point.row)
                let columns = abs(first.column - point.column)
                guard rows <= rowRadius, columns <= columnRadius else {
                    return isOfUnit(point, first) && height(point) < Self.unitShare * height(first)
                }
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

    /// Of samples that nothing has smeared: what touches and lies to the same side is together.
    private func touching(_ ordered: [PointEvidence]) -> [[PointEvidence]] {
        var left = Dictionary(uniqueKeysWithValues: ordered.map { (PixelPlace(row: $0.row, column: $0.column), $0) })
        var clusters: [[PointEvidence]] = []
        for point in ordered where left.removeValue(forKey: PixelPlace(row: point.row, column: point.column)) != nil {
            var (members, next) = ([point], 0)
            while next < members.count {
                let place = members[next]
                next += 1
                for row in place.row - 1...place.row + 1 {
                    for column in place.column - 1...place.column + 1 {
                        let key = PixelPlace(row: row, column: column)
                        guard let found = left[key], (found.evidence.offset > 0) == (point.evidence.offset > 0) else {
                            continue
                        }
                        left[key] = nil
                        members.append(found)
                    }
                }
            }
            clusters.append(members)
        }
        return clusters
    }

    /// Touches a pixel of the cluster, to the same side, and is no smear.
    private func joins(_ point: PointEvidence, _ cluster: [PointEvidence]) -> Bool {
        let first = cluster[0]
        guard (point.evidence.offset > 0) == (first.evidence.offset > 0),
            cluster.contains(where: { abs($0.row - point.row) <= 1 && abs($0.column - point.column) <= 1 })
        else { return false }
        return height(point) >= Self.clusterShare * height(first)
    }

    /// Whether it lies in the coded unit of a stronger one, or as near to it as its colours are interpolated.
    private func isOfUnit(_ point: PointEvidence, _ first: PointEvidence) -> Bool {
        guard !geometry.isLossless else { return false }
        let (height, width) = (geometry.codedUnit.height, geometry.codedUnit.width)
        let (top, left) = (first.row / height * height, first.column / width * width)
        return (top - Self.interpolated..<top + height + Self.interpolated).contains(point.row)
            && (left - Self.interpolated..<left + width + Self.interpolated).contains(point.column)
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
