/// Defects as a table, a line each, for all cameras.
enum DefectTable {
    static func text(_ groups: [JudgedGroup]) -> String {
        var lines = [
            "make,model,serial,width,height,row,column,channel,class,confidence,mean,neighbourhood_mean,variance,"
                + "neighbourhood_variance,smear_row,smear_column,smear_rows,smear_columns"
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
                    + smear.map(String.init)
                lines.append(fields.joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
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
            let entry = DefectMap.Entry(row: row, column: column, smear: smear)
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

    /// Lines of one camera and size make one list.
    private struct Key: Hashable {
        let camera: Camera
        let width: Int?
        let height: Int?
    }
}
