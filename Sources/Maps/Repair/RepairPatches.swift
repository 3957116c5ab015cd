import CCodecs
import FastPixDetection
import FastPixFrames
import FastPixPlumbing

/// The rectangles of a photo that are replaced.
struct RepairPatches {
    let patches: [fpx_repair_patch]

    /// Far more than a sensor has; so many take seconds.
    private static let most = 65_536

    /// `radius`: how many pixels around a defect go with it when the list does not say how far its effect reaches.
    /// Throws when the list names a place outside the photo, or more than can be repaired.
    init(_ map: DefectMap, shape: FrameShape, radius: Int) throws(FastPixError) {
        var patches: [fpx_repair_patch] = []
        for entry in map.entries {
            guard DefectMap.isInside(entry, width: shape.width, height: shape.height) else {
                throw FastPixError(
                    .invalidArgument,
                    "the map lists row \(entry.row), column \(entry.column), and the photo is \(shape.width) x "
                        + "\(shape.height) pixels; they are of different sizes")
            }
            for area in Self.areas(of: entry, shape: shape, radius: radius) {
                guard Self.add(area, to: &patches) else {
                    let side = FPX_REPAIR_LONGEST_SIDE
                    throw FastPixError(
                        .invalidArgument,
                        "the map marks more than \(Self.most) places of up to \(side) x \(side) pixels; that is no "
                            + "list of defects")
                }
            }
        }
        self.patches = patches
    }

    /// What is replaced for an entry: all it tinges, when the list tells, or its pixels, when that is all; otherwise its
    /// pixels and those around them. A grid is mostly sound, so that its pixels are replaced one by one.
    private static func areas(of entry: DefectMap.Entry, shape: FrameShape, radius: Int) -> [Smear] {
        let isGrid = entry.rowPeriod > 1 || entry.columnPeriod > 1
        if let smear = entry.smear, !isGrid { return smear.replaced(entry.pixels) }
        let around = entry.smear == nil ? radius : 0
        func area(_ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> Smear {
            let (top, left) = (max(0, row - around), max(0, column - around))
            let bottom = min(shape.height, row + rows + around)
            let right = min(shape.width, column + columns + around)
            return Smear(row: top, column: left, rows: bottom - top, columns: right - left)
        }
        guard entry.pixels.isEmpty, !isGrid else {
            return entry.covered.map { area($0.row, $0.column, 1, 1) }
        }
        return [
            area(entry.row, entry.column, entry.extentRows ?? shape.height, entry.extentColumns ?? shape.width)
        ]
    }

    /// Adds an area in pieces that the repair takes; false when there are too many.
    private static func add(_ area: Smear, to patches: inout [fpx_repair_patch]) -> Bool {
        let side = Int(FPX_REPAIR_LONGEST_SIDE)
        for top in stride(from: area.row, to: area.row + area.rows, by: side) {
            for left in stride(from: area.column, to: area.column + area.columns, by: side) {
                guard patches.count < most else { return false }
                patches.append(
                    fpx_repair_patch(
                        column: UInt32(left), row: UInt32(top),
                        width: UInt32(min(side, area.column + area.columns - left)),
                        height: UInt32(min(side, area.row + area.rows - top))))
            }
        }
        return true
    }
}
