import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// What a state says of its moments: whose they are, how they were made and which photos are in them.
package struct StateManifest: Sendable, Codable {
    /// The program that wrote it, for people.
    let writer: String
    let camera: Camera
    package let frame: FrameShape
    /// Which samples of the photos were decoded.
    let channels: ChannelSelection
    /// What else the photos share.
    let details: GroupDetails
    /// The largest coded unit among the photos, in pixels.
    let codedUnitWidth: Int
    let codedUnitHeight: Int
    /// Those that are in the moments with all their rows, ordered by hash, then name. A photo that was given twice as two
    /// files is here twice.
    package let photos: [StatePhoto]
    /// Those of which only upper rows are in the moments, in the same order.
    let unfinished: [StatePhoto]
    /// Whether the extremes are counted, and coarse sums kept: what defects are judged by.
    let hasExtremes: Bool

    /// `photos` may be whole or unfinished; with `hasExtremes` whole ones have facts.
    init(_ group: PhotoGroup, codedUnit: CodedUnit, hasExtremes: Bool, photos: some Sequence<StatePhoto>) {
        writer = "fastpix \(fastPixVersion)"
        camera = group.camera
        frame = group.shape
        channels = group.channels
        details = group.details
        codedUnitWidth = codedUnit.width
        codedUnitHeight = codedUnit.height
        self.hasExtremes = hasExtremes
        let sorted = photos.sorted { $0.precedes($1) }
        self.photos = sorted.filter(\.isWhole)
        unfinished = sorted.filter { !$0.isWhole }
    }

    package var contents: AccumulatorContents { AccumulatorContents(kind: .exact, hasExtremes: hasExtremes) }

    package var codedUnit: CodedUnit { CodedUnit(width: codedUnitWidth, height: codedUnitHeight) }

    /// Camera, frame and channels, without photos.
    package var group: PhotoGroup {
        PhotoGroup(camera: camera, shape: frame, channels: channels, details: details, photos: [])
    }

    /// Whether moments of both may be added up.
    func matches(_ group: PhotoGroup) -> Bool {
        camera == group.camera && frame == group.shape && channels == group.channels && details == group.details
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
        let most = contents.maximumFrames(frame)
        let count = photos.count + unfinished.count
        guard count <= most else { return "\(count) photos, more than the \(most) that sums can hold" }
        guard photos.allSatisfy(\.isWhole), unfinished.allSatisfy({ (1..<frame.height).contains($0.rows ?? 0) }) else {
            return "photos of another height"
        }
        guard photos.allSatisfy({ ($0.fact != nil) == hasExtremes }), unfinished.allSatisfy({ $0.fact == nil }) else {
            return "photos of which nothing is known"
        }
        guard photos.allSatisfy({ $0.fact?.isPossible(frame) ?? true }) else {
            return "photos of impossible brightness"
        }
        return nil
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
