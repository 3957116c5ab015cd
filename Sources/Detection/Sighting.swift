/// A pixel that may be looked at closely, and what the strongest are taken by when there is no room for all.
struct Sighting {
    let row: Int
    let column: Int
    /// The largest offset of its channels.
    let strength: Double
    /// The most photos in which a channel lies above, or below, all its neighbours.
    let hits: Int

    private static func isBefore(_ a: Sighting, _ b: Sighting) -> Bool { (a.row, a.column) < (b.row, b.column) }

    private static func isStronger(_ a: Sighting, _ b: Sighting) -> Bool {
        // Where a pattern repeats, counts are full in many sound pixels.
        if a.strength != b.strength { return a.strength > b.strength }
        return a.hits != b.hits ? a.hits > b.hits : isBefore(a, b)
    }

    /// Leaves each pixel of a row of tiles once, and of each tile the strongest `most`, in the order of rows and columns.
    /// What is left of all is also left of what was left of parts before, with no smaller `most`.
    static func strongest<Place>(
        _ places: [Place], most: Int, tileSize: Int, _ sighting: (Place) -> Sighting
    ) -> (kept: [Place], isTruncated: Bool) {
        var distinct: [(sighting: Sighting, index: Int)] = []
        let all = places.indices.map { (sighting: sighting(places[$0]), index: $0) }
        for place in all.sorted(by: { isBefore($0.sighting, $1.sighting) })
        where distinct.last.map({ isBefore($0.sighting, place.sighting) }) ?? true {
            distinct.append(place)
        }
        var byTile: [Int: [(sighting: Sighting, index: Int)]] = [:]
        for place in distinct { byTile[place.sighting.column / tileSize, default: []].append(place) }
        let isTruncated = byTile.contains { $0.value.count > most }
        if isTruncated {
            distinct = byTile.values.flatMap { $0.sorted { isStronger($0.sighting, $1.sighting) }.prefix(most) }
                .sorted { isBefore($0.sighting, $1.sighting) }
        }
        return (distinct.map { places[$0.index] }, isTruncated)
    }
}
