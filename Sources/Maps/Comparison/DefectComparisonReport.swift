import FastPixCodecs
import FastPixDetection
import FastPixPlumbing
import SystemPackage

/// What `fastpix compare` found; its JSON form is a contract (`schema`): fields may be added, never renamed.
public struct DefectComparisonReport: Sendable, Encodable {
    /// A defect of one list, or several whose pixels are one defect in the other.
    public struct Change: Sendable, Codable, Equatable {
        /// What has become of a defect.
        public enum Kind: String, Sendable, Codable, CaseIterable {
            /// The later list alone has it.
            case new
            /// The earlier list alone has it.
            case gone
            /// It has gained pixels.
            case grown
            /// It has lost pixels.
            case shrunk
            /// It has both gained and lost pixels.
            case reshaped
            /// Both lists have it with the same pixels.
            case unchanged
            /// One list has it, and the other did not judge its place.
            case notJudged = "not-judged"
            /// One list has it, and the other was made for other classes alone.
            case notListed = "not-listed"
        }

        /// What has become of it.
        public let change: Kind
        /// Of the first defect of the new list, or of the old one when it is gone.
        public let row: Int
        /// As `row`.
        public let column: Int
        /// Pixels of the new list without one of the old list near, where that one judged, and the other way round.
        public let pixelsGained: Int
        /// As `pixelsGained`.
        public let pixelsLost: Int
        /// Empty when it is new.
        package let old: [Side]
        /// Empty when it is gone.
        package let new: [Side]

        init(_ change: Kind, old: [Side], new: [Side], gained: Int, lost: Int) {
            self.change = change
            let first = (new.first ?? old.first)!
            (row, column) = (first.row, first.column)
            (pixelsGained, pixelsLost) = (gained, lost)
            (self.old, self.new) = (old, new)
        }

        /// Whether both lists tell what is wrong with it, and differ. That alone is no change of the list: the class of a
        /// weak defect depends on the photos.
        public var isOtherClass: Bool {
            guard let before = old.first?.class, let after = new.first?.class else { return false }
            return before != after
        }
    }

    /// A defect as a list has it.
    package struct Side: Sendable, Codable, Equatable {
        package let row: Int
        package let column: Int
        /// Nil when the list does not tell, as the next.
        package let `class`: DefectClass?
        package let shape: DefectShape?
        /// How many pixels it covers; of masks and jpegpixi's blocks, with all it tinges.
        package let pixels: Int
        /// Its mean less that of its neighbours, in samples; nil when the list does not tell.
        package let meanOffset: Double?

        enum CodingKeys: String, CodingKey { case row, column, `class`, shape, pixels, meanOffset }

        /// What is not known is written as null, so that a reader finds every key.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(row, forKey: .row)
            try container.encode(column, forKey: .column)
            try container.encode(self.class, forKey: .class)
            try container.encode(shape, forKey: .shape)
            try container.encode(pixels, forKey: .pixels)
            try container.encode(meanOffset, forKey: .meanOffset)
        }
    }

    /// Two lists of one camera and frame size.
    public struct Group: Sendable, Encodable {
        /// As the lists name it.
        public let camera: Camera
        /// Nil when neither list tells.
        public let width: Int?
        /// As `width`.
        public let height: Int?
        /// Pixels this far apart, in rows and in columns, count as the same.
        public let tolerance: Int
        /// From top to bottom.
        public let defects: [Change]
        /// What each list could have had.
        package let oldScope: ListScope
        package let newScope: ListScope

        init(
            camera: Camera, width: Int?, height: Int?, tolerance: Int, defects: [Change], scopes: [ListScope]
        ) {
            self.camera = camera
            self.width = width
            self.height = height
            self.tolerance = tolerance
            self.defects = defects
            oldScope = scopes[0]
            newScope = scopes[1]
        }

        /// How many defects have become this.
        public func count(_ kind: Change.Kind) -> Int { defects.count { $0.change == kind } }

        enum CodingKeys: String, CodingKey {
            case camera, width, height, tolerance, counts, defects, oldScope, newScope
        }

        /// What is not known is written as null, so that a reader finds every key.
        public func encode(to encoder: any Encoder) throws {
            try head.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(defects, forKey: .defects)
        }

        /// All but the defects.
        package struct Head: Encodable {
            let group: Group

            package func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(group.camera, forKey: .camera)
                try container.encode(group.width, forKey: .width)
                try container.encode(group.height, forKey: .height)
                try container.encode(group.tolerance, forKey: .tolerance)
                let counts = Change.Kind.allCases.map { ($0.rawValue, group.count($0)) }
                try container.encode(Dictionary(uniqueKeysWithValues: counts), forKey: .counts)
                try container.encode(group.oldScope, forKey: .oldScope)
                try container.encode(group.newScope, forKey: .newScope)
            }
        }

        package var head: Head { Head(group: self) }
    }

    /// What a list could have had: no defect is gone because nobody looked for it.
    package struct ListScope: Sendable, Codable {
        /// Nil: the list does not tell, as those of other programs, masks and tables.
        package let notJudged: [NotJudgedPart]?
        /// Nil: all, as far as the list tells.
        package let classes: [DefectClass]?

        init(_ map: DefectMap) {
            notJudged = map.notJudged
            classes = map.classes
        }

        init() {
            notJudged = nil
            classes = nil
        }

        func isJudged(_ place: PixelPlace) -> Bool { !(notJudged ?? []).contains { $0.contains(place) } }

        /// Whether defects of all these classes were asked for. Of a pixel without a class that is not known.
        func lists(_ regions: [DefectChanges.Region]) -> Bool {
            guard let classes else { return true }
            return regions.flatMap(\.entries).allSatisfy { $0.class.map(classes.contains) ?? false }
        }

        enum CodingKeys: String, CodingKey { case notJudged, classes }

        /// What is not known is written as null, so that a reader finds every key.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(notJudged, forKey: .notJudged)
            try container.encode(classes, forKey: .classes)
        }
    }

    /// A list without a counterpart: another camera or frame size, or photos that could not be judged on the other side.
    package struct Lone: Sendable, Codable {
        package enum List: String, Sendable, Codable { case old, new }

        package let list: List
        package let camera: Camera
        package let width: Int?
        package let height: Int?
        package let entries: Int

        init(_ list: List, _ map: DefectMap) {
            self.list = list
            camera = map.camera
            (width, height) = (map.width, map.height)
            entries = map.entries.count
        }

        enum CodingKeys: String, CodingKey { case list, camera, width, height, entries }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(list, forKey: .list)
            try container.encode(camera, forKey: .camera)
            try container.encode(width, forKey: .width)
            try container.encode(height, forKey: .height)
            try container.encode(entries, forKey: .entries)
        }
    }

    /// Names the JSON form.
    public let schema = "fastpix.compare/1"
    /// Of the fastpix that has made the report.
    public let version: String
    /// The files.
    public let old: FilePath
    /// As `old`.
    public let new: FilePath
    /// No defect is new, gone, grown, shrunk or reshaped, none of one list lies where the other could not have it, and every
    /// list has its counterpart.
    public let isUnchanged: Bool
    /// A group for each two lists that were compared.
    public let groups: [Group]
    package let notCompared: [Lone]

    init(old: FilePath, new: FilePath, groups: [Group], notCompared: [Lone]) {
        version = fastPixVersion
        self.old = old
        self.new = new
        self.groups = groups
        self.notCompared = notCompared
        isUnchanged = notCompared.isEmpty && groups.allSatisfy { $0.count(.unchanged) == $0.defects.count }
    }

    /// With a final line break.
    public var json: String { JSONText.of(self) }
}
