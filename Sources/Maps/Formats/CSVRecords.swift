/// Reads comma separated values (RFC 4180).
enum CSVRecords {
    /// The records of a text, blank lines left out.
    static func of(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field = ""
        var isQuoted = false
        var wasQuoted = false
        func endField() {
            // What `CSVText.field` put in front of a formula.
            let isGuarded = field.count > 1 && field.hasPrefix("'") && "=+-@\t\r".contains(field.dropFirst().first!)
            record.append(isGuarded ? String(field.dropFirst()) : field)
            field = ""
            wasQuoted = false
        }
        func endRecord() {
            if !record.isEmpty || !field.isEmpty || wasQuoted {
                endField()
                records.append(record)
                record = []
            }
        }
        var rest = Substring(text)
        while let character = rest.popFirst() {
            if isQuoted {
                if character != "\"" {
                    field.append(character)
                } else if rest.first == "\"" {
                    field.append(rest.removeFirst())
                } else {
                    isQuoted = false
                }
            } else if character == "\"" {
                isQuoted = true
                wasQuoted = true
            } else if character == "," {
                endField()
            } else if character.isNewline {
                endRecord()
            } else {
                field.append(character)
            }
        }
        endRecord()
        return records
    }
}
