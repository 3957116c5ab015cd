/// A photo whose samples are in a state's statistics, all of them or those of its upper rows.
struct StatePhoto: Sendable, Hashable, Codable {
    let hash: ContentHash
    /// The file's name without its folder, for messages; nothing depends on it.
    let name: String
    /// How many of its rows are in the statistics, from the top; nil: all.
    var rows: Int?
    /// Of a whole photo, where the extremes are counted.
    var fact: FrameFact?

    init(hash: ContentHash, name: String, rows: Int? = nil, fact: FrameFact? = nil) {
        self.hash = hash
        self.name = name
        self.rows = rows
        self.fact = fact
    }

    var isWhole: Bool { rows == nil }

    /// An order in which no two different ones are equal.
    func precedes(_ other: StatePhoto) -> Bool {
        (hash, name, rows ?? 0) < (other.hash, other.name, other.rows ?? 0)
    }
}

extension ContentHash: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = ContentHash(hexadecimal: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a hash has 32 hexadecimal digits")
        }
        self = hash
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }
}
