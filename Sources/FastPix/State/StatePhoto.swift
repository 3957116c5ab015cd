/// A photo whose samples are in a state's moments, all of them or those of its upper rows.
struct StatePhoto: Sendable, Hashable, Codable {
    let hash: ContentHash
    /// The file's name without its folder, for messages; nothing depends on it.
    let name: String
    /// The half of the photos that it belongs to, 0 or 1; nil where they are not accumulated in halves.
    var half: Int?
    /// How many of its rows are in the moments, from the top; nil: all.
    var rows: Int?

    var isWhole: Bool { rows == nil }

    /// An order in which no two different ones are equal.
    func precedes(_ other: StatePhoto) -> Bool {
        (hash, name, half ?? 0, rows ?? 0) < (other.hash, other.name, other.half ?? 0, other.rows ?? 0)
    }
}

/// A photo that is no part of a state, because it is damaged. It stays out of the halves for good.
struct DamagedPhoto: Sendable, Hashable, Codable {
    let hash: ContentHash
    /// The file's name without its folder, for messages.
    let name: String
    /// What is wrong with it, in words.
    let reason: String

    func precedes(_ other: DamagedPhoto) -> Bool { (hash, name, reason) < (other.hash, other.name, other.reason) }
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
