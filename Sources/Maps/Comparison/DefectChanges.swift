import FastPixCodecs
import FastPixDetection

/// Finds which defects of two lists are the same, and what has changed in them.
struct DefectChanges {
    let group: DefectComparisonReport.Group

    init(_ old: DefectMap, _ new: DefectMap, tolerance: Int?) {
        let tolerance = tolerance ?? (Self.isSmeared(old) || Self.isSmeared(new) ? 1 : 0)
        // A list of what has to be replaced can be compared with the same of the other only.
        let comparesSmears = old.listsSmears || new.listsSmears
        let size = Self.size(of: old, new)
        let regions = [old, new].map { Self.regions($0, size, smears: comparesSmears) }
        let families = Self.families(regions[0], regions[1], tolerance: tolerance)
        let scopes = [old, new].map(DefectComparisonReport.ListScope.init)
        let changes = families.map { family in
            Self.change(
                family.old.map { regions[0][$0] }, family.new.map { regions[1][$0] }, scopes, tolerance: tolerance)
        }.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        group = DefectComparisonReport.Group(
            camera: new.camera == Camera() ? old.camera : new.camera, width: new.width, height: new.height,
            tolerance: tolerance, defects: changes, scopes: scopes)
    }

    /// Compression and demosaicing spread a defect over its neighbours, and its strongest pixel may be next to it. A list
    /// shows that by what it would replace.
    private static func isSmeared(_ map: DefectMap) -> Bool {
        map.entries.contains { entry in
            guard let smear = entry.smear else { return false }
            return smear.rows > entry.extentRows ?? smear.rows || smear.columns > entry.extentColumns ?? smear.columns
        }
    }

    /// Lists that do not tell their frame are resolved as far as either goes.
    private static func size(of old: DefectMap, _ new: DefectMap) -> FrameSize {
        if let size = new.size { return size }
        var (width, height) = (1, 1)
        for entry in old.entries + new.entries {
            height = max(height, entry.row + (entry.extentRows ?? 1))
            width = max(width, entry.column + (entry.extentColumns ?? 1))
        }
        return FrameSize(width: width, height: height)
    }

    // MARK: Regions

    /// A defect: an entry, or all those of a list of bare pixels that touch.
    struct Region {
        var entries: [DefectMap.Entry]
        var pixels: [PixelPlace]
    }

    private static func regions(_ map: DefectMap, _ size: FrameSize, smears: Bool) -> [Region] {
        let all = map.entries.map { entry in
            let entry = entry.resolved(size)
            return Region(entries: [entry], pixels: pixels(of: entry, smears: smears))
        }
        // What says its shape is a defect of its own, even beside another one.
        let bare = all.filter { $0.entries[0].shape == nil }
        return all.filter { $0.entries[0].shape != nil } + joined(bare)
    }

    private static func pixels(of entry: DefectMap.Entry, smears: Bool) -> [PixelPlace] {
        guard smears, let smear = entry.smear, entry.rowPeriod == 1, entry.columnPeriod == 1 else {
            return entry.covered
        }
        return (smear.row..<smear.row + smear.rows).flatMap { row in
            (smear.column..<smear.column + smear.columns).map { PixelPlace(row: row, column: $0) }
        }
    }

    private static func joined(_ regions: [Region]) -> [Region] {
        var places = PlaceIndex(regions)
        var sets = DisjointSets(regions.count)
        for (number, region) in regions.enumerated() {
            for pixel in region.pixels { places.joinNear(pixel, 1, number, in: &sets) }
        }
        return sets.members.map { members in
            var seen: Set<PixelPlace> = []
            return Region(
                entries: members.flatMap { regions[$0].entries },
                pixels: members.flatMap { regions[$0].pixels }.filter { seen.insert($0).inserted })
        }
    }

    // MARK: Families

    /// Regions of both lists that are the same defect, or have become one, or were one.
    private static func families(
        _ old: [Region], _ new: [Region], tolerance: Int
    ) -> [(old: [Int], new: [Int])] {
        var places = PlaceIndex(old)
        var sets = DisjointSets(old.count + new.count)
        for (number, region) in new.enumerated() {
            for pixel in region.pixels { places.joinNear(pixel, tolerance, old.count + number, in: &sets) }
        }
        return sets.members.map { members in
            (members.filter { $0 < old.count }, members.filter { $0 >= old.count }.map { $0 - old.count })
        }
    }

