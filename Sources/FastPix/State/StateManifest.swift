/// A photo whose samples are in a state's moments.
struct StatePhoto: Sendable, Hashable, Codable {
    let hash: ContentHash
    /// The file's name without its folder, for messages; nothing depends on it.
    let name: String

    enum CodingKeys: String, CodingKey { case hash, name }

    init(hash: ContentHash, name: String) {
        self.hash = hash
        self.name = name
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text = try container.decode(String.self, forKey: .hash)
        guard let hash = ContentHash(hexadecimal: text) else {
            throw DecodingError.dataCorruptedError(
                forKey: .hash, in: container, debugDescription: "a hash has 32 hexadecimal digits")
        }
        self.init(hash: hash, name: try container.decode(String.self, forKey: .name))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(hash.hexadecimal, forKey: .hash)
        try container.encode(name, forKey: .name)
    }
}

/// What a state says of its moments: whose they are, how they were made and which photos are in them.
struct StateManifest: Sendable, Codable {
    /// The program that wrote it, for people.
    let writer: String
    let camera: Camera
    let frame: FrameShape
    /// Which samples of the photos were decoded.
    let channels: ChannelSelection
    /// The largest coded unit among the photos, in pixels.
    let codedUnitWidth: Int
    let codedUnitHeight: Int
    /// Ordered by hash, then name. A photo that was given twice as two files is here twice.
    let photos: [StatePhoto]

    init(_ group: PhotoGroup, codedUnit: CodedUnit, photos: [StatePhoto]) {
        writer = "fastpix \(fastPixVersion)"
        camera = group.camera
        frame = group.shape
        channels = group.channels
        codedUnitWidth = codedUnit.width
        codedUnitHeight = codedUnit.height
        self.photos = photos.sorted { ($0.hash, $0.name) < ($1.hash, $1.name) }
    }

    var codedUnit: CodedUnit { CodedUnit(width: codedUnitWidth, height: codedUnitHeight) }

    /// Camera, frame and channels, without photos.
    var group: PhotoGroup { PhotoGroup(camera: camera, shape: frame, channels: channels, photos: []) }

    /// Whether moments of both may be added up.
    func matches(_ group: PhotoGroup) -> Bool {
        camera == group.camera && frame == group.shape && channels == group.channels
    }

    /// Says what no state that fastpix writes can say; nil when all is well.
    var contradiction: String? {
        guard (1...Self.longestSide).contains(frame.width), (1...Self.longestSide).contains(frame.height) else {
            return "a frame of \(frame.width) x \(frame.height) pixels"
        }
        guard frame.channels == 1 || frame.channels == 3 else { return "\(frame.channels) channels" }
        guard frame.bitsPerSample == 8 || frame.bitsPerSample == 16 else { return "\(frame.bitsPerSample)-bit samples" }
        guard channels == .all || frame.channels == 1 else { return "luma of \(frame.channels) channels" }
        guard (1...Self.longestSide).contains(codedUnitWidth), (1...Self.longestSide).contains(codedUnitHeight) else {
            return "coded units of \(codedUnitWidth) x \(codedUnitHeight) pixels"
        }
        let most = Accumulators.maximumFrames(shape: frame, kind: .exact)
        guard photos.count <= most else { return "\(photos.count) photos, more than the \(most) that sums can hold" }
        return nil
    }

    /// The longest side PNG has; no product of sides, channels and bytes overflows.
    private static let longestSide = Int(Int32.max)
}
