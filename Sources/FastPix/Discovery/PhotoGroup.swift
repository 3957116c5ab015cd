import SystemPackage

/// Photos of one camera and one frame shape: what can be averaged position by position.
public struct PhotoGroup: Sendable {
    public let camera: Camera
    public let shape: FrameShape
    /// Which samples of the photos are decoded.
    public let channels: ChannelSelection
    /// In the order of their paths.
    public let photos: [PhotoFile]

    /// Groups photos by camera and shape. The largest group comes first; among equals the order is fixed by
    /// camera and shape, not by the order of the photos.
    public static func grouping(_ photos: [PhotoFile], channels: ChannelSelection = .all) -> [PhotoGroup] {
        struct Key: Hashable {
            let camera: Camera
            let shape: FrameShape
        }
        let byKey = Dictionary(grouping: photos) { Key(camera: $0.header.camera, shape: $0.header.shape) }
        let groups = byKey.map { key, photos in
            PhotoGroup(
                camera: key.camera, shape: key.shape, channels: channels,
                photos: photos.sorted { $0.place < $1.place })
        }
        return groups.sorted { $0.isListedBefore($1) }
    }

    private func isListedBefore(_ other: PhotoGroup) -> Bool {
        if photos.count != other.photos.count { return photos.count > other.photos.count }
        if camera != other.camera { return camera.orderedFields.lexicographicallyPrecedes(other.camera.orderedFields) }
        return shape.orderedFields.lexicographicallyPrecedes(other.shape.orderedFields)
    }

    /// The largest coded unit among the photos.
    public var codedUnit: CodedUnit {
        CodedUnit(
            width: photos.map(\.header.codedUnit.width).max() ?? 1,
            height: photos.map(\.header.codedUnit.height).max() ?? 1)
    }

    /// What the channels are called, in their order.
    public var channelNames: [String] {
        if shape.channels == 3 { return ["red", "green", "blue"] }
        if shape.pattern != nil { return ["mosaic"] }
        return channels == .luma ? ["luma"] : ["grey"]
    }

    /// Camera and shape in words: "Canon PowerShot SX260 HS, 4000 x 3000, 8-bit RGB".
    public var name: String {
        let kind =
            shape.pattern.map { $0.letters.count > 8 ? "\($0.columns) x \($0.rows) mosaic" : "\($0.letters) mosaic" }
            ?? (shape.channels == 3 ? "RGB" : channelNames[0])
        return "\(camera.name), \(shape.width) x \(shape.height), \(shape.bitsPerSample)-bit \(shape.sampleType == .f32 ? "floating-point " : "")\(kind)"
    }
}

extension Camera {
    fileprivate var orderedFields: [String] { [make ?? "", model ?? "", serial ?? ""] }

    /// Make and model as people say them, with the serial number if known.
    public var name: String {
        let known: String
        switch (make, model) {
        case (nil, nil): known = "unknown camera"
        case (let make?, nil): known = make
        case (nil, let model?): known = model
        case (let make?, let model?):
            // Many makers begin the model with their own name.
            known = model.lowercased().hasPrefix(make.lowercased()) ? model : "\(make) \(model)"
        }
        guard let serial else { return known }
        return "\(known) (serial number \(serial))"
    }
}

extension FrameShape {
    fileprivate var orderedFields: [Int] {
        [width, height, channels, bitsPerSample] + (pattern?.letters.utf8.map { Int($0) } ?? [])
    }
}
