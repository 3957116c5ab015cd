import FastPixPlumbing

/// A line of JSON Lines: an object that says what it is (`record`), with the fields of others.
struct RecordLine: Encodable {
    private let record: String
    private let contents: [any Encodable]

    private enum CodingKeys: String, CodingKey { case record }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(record, forKey: .record)
        for content in contents { try content.encode(to: encoder) }
    }

    /// With its line break.
    static func text(_ record: String, _ contents: any Encodable...) -> String {
        JSONText.line(of: RecordLine(record: record, contents: contents))
    }
}

/// Which group a line belongs to, from 1.
struct GroupNumber: Encodable {
    let group: Int
}
