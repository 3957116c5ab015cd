import FastPixDiscovery
import FastPixPlumbing
import SystemPackage

/// What `fastpix repair` did; its JSON form is a contract (`schema`): fields may be added, never renamed.
public struct RepairReport: Sendable, Encodable {
    /// A photo that was written.
    public struct Photo: Sendable, Encodable, Equatable {
        /// The photo that was read.
        public let path: FilePath
        /// The photo that was written.
        public let output: FilePath
        /// In pixels.
        public let width: Int
        /// In pixels.
        public let height: Int
        /// Entries of the lists for its camera.
        public let defects: Int
        /// 8 x 8 blocks of all components that differ from the original's; nil for PNG, which has none.
        public let blocksChanged: Int?
        /// What is against the photo's format and leaves its picture whole, in sentences.
        public let notes: [String]

        enum CodingKeys: String, CodingKey { case path, output, width, height, defects, blocksChanged, notes }

        /// What is not known is written as null, so that a reader finds every key.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(path.string, forKey: .path)
            try container.encode(output.string, forKey: .output)
            try container.encode(width, forKey: .width)
            try container.encode(height, forKey: .height)
            try container.encode(defects, forKey: .defects)
            try container.encode(blocksChanged, forKey: .blocksChanged)
            try container.encode(notes, forKey: .notes)
        }
    }

    /// Names the JSON form.
    public let schema = "fastpix.repair/1"
    /// Of the fastpix that has made the report.
    public let version: String
    /// The list of defects; of several, the first.
    public let map: FilePath
    /// All of them.
    public let maps: [FilePath]
    /// In the order of their paths, as the next.
    public let photos: [Photo]
    /// Photos that were not repaired, and why.
    public let skipped: [SkippedPhoto]
    /// The output folder, when it lies inside a folder of photos and was left out; nil otherwise.
    public let leftOut: FilePath?
    /// Pictures in the folders of a kind that is not read.
    package let notRead: [LeftOutFiles]
    /// How many files were found and not selected.
    public let unselected: Int
    /// Paths that led to photos already found (links, named twice), which were repaired once.
    public let repeatedPaths: Int
    /// Most memory the process has held so far.
    public let peakMemoryBytes: UInt64
    /// True when it was cancelled; then `photos` are those that were complete.
    public let isInterrupted: Bool

    init(
        maps: [FilePath], photos: [Photo], skipped: [SkippedPhoto], leftOut: FilePath?, notRead: [LeftOutFiles],
        unselected: Int, repeatedPaths: Int, peakMemoryBytes: UInt64, isInterrupted: Bool
    ) {
        version = fastPixVersion
        self.unselected = unselected
        self.repeatedPaths = repeatedPaths
        map = maps.first ?? ""
        self.maps = maps
        self.photos = photos
        self.skipped = skipped
        self.leftOut = leftOut
        self.notRead = notRead
        self.peakMemoryBytes = peakMemoryBytes
        self.isInterrupted = isInterrupted
    }

    enum CodingKeys: String, CodingKey {
        case schema, version, map, maps, photos, skipped, peakMemoryBytes, isInterrupted
    }

    /// Paths are written as text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(version, forKey: .version)
        try container.encode(map.string, forKey: .map)
        try container.encode(maps.map(\.string), forKey: .maps)
        try container.encode(photos, forKey: .photos)
        try container.encode(skipped, forKey: .skipped)
        try container.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
        try container.encode(isInterrupted, forKey: .isInterrupted)
    }

    /// With a final line break.
    public var json: String { JSONText.of(self) }

    /// One line.
    public var summary: String {
        let defects = photos.map(\.defects)
        let places =
            defects.min() == defects.max()
            ? "\(counted(defects.first ?? 0, "defect")) in each"
            : "\(defects.min() ?? 0) to \(defects.max() ?? 0) defects in each"
        return photos.isEmpty
            ? "no photo repaired, \(skipped.count) skipped"
            : "\(counted(photos.count, "photo")) repaired, \(places), \(skipped.count) skipped"
    }
}
