import FastPixCodecs
import FastPixDetection
import FastPixFrames
import FastPixPlumbing

/// Defects as a table, a line each, for all cameras.
package enum DefectTable {
    static func text(_ groups: [JudgedGroup]) -> String {
        var lines = [
            "make,model,serial,width,height,row,column,channel,class,confidence,mean,neighbourhood_mean,variance,"
                + "neighbourhood_variance,smear_row,smear_column,smear_rows,smear_columns,\(shapeColumns),"
                + "sensor_row,sensor_column"
        ]
        for group in groups {
            let camera = [group.camera.make, group.camera.model, group.camera.serial].map { CSVText.field($0 ?? "") }
            for defect in group.defects {
                let place = [group.shape.width, group.shape.height, defect.row, defect.column, defect.channel]
                let values = [
                    defect.confidence, defect.mean, defect.neighbourhoodMean, defect.variance,
                    defect.neighbourhoodVariance,
                ]
                let smear = [defect.smear.row, defect.smear.column, defect.smear.rows, defect.smear.columns]
                let fields =
                    camera + place.map(String.init) + [defect.class.rawValue] + values.map { "\($0)" }
                    + smear.map(String.init) + shapeFields(defect)
                    + [
                        group.sensorFrame.map { "\(defect.row + $0.top)" } ?? "",
                        group.sensorFrame.map { "\(defect.column + $0.left)" } ?? "",
                    ]
                lines.append(fields.joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Which pixels are the defect, as columns of a table.
    package static let shapeColumns = "shape,extent_rows,extent_columns,row_period,column_period,pixels"

    /// What stands in `shapeColumns`. Pixels are "row:column", separated by blanks; of lines and grids the extent tells.
    package static func shapeFields(_ defect: Defect) -> [String] {
        let extent = [defect.extentRows, defect.extentColumns, defect.rowPeriod, defect.columnPeriod]
        let pixels = defect.pixels.map { "\($0.row):\($0.column)" }.joined(separator: " ")
        return [defect.shape.rawValue] + extent.map(String.init) + [pixels]
    }

    /// Reads this table and that of `fastpix hotpixels --format csv`: the header names the columns. Lines without a
    /// class, where there is such a column, are no defects.
    static func maps(_ text: String, path: String) throws(FastPixError) -> [DefectMap] {
        let records = CSVRecords.of(text)
        guard let header = records.first, let row = header.firstIndex(of: "row"),
            let column = header.firstIndex(of: "column")
        else {
            throw FastPixError(
                .unsupported, path: path, "the table has no columns called row and column; its first line names columns"
            )
        }
        let kind = header.firstIndex(of: "class")
        var maps: [DefectMap] = []
        var numbers: [Key: Int] = [:]
        for (index, record) in records.enumerated().dropFirst() {
            func value(_ name: String) -> String? {
                guard let position = header.firstIndex(of: name), position < record.count else { return nil }
                return record[position].isEmpty ? nil : record[position]
            }
            if let kind, kind < record.count, record[kind].isEmpty { continue }
            guard record.count == header.count, let row = Int(record[row]), let column = Int(record[column]) else {
                throw FastPixError(
                    .corrupt, path: path,
                    "line \(index + 1) has no row and column, or not as many fields as the first line")
            }
            let camera = Camera(make: value("make"), model: value("model"), serial: value("serial"))
            let size = (value("width").flatMap { Int($0) }, value("height").flatMap { Int($0) })
            let sides = ["smear_row", "smear_column", "smear_rows", "smear_columns"].map {
                value($0).flatMap { Int($0) }
            }
            var smear: Smear?
            if let row = sides[0], let column = sides[1], let rows = sides[2], let columns = sides[3] {
                smear = Smear(row: row, column: column, rows: rows, columns: columns)
            }
            let means = (value("mean").flatMap { Double($0) }, value("neighbourhood_mean").flatMap { Double($0) })
            guard let shape = Shape(value), let pixels = self.pixels(value("pixels") ?? "") else {
                throw FastPixError(
                    .corrupt, path: path,
                    "line \(index + 1) has a shape, an extent or pixels that fastpix does not write")
            }
            let entry = DefectMap.Entry(
                row: row, column: column, shape: shape.kind, extentRows: shape.rows, extentColumns: shape.columns,
                rowPeriod: shape.rowPeriod, columnPeriod: shape.columnPeriod, pixels: pixels, smear: smear,
                class: value("class").flatMap { DefectClass(rawValue: $0) },
                meanOffset: means.0.flatMap { mean in means.1.map { mean - $0 } })
            let key = Key(camera: camera, width: size.0, height: size.1)
            if let known = numbers[key] {
                maps[known].entries.append(entry)
            } else {
                numbers[key] = maps.count
                maps.append(DefectMap(camera: camera, width: size.0, height: size.1, entries: [entry]))
            }
        }
        return maps
    }

    /// What the columns about the shape say; tables of other programs have none of them, and name pixels.
    private struct Shape {
        var kind: DefectShape?
        var rows = 1
        var columns = 1
        var rowPeriod = 1
        var columnPeriod = 1

        /// Nil when a column says what cannot be.
        init?(_ value: (String) -> String?) {
            guard let name = value("shape") else { return }
            func number(_ name: String) -> Int { value(name).map { Int($0) ?? 0 } ?? 1 }
            kind = DefectShape(rawValue: name)
            (rows, columns) = (number("extent_rows"), number("extent_columns"))
            (rowPeriod, columnPeriod) = (number("row_period"), number("column_period"))
            guard kind != nil, [rows, columns, rowPeriod, columnPeriod].allSatisfy({ $0 >= 1 }) else { return nil }
        }
    }

    /// Nil when the text is not as `text` writes it.
    private static func pixels(_ text: String) -> [PixelPlace]? {
        var places: [PixelPlace] = []
        for word in text.split(separator: " ") {
            let numbers = word.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 2, let row = numbers[0], let column = numbers[1] else { return nil }
            places.append(PixelPlace(row: row, column: column))
        }
        return places
    }

    /// Lines of one camera and size make one list.
    private struct Key: Hashable {
        let camera: Camera
        let width: Int?
        let height: Int?
    }
}
