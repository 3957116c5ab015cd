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
    /// Those that are in the moments with all their rows, ordered by hash, then name. A photo that was given twice as two
    /// files is here twice.
    let photos: [StatePhoto]
    /// Those of which only upper rows are in the moments, in the same order.
    let unfinished: [StatePhoto]
    /// Nil when the photos were not accumulated in halves.
    let confirmation: StateConfirmation?

    /// `photos` may be whole or unfinished, and belong to halves exactly with a `confirmation`.
    init(
        _ group: PhotoGroup, codedUnit: CodedUnit, photos: some Sequence<StatePhoto>,
        confirmation: StateConfirmation? = nil
    ) {
        writer = "fastpix \(fastPixVersion)"
        camera = group.camera
        frame = group.shape
        channels = group.channels
        codedUnitWidth = codedUnit.width
        codedUnitHeight = codedUnit.height
        let sorted = photos.sorted { $0.precedes($1) }
        self.photos = sorted.filter(\.isWhole)
        unfinished = sorted.filter { !$0.isWhole }
        self.confirmation = confirmation
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
        let count = photos.count + unfinished.count
        guard count <= most else { return "\(count) photos, more than the \(most) that sums can hold" }
        guard photos.allSatisfy(\.isWhole), unfinished.allSatisfy({ (1..<frame.height).contains($0.rows ?? 0) }) else {
            return "photos of another height"
        }
        guard let confirmation else {
            return (photos + unfinished).allSatisfy { $0.half == nil } ? nil : "halves without a judgement"
        }
        return confirmation.contradiction(frame, photos: photos, unfinished: unfinished)
    }

    /// Rows of the frame in whose moments the same number of photos is, and that number; from top to bottom.
    var bands: [(rows: Range<Int>, photoCount: Int)] {
        var bands: [(rows: Range<Int>, photoCount: Int)] = []
        var first = 0
        var photoCount = photos.count + unfinished.count
        for end in unfinished.compactMap(\.rows).sorted() + [frame.height] {
            if end > first { bands.append((first..<end, photoCount)) }
            first = end
            photoCount -= 1
        }
        return bands
    }

    /// The longest side PNG has; no product of sides, channels and bytes overflows.
    private static let longestSide = Int(Int32.max)
}