    /// `scopes`: of the old list and of the new one.
    private static func change(
        _ old: [Region], _ new: [Region], _ scopes: [DefectComparisonReport.ListScope], tolerance: Int
    ) -> DefectComparisonReport.Change {
        // Pixels with none of the other list near them, where that one could have had them.
        func alone(_ regions: [Region], _ others: [Region], _ scope: DefectComparisonReport.ListScope) -> Int {
            let places = PlaceIndex(others)
            var seen: Set<PixelPlace> = []
            return regions.flatMap(\.pixels).filter { pixel in
                seen.insert(pixel).inserted && scope.isJudged(pixel) && !places.hasNear(pixel, tolerance)
            }.count
        }
        let gained = alone(new, old, scopes[0])
        let lost = alone(old, new, scopes[1])
        let kind: DefectComparisonReport.Change.Kind =
            if old.isEmpty {
                gained == 0 ? .notJudged : scopes[0].lists(new) ? .new : .notListed
            } else if new.isEmpty {
                lost == 0 ? .notJudged : scopes[1].lists(old) ? .gone : .notListed
            } else {
                switch (gained, lost) {
                case (0, 0): .unchanged
                case (_, 0): .grown
                case (0, _): .shrunk
                default: .reshaped
                }
            }
        return DefectComparisonReport.Change(
            kind, old: old.map(Self.side), new: new.map(Self.side), gained: gained, lost: lost)
    }

    private static func side(_ region: Region) -> DefectComparisonReport.Side {
        let first = region.entries[0]
        return DefectComparisonReport.Side(
            row: first.row, column: first.column, class: first.class, shape: first.shape, pixels: region.pixels.count,
            meanOffset: first.meanOffset)
    }
}

/// Which regions have a pixel at a place.
private struct PlaceIndex {
    private var regions: [PixelPlace: [Int]] = [:]

    init(_ list: [DefectChanges.Region]) {
        for (number, region) in list.enumerated() {
            for pixel in region.pixels { regions[pixel, default: []].append(number) }
        }
    }

    /// Joins `number` with every region that has a pixel no more than `distance` rows and columns away. Those of one place
    /// are one set from then on, and one of them stands for all: a list may name a place as often as it likes.
    mutating func joinNear(_ place: PixelPlace, _ distance: Int, _ number: Int, in sets: inout DisjointSets) {
        for near in Self.places(near: place, distance) {
            guard let found = regions[near] else { continue }
            for region in found { sets.join(region, number) }
            if found.count > 1 { regions[near] = [found[0]] }
        }
    }

    /// Whether a region has a pixel no more than `distance` rows and columns away.
    func hasNear(_ place: PixelPlace, _ distance: Int) -> Bool {
        Self.places(near: place, distance).contains { regions[$0] != nil }
    }

    private static func places(near place: PixelPlace, _ distance: Int) -> some Sequence<PixelPlace> {
        (place.row - distance...place.row + distance).lazy.flatMap { row in
            (place.column - distance...place.column + distance).lazy.map { PixelPlace(row: row, column: $0) }
        }
    }
}

/// Numbers 0..<n in sets that are joined one by one.
private struct DisjointSets {
    private var parents: [Int]

    init(_ count: Int) { parents = Array(0..<count) }

    private mutating func root(_ number: Int) -> Int {
        var number = number
        while parents[number] != number {
            parents[number] = parents[parents[number]]
            number = parents[number]
        }
        return number
    }

    /// The smaller number leads, so that the result does not depend on the order.
    mutating func join(_ left: Int, _ right: Int) {
        let (left, right) = (root(left), root(right))
        parents[max(left, right)] = min(left, right)
    }

    /// In the order of their smallest numbers.
    var members: [[Int]] {
        mutating get {
            var sets: [Int: [Int]] = [:]
            for number in parents.indices { sets[root(number), default: []].append(number) }
            return sets.keys.sorted().map { sets[$0]! }
        }
    }
}
