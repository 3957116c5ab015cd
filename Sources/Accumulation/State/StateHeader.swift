import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// What a state says of its sums, as the JSON of its manifest: whose they are, how they were made, and of how many photos.
package struct StateHeader: Sendable, Codable {
    /// The program that wrote it, for people.
    let writer: String
    package let camera: Camera
    package let frame: FrameShape
    /// Which samples of the photos were decoded.
    package let channels: ChannelSelection
    /// What else the photos share.
    package let details: GroupDetails
    /// The largest coded unit among the photos, in pixels.
    let codedUnitWidth: Int
    let codedUnitHeight: Int
    /// Whether the extremes are counted, and coarse sums kept: what defects are judged by.
    package let hasExtremes: Bool
    /// Photos that are in the sums with all their rows.
    package let photoCount: Int
    /// Those of which only upper rows are in the sums.
    let unfinishedCount: Int
    /// What the records of all of them take in the file.
    let photoBytes: Int
    /// 64 where the photos are more than sums of 32 bits, and counters of 16, are sure to hold; counters then have 32.
    let sumBits: Int

    init(
        _ group: PhotoGroup, codedUnit: CodedUnit, hasExtremes: Bool, photoCount: Int, unfinishedCount: Int,
        photoBytes: Int
    ) {
        writer = "fastpix \(fastPixVersion)"
        camera = group.camera
        frame = group.shape
        channels = group.channels
        details = group.details
        codedUnitWidth = codedUnit.width
        codedUnitHeight = codedUnit.height
        self.hasExtremes = hasExtremes
        self.photoCount = photoCount
        self.unfinishedCount = unfinishedCount
        self.photoBytes = photoBytes
        sumBits = Self.sumBits(group.shape, hasExtremes, photoCount + unfinishedCount)
    }

    private static func sumBits(_ shape: FrameShape, _ hasExtremes: Bool, _ count: Int) -> Int {
        count > AccumulatorContents(kind: .exact, hasExtremes: hasExtremes).maximumFrames(shape) ? 64 : 32
    }

    package var contents: AccumulatorContents {
        AccumulatorContents(kind: .exact, hasExtremes: hasExtremes, isWide: sumBits == 64)
    }

    package var codedUnit: CodedUnit { CodedUnit(width: codedUnitWidth, height: codedUnitHeight) }

    /// Camera, frame and channels, without photos.
    package var group: PhotoGroup {
        PhotoGroup(camera: camera, shape: frame, channels: channels, details: details, photos: [])
    }

    /// Whether moments of both may be added up.
    package func matches(_ group: PhotoGroup) -> Bool {
        camera == group.camera && frame == group.shape && channels == group.channels && details == group.details
    }

    /// Its name and that of a group that it does not match; where these are the same, what differs.
    func difference(from other: PhotoGroup) -> String {
        guard group.name == other.name else { return "\(group.name), and the first one is of \(other.name)" }
        let differences = zip(group.facts, other.facts).filter { $0.words != $1.words }
            .map { "\($0.what) is \($0.words) here, and \($1.words) there" }
        return "\(group.name), as the first one, but the \(differences.joined(separator: "; the "))"
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
        guard (0...Self.mostPhotos).contains(photoCount), (0...Self.mostPhotos).contains(unfinishedCount) else {
            return "\(photoCount) and \(unfinishedCount) photos"
        }
        let count = photoCount + unfinishedCount
        guard count <= Self.mostPhotos else {
            return "\(count) photos, more than the \(Self.mostPhotos) that sums can hold"
        }
        guard photoBytes >= count * StatePhotoRecord.fixedByteCount else { return "photos that take no room" }
        guard sumBits == Self.sumBits(frame, hasExtremes, count) else {
            return "\(sumBits)-bit sums of \(count) photos"
        }
        return nil
    }

    static let mostPhotos = AccumulatorContents.mostWideFrames
    /// The longest side PNG has; no product of sides, channels and bytes overflows.
    private static let longestSide = Int(Int32.max)
}

extension PhotoGroup {
    /// All that states are told apart by, one by one, in words.
    fileprivate var facts: [(what: String, words: String)] {
        func words(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "not known" }
        return [
            ("maker", words(camera.make)), ("model", words(camera.model)), ("serial number", words(camera.serial)),
            ("colour pattern", words(shape.pattern?.letters)), ("choice of channels", channels.rawValue),
            ("band", words(details.band)), ("gain", words(details.gain)),
            ("exposure time", words(details.exposureSeconds)), ("folder", words(details.folder)),
        ]
    }
}
