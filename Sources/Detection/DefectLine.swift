import FastPixFrames

/// A column or a row, or a part of one, that lies beside its neighbours as a whole.
struct DefectLine: Equatable {
    let isColumn: Bool
    /// The column's, or the row's, number, and how many touching ones are alike.
    let first: Int
    let width: Int
    /// Rows of the column, columns of the row.
    let extent: Range<Int>
    /// How far it lies beyond both the lines on either side in the mean, in samples.
    let offset: Double
    /// In units of the offsets of the lines around it.
    let spreads: Double
    /// Whether nothing that is photographed is seen in it.
    var isStill = false

    func with(first: Int, width: Int) -> DefectLine {
        DefectLine(
            isColumn: isColumn, first: first, width: width, extent: extent, offset: offset, spreads: spreads,
            isStill: isStill)
    }

    func with(offset: Double) -> DefectLine {
        DefectLine(
            isColumn: isColumn, first: first, width: width, extent: extent, offset: offset, spreads: spreads,
            isStill: isStill)
    }

    /// Those of which one is still as one with those that overlap it.
    static func united(_ lines: [DefectLine]) -> [DefectLine] {
        lines.reduce(into: []) { united, line in
            var line = line
            while let index = united.firstIndex(where: { $0.overlaps(line) && ($0.isStill || line.isStill) }) {
                line = united.remove(at: index).joined(to: line)
            }
            united.append(line)
        }
    }

    /// With the other one's extent as well.
    func joined(to other: DefectLine) -> DefectLine {
        DefectLine(
            isColumn: isColumn, first: first, width: width,
            extent: min(extent.lowerBound, other.extent.lowerBound)..<max(extent.upperBound, other.extent.upperBound),
            offset: other.isStill ? other.offset : offset, spreads: max(spreads, other.spreads),
            isStill: isStill || other.isStill)
    }

    /// Touching lines of one defect: as for the pixels of a cluster, with less smear in the way.
    static let touchingShare = 0.6

    /// Whether it is no smear of the other one, but of its kind.
    func isAlike(_ other: DefectLine) -> Bool {
        isColumn == other.isColumn && offset * other.offset > 0
            && abs(offset) >= Self.touchingShare * abs(other.offset)
    }

    /// Whether it goes through nearly all of the frame, as edges of a scene hardly do along one line of pixels. Its ends are known
    /// to a tile each.
    func isWhole(_ geometry: FrameGeometry) -> Bool {
        let length = isColumn ? geometry.shape.height : geometry.shape.width
        return extent.count >= length - 2 * geometry.tileSize
    }

    func overlaps(_ other: DefectLine) -> Bool {
        isColumn == other.isColumn && extent.overlaps(other.extent)
            && (first..<first + width).overlaps(other.first..<other.first + other.width)
    }

    /// Whether its middle lies in a region, or so near that it is held against lines of it.
    func lies(nearTo region: ExcludedRegion, _ geometry: FrameGeometry) -> Bool {
        let middle = (extent.lowerBound + extent.upperBound) / 2
        let margin = 2 * geometry.shape.neighbourDistance
        return (-margin...margin).contains { step in
            isColumn ? region.contains(middle, first + step) : region.contains(first + step, middle)
        }
    }

    /// Whether a point is one of its pixels.
    func contains(_ point: PointEvidence) -> Bool {
        let (across, along) = isColumn ? (point.column, point.row) : (point.row, point.column)
        return (first..<first + width).contains(across) && extent.contains(along)
    }

    /// Whether a point lies so near that the line's own smear may reach it.
    func reaches(_ point: PointEvidence, _ geometry: FrameGeometry) -> Bool {
        let (across, along) = isColumn ? (point.column, point.row) : (point.row, point.column)
        let radius =
            isColumn
            ? max(geometry.shape.neighbourDistance, geometry.smearRadius.columns)
            : max(geometry.shape.neighbourDistance, geometry.smearRadius.rows)
        let end = geometry.tileSize / 2
        return across >= first - radius && across < first + width + radius && along >= extent.lowerBound - end
            && along < extent.upperBound + end
    }
}
