import FastPixCodecs
import FastPixFrames

/// As reports and states have it: what photos share, and how many do, side by side in one object.
extension PhotoInventory: Codable {
    private enum CodingKeys: String, CodingKey {
        case photos, bytesOnDisk, bytesDecoded, formats, shapes, bitDepths, cameras
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(all.photos, forKey: .photos)
        try container.encode(all.bytesOnDisk, forKey: .bytesOnDisk)
        try container.encode(all.bytesDecoded, forKey: .bytesDecoded)
        try container.encode(formats.map { Row($0, FormatKey(format: $0.property)) }, forKey: .formats)
        try container.encode(shapes.map { Row($0, $0.property) }, forKey: .shapes)
        try container.encode(bitDepths.map { Row($0, DepthKey(bitsPerSample: $0.property)) }, forKey: .bitDepths)
        try container.encode(cameras.map { Row($0, CameraKey(camera: $0.property)) }, forKey: .cameras)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            all: PhotoTally(
                photos: try container.decode(Int.self, forKey: .photos),
                bytesOnDisk: try container.decode(Int.self, forKey: .bytesOnDisk),
                bytesDecoded: try container.decode(Int.self, forKey: .bytesDecoded)),
            formats: try Self.entries(container, .formats, FormatKey.self, \.format),
            shapes: try Self.entries(container, .shapes, FrameShape.self, \.self),
            bitDepths: try Self.entries(container, .bitDepths, DepthKey.self, \.bitsPerSample),
            cameras: try Self.entries(container, .cameras, CameraKey.self, \.camera))
    }

    private static func entries<Key: Codable, Property>(
        _ container: KeyedDecodingContainer<CodingKeys>, _ name: CodingKeys, _: Key.Type,
        _ property: KeyPath<Key, Property>
    ) throws -> [Entry<Property>] {
        try container.decode([Row<Key>].self, forKey: name).map {
            Entry(property: $0.key[keyPath: property], tally: $0.tally)
        }
    }

    private struct FormatKey: Codable { let format: PhotoFormat }
    private struct DepthKey: Codable { let bitsPerSample: Int }
    private struct CameraKey: Codable { let camera: Camera }

    private struct Row<Key: Codable>: Codable {
        let tally: PhotoTally
        let key: Key

        init<Property>(_ entry: Entry<Property>, _ key: Key) {
            tally = entry.tally
            self.key = key
        }

        private enum CodingKeys: String, CodingKey { case photos, bytesOnDisk, bytesDecoded }

        init(from decoder: any Decoder) throws {
            key = try Key(from: decoder)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            tally = PhotoTally(
                photos: try container.decode(Int.self, forKey: .photos),
                bytesOnDisk: try container.decode(Int.self, forKey: .bytesOnDisk),
                bytesDecoded: try container.decode(Int.self, forKey: .bytesDecoded))
        }

        func encode(to encoder: any Encoder) throws {
            try key.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(tally.photos, forKey: .photos)
            try container.encode(tally.bytesOnDisk, forKey: .bytesOnDisk)
            try container.encode(tally.bytesDecoded, forKey: .bytesDecoded)
        }
    }
}
