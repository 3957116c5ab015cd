import FastPixCodecs
import FastPixDetection
import FastPixFrames
import FastPixPlatform
import FastPixPlumbing

/// Defects as JSON, for all cameras: what `fastpix hotpixels --format json` says of them, without the rest.
struct DefectList: Encodable {
    private let schema = "fastpix.defects/1"
    private let version = fastPixVersion
    private let groups: [Group]

    private struct Group: Encodable {
        let camera: Camera
        let width: Int
        let height: Int
        let frames: Int
        /// Of raw files, with the margins.
        let sensorFrame: SensorFrame?
        /// Of mosaics.
        let pattern: ColourPattern?
        let judgedShare: Double
        let notJudged: [NotJudgedPart]
        /// Those that were asked for.
        let classes: [DefectClass]
        let defects: [SensorDefect]
    }

    init(_ groups: [JudgedGroup]) {
        self.groups = groups.map { group in
            Group(
                camera: group.camera, width: group.shape.width, height: group.shape.height, frames: group.frames,
                sensorFrame: group.sensorFrame, pattern: group.shape.pattern,
                judgedShare: group.judgedShare, notJudged: group.notJudged,
                classes: group.classes ?? DefectClass.allCases,
                defects: group.defects.map { SensorDefect($0, in: group.shape, of: group.sensorFrame) })
        }
    }

    /// Reads this and the JSON of `fastpix hotpixels`. Groups that were not judged are left out.
    static func maps(_ bytes: Data, path: String) throws(FastPixError) -> [DefectMap] {
        let list: Stored
        do {
            list = try JSONDecoder().decode(Stored.self, from: bytes)
        } catch {
            throw FastPixError(
                .corrupt, path: path,
                "not a list of defects as fastpix writes it; use a report of hot pixels or an exported list, both in JSON"
            )
        }
        guard list.schema.hasPrefix("fastpix.") else {
            throw FastPixError(.unsupported, path: path, "JSON of another program (schema \(list.schema.printable))")
        }
        return list.groups.compactMap { group in
            group.defects.map { defects in
                var map = DefectMap(
                    camera: group.camera, width: group.width, height: group.height, entries: defects.map(\.entry))
                map.notJudged = group.notJudged?.filter(\.isPossible)
                map.classes = list.classes(of: group)
                return map
            }
        }
    }

    private struct Stored: Decodable {
        let schema: String
        let settings: StoredSettings?
        let groups: [StoredGroup]

        /// Nil: all, or it is not told.
        func classes(of group: StoredGroup) -> [DefectClass]? {
            guard let names = group.classes ?? settings?.classes else { return nil }
            let classes = names.compactMap { DefectClass(rawValue: $0) }
            return classes.count == DefectClass.allCases.count ? nil : classes
        }
    }

    private struct StoredSettings: Decodable {
        let classes: [String]?
    }

    private struct StoredGroup: Decodable {
        let camera: Camera
        let width: Int
        let height: Int
        let defects: [StoredDefect]?
        let notJudged: [NotJudgedPart]?
        let classes: [String]?
    }

    private struct StoredDefect: Decodable {
        let row: Int
        let column: Int
        let shape: DefectShape?
        let extentRows: Int?
        let extentColumns: Int?
        let rowPeriod: Int?
        let columnPeriod: Int?
        let pixels: [PixelPlace]?
        let smearRow: Int?
        let smearColumn: Int?
        let smearRows: Int?
        let smearColumns: Int?
        let `class`: DefectClass?
        let mean: Double?
        let neighbourhoodMean: Double?

        var entry: DefectMap.Entry {
            var smear: Smear?
            if let smearRow, let smearColumn, let smearRows, let smearColumns {
                smear = Smear(row: smearRow, column: smearColumn, rows: smearRows, columns: smearColumns)
            }
            // Reports from before there were shapes have the extent of a pixel's smear under the same name.
            let hasShape = shape != nil
            return DefectMap.Entry(
                row: row, column: column, shape: shape, extentRows: hasShape ? extentRows ?? 1 : 1,
                extentColumns: hasShape ? extentColumns ?? 1 : 1, rowPeriod: rowPeriod ?? 1,
                columnPeriod: columnPeriod ?? 1, pixels: pixels ?? [], smear: smear, class: self.class,
                meanOffset: mean.flatMap { mean in neighbourhoodMean.map { mean - $0 } })
        }
    }
}
