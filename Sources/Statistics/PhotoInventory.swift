import FastPixCodecs
import FastPixFrames

/// How many photos there are, and how large: sums over photos that have something in common.
package struct PhotoTally: Sendable, Equatable {
    package var photos = 0
    /// Sizes of the files.
    package var bytesOnDisk = 0
    /// Width x height x channels x bytes per sample, as decoded: without alpha, palettes expanded.
    package var bytesDecoded = 0

    mutating func add(_ photo: PhotoFile) {
        photos += 1
        bytesOnDisk += photo.bytesOnDisk
        let shape = photo.header.shape
        bytesDecoded += shape.bytesPerRow * shape.height
    }

    /// False when there are more bytes than a number holds; the sum is then worthless.
    mutating func add(_ other: PhotoTally) -> Bool {
        let sums = [
            photos.addingReportingOverflow(other.photos), bytesOnDisk.addingReportingOverflow(other.bytesOnDisk),
            bytesDecoded.addingReportingOverflow(other.bytesDecoded),
        ]
        (photos, bytesOnDisk, bytesDecoded) = (sums[0].partialValue, sums[1].partialValue, sums[2].partialValue)
        return !sums.contains(where: \.overflow)
    }
}

/// What is in a set of photos, from their headers.
package struct PhotoInventory: Sendable {
    /// A property that photos share, and how many do.
    package struct Entry<Property: Sendable & Hashable>: Sendable {
        package let property: Property
        package let tally: PhotoTally
    }

    package let all: PhotoTally
    // Each of these: most photos first, then by name.
    package let formats: [Entry<PhotoFormat>]
    package let shapes: [Entry<FrameShape>]
    /// Bits per sample as decoded.
    package let bitDepths: [Entry<Int>]
    package let cameras: [Entry<Camera>]

    /// As a report tells it.
    init(
        all: PhotoTally, formats: [Entry<PhotoFormat>], shapes: [Entry<FrameShape>], bitDepths: [Entry<Int>],
        cameras: [Entry<Camera>]
    ) {
        self.all = all
        self.formats = formats
        self.shapes = shapes
        self.bitDepths = bitDepths
        self.cameras = cameras
    }

    init(_ photos: [PhotoFile]) {
        var all = PhotoTally()
        for photo in photos { all.add(photo) }
        self.init(
            all: all, formats: Self.tallies(photos, by: \.format), shapes: Self.tallies(photos, by: \.shape),
            bitDepths: Self.tallies(photos, by: \.shape.bitsPerSample), cameras: Self.tallies(photos, by: \.camera))
    }

    /// Of all photos together. Nil when there are more bytes than a number holds.
    init?(adding parts: [PhotoInventory]) {
        var all = PhotoTally()
        for part in parts { guard all.add(part.all) else { return nil } }
        self.init(
            all: all, formats: Self.tallies(parts.map(\.formats)), shapes: Self.tallies(parts.map(\.shapes)),
            bitDepths: Self.tallies(parts.map(\.bitDepths)), cameras: Self.tallies(parts.map(\.cameras)))
    }

    private init(
        all: PhotoTally, formats: [PhotoFormat: PhotoTally], shapes: [FrameShape: PhotoTally],
        bitDepths: [Int: PhotoTally], cameras: [Camera: PhotoTally]
    ) {
        self.all = all
        self.formats = Self.entries(formats) { $0.rawValue }
        self.shapes = Self.entries(shapes) {
            [$0.width, $0.height, $0.channels, $0.bitsPerSample].sortableText + ($0.pattern?.letters ?? "")
        }
        self.bitDepths = Self.entries(bitDepths) { [$0].sortableText }
        self.cameras = Self.entries(cameras) { camera in
            [camera.make, camera.model, camera.serial].map { $0 ?? "" }.joined(separator: "\u{0}")
        }
    }

    private static func tallies<Property: Hashable>(
        _ photos: [PhotoFile], by property: KeyPath<PhotoHeader, Property>
    ) -> [Property: PhotoTally] {
        var tallies: [Property: PhotoTally] = [:]
        for photo in photos { tallies[photo.header[keyPath: property], default: PhotoTally()].add(photo) }
        return tallies
    }

    /// Within the tally of all photos, which is known to be no more than numbers hold.
    private static func tallies<Property: Hashable>(_ parts: [[Entry<Property>]]) -> [Property: PhotoTally] {
        var tallies: [Property: PhotoTally] = [:]
        for entry in parts.joined() { _ = tallies[entry.property, default: PhotoTally()].add(entry.tally) }
        return tallies
    }

    private static func entries<Property: Hashable>(
        _ tallies: [Property: PhotoTally], name: (Property) -> String
    ) -> [Entry<Property>] {
        let named = tallies.map { (name: name($0.key), entry: Entry(property: $0.key, tally: $0.value)) }
        return named.sorted {
            $0.entry.tally.photos != $1.entry.tally.photos
                ? $0.entry.tally.photos > $1.entry.tally.photos : $0.name < $1.name
        }.map(\.entry)
    }

    /// Whether it is that of some photos: nothing is below 0, and by each property there are as many as in all.
    var isPossible: Bool {
        func addsUp<Property>(_ entries: [Entry<Property>]) -> Bool {
            var sum = PhotoTally()
            for tally in entries.map(\.tally) {
                guard tally.photos > 0, tally.bytesOnDisk >= 0, tally.bytesDecoded >= 0, sum.add(tally) else {
                    return false
                }
            }
            return sum == all && Set(entries.map(\.property)).count == entries.count
        }
        return addsUp(formats) && addsUp(shapes) && addsUp(bitDepths) && addsUp(cameras)
    }
}

extension [Int] {
    /// Texts in the order of the numbers.
    fileprivate var sortableText: String {
        map { number in
            let digits = String(number)
            return String(repeating: "0", count: 20 - digits.count) + digits
        }.joined()
    }
}
