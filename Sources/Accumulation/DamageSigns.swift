import CKernels
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlatform

/// What damage that no checksum tells leaves in a JPEG: from the place of missing or changed bytes on, blocks are brighter,
/// darker, or lie elsewhere, so that a seam runs across the picture where a row of coded units begins; and what was lost at
/// the end is often filled with one colour. Belongs to the photo that is decoded.
package struct DamageSigns: Sendable {
    /// Distance of the rows where a seam can be: the height of the photo's coded units; 0 where nothing is looked for.
    package let unitRows: Int
    /// Of so many columns the seam was found in, at the place where that is most.
    package private(set) var seamColumns = 0
    package private(set) var seamRow = 0
    /// The last of the rows looked at that is not of one colour; -1 when all are.
    package private(set) var lastUnevenRow = -1

    /// Nothing is looked for in photos without loss, whose formats have checksums, nor where rows above are not kept.
    package init(_ header: PhotoHeader, keptRows: Int) {
        unitRows = header.format == .jpeg && keptRows >= Self.rowsAbove ? header.codedUnit.height : 0
    }

    /// Looks for nothing.
    package init() { unitRows = 0 }

    /// A seam at a row is seen with these rows above the one below it.
    private static let rowsAbove = 3
    /// Every second column is looked at.
    private static let columnStep = 2
    /// A step between two rows counts when it is twice those above and below it, and so many levels more.
    private static let leastStep: UInt32 = 6

    /// Looks at `rows` of 8-bit samples, above which `rowsAbove` are at hand. Rows may come in any order.
    mutating func look(at rows: Range<Int>, of frame: DecodedRows, shape: FrameShape) {
        guard unitRows > 0 else { return }
        // Right below each place where a seam can be.
        let first = rows.lowerBound + (unitRows + 1 - rows.lowerBound % unitRows) % unitRows
        for row in stride(from: first, to: rows.upperBound, by: unitRows) where row > Self.rowsAbove {
            let columns = Self.seamColumns(at: row - 1, of: frame, shape)
            if columns > seamColumns || columns == seamColumns && row - 1 < seamRow {
                (seamColumns, seamRow) = (columns, row - 1)
            }
        }
        for row in CoarseSums.rowsLookedAt(rows) where row > lastUnevenRow {
            let samples = frame.row(row)
            // Each pixel is as the next one.
            if memcmp(samples, samples + shape.channels, (shape.width - 1) * shape.channels) != 0 {
                lastUnevenRow = row
            }
        }
    }

    /// In how many columns rows `row` - 1 and `row` differ as two rows of one picture hardly do: what a lens draws is spread
    /// over several.
    private static func seamColumns(at row: Int, of frame: DecodedRows, _ shape: FrameShape) -> Int {
        var count = 0
        let rows = (row - 2...row + 1).map { frame.row($0).assumingMemoryBound(to: UInt8.self) }
        let status = fpx_seam_columns_u8(
            &count, rows[0], rows[1], rows[2], rows[3], shape.width, shape.channels, CoarseSums.channel(shape),
            columnStep,
            leastStep)
        precondition(status == .ok, String(cString: fpx_status_message(status)))
        return count
    }

    /// Photos of six cameras have seams in at most 0.21 of their columns (resized ones; 0.05 otherwise). Of JPEGs that were
    /// cut or overwritten in one place, decode, and differ in a twentieth of their rows or more, 42 of 66 have them in more.
    private static let notableShare = 0.3
    /// Share of the height.
    private static let notableTail = 1.0 / 16

    package func isSeam(_ shape: FrameShape) -> Bool {
        Double(seamColumns * Self.columnStep) > Self.notableShare * Double(shape.width)
    }

    /// A part at the bottom is of one colour, and a part above it is not.
    package func isTail(_ shape: FrameShape) -> Bool {
        let rows = Double(shape.height) * Self.notableTail
        return unitRows > 0 && Double(lastUnevenRow) >= rows && Double(shape.height - 1 - lastUnevenRow) >= rows
    }

    package func isNotable(_ shape: FrameShape) -> Bool { unitRows > 0 && (isSeam(shape) || isTail(shape)) }
}

/// A photo that may be damaged although it could be decoded to its end.
package struct SuspectPhoto: Sendable, Codable, Equatable {
    package let path: String
    /// From where on it looks as if it did not belong to what is above.
    package let row: Int
    package let sign: Sign

    package enum Sign: String, Sendable, Codable {
        /// A seam runs across the picture.
        case seam
        /// The rest of the picture is of one colour.
        case even
    }

    /// Those of the photos with signs of damage that others of the group do not have: a date stamp, a frame, or a black
    /// foreground is in many photos, in the same place.
    package static func among(_ signs: [(photo: PhotoFile, signs: DamageSigns)], of photoCount: Int, shape: FrameShape)
        -> [SuspectPhoto]
    {
        let most = max(1, photoCount / 10)
        var seams: [Int: Int] = [:]
        for (_, signs) in signs where signs.isSeam(shape) { seams[signs.seamRow, default: 0] += 1 }
        let tails = signs.count { $0.signs.isTail(shape) }
        return signs.sorted { $0.photo.place < $1.photo.place }.compactMap { photo, signs in
            if signs.isSeam(shape), seams[signs.seamRow]! <= most {
                return SuspectPhoto(path: photo.name, row: signs.seamRow, sign: .seam)
            }
            guard signs.isTail(shape), tails <= most else { return nil }
            return SuspectPhoto(path: photo.name, row: signs.lastUnevenRow + 1, sign: .even)
        }
    }
}
