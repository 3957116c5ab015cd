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
        self.all = all
        formats = Self.entries(photos, by: \.format) { $0.rawValue }
        shapes = Self.entries(photos, by: \.shape) {
            [$0.width, $0.height, $0.channels, $0.bitsPerSample].sortableText + ($0.pattern?.letters ?? "")
        }
        bitDepths = Self.entries(photos, by: \.shape.bitsPerSample) { [$0].sortableText }
        cameras = Self.entries(photos, by: \.camera) { camera in
            [camera.make, camera.model, camera.serial].map { $0 ?? "" }.joined(separator: "\u{0}")
        }
    }

    private static func entries<Property: Hashable>(
        _ photos: [PhotoFile], by property: KeyPath<PhotoHeader, Property>, name: (Property) -> String
    ) -> [Entry<Property>] {
        var tallies: [Property: PhotoTally] = [:]
        for photo in photos { tallies[photo.header[keyPath: property], default: PhotoTally()].add(photo) }
        let named = tallies.map { (name: name($0.key), entry: Entry(property: $0.key, tally: $0.value)) }
        return named.sorted {
            $0.entry.tally.photos != $1.entry.tally.photos
                ? $0.entry.tally.photos > $1.entry.tally.photos : $0.name < $1.name
        }.map(\.entry)
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
