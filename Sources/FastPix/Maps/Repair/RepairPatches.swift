import CCodecs

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
            let rows: Range<Int>
            let columns: Range<Int>
            if let smear = entry.smear {
                rows = smear.row..<smear.row + smear.rows
                columns = smear.column..<smear.column + smear.columns
            } else {
                rows = max(0, entry.row - radius)..<min(shape.height, entry.row + radius + 1)
                columns = max(0, entry.column - radius)..<min(shape.width, entry.column + radius + 1)
            }
            let side = Int(FPX_REPAIR_LONGEST_SIDE)
            for top in stride(from: rows.lowerBound, to: rows.upperBound, by: side) {
                for left in stride(from: columns.lowerBound, to: columns.upperBound, by: side) {
                    guard patches.count < Self.most else {
                        throw FastPixError(
                            .invalidArgument,
                            "the map marks more than \(Self.most) places of up to \(side) x \(side) pixels; that is no "
                                + "list of defects")
                    }
                    patches.append(
                        fpx_repair_patch(
                            column: UInt32(left), row: UInt32(top), width: UInt32(min(side, columns.upperBound - left)),
                            height: UInt32(min(side, rows.upperBound - top))))
                }
            }
        }
        self.patches = patches
    }
}
