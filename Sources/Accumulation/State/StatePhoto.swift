import FastPixPlumbing

/// A photo whose samples are in a state's statistics, all of them or those of its upper rows.
package struct StatePhoto: Sendable, Hashable {
    /// Of its file's content.
    let hash: ContentHash
    /// Which of several pictures of the file, counted from 0; nil when it is the only one.
    let page: Int?
    /// The file's name without its folder, for messages; nothing depends on it.
    let name: String
    /// How many of its rows are in the statistics, from the top; nil: all.
    var rows: Int?
    /// Of a whole photo, where the extremes are counted.
    package var fact: FrameFact?

    package init(hash: ContentHash, page: Int? = nil, name: String, rows: Int? = nil, fact: FrameFact? = nil) {
        self.hash = hash
        self.page = page
        self.name = name
        self.rows = rows
        self.fact = fact
    }

    package var isWhole: Bool { rows == nil }

    /// What it is known by: its content.
    package struct Identity: Sendable, Hashable {
        let hash: ContentHash
        let page: Int
    }

    package var identity: Identity { Identity(hash: hash, page: page ?? 0) }

    /// An order in which no two different ones are equal.
    package func precedes(_ other: StatePhoto) -> Bool {
        (hash, page ?? 0, name, rows ?? 0) < (other.hash, other.page ?? 0, other.name, other.rows ?? 0)
    }
}
