import FastPixPlatform

/// A result without what may differ between two runs of one job: times, memory, and what it was asked for.
struct ResultFingerprint: Hashable, Sendable {
    private let content: [String: JSONValue]
    /// Hashes of the files written, by name.
    private let files: [String: Int]

    private static let volatile: Set<String> = [
        "timing", "totals", "peakMemoryBytes", "temporaryFileBytes", "settings",
    ]

    /// `json`: what a command printed. Nil when that is not one JSON object.
    init?(json: Data, files: [String: Int] = [:]) {
        guard let object = try? JSONDecoder().decode([String: JSONValue].self, from: json) else { return nil }
        content = object.filter { !Self.volatile.contains($0.key) }
        self.files = files
    }
}

/// Whatever JSON can say.
private enum JSONValue: Hashable, Sendable, Decodable {
    case nothing
    case truth(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .nothing
        } else if let truth = try? value.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }
}
