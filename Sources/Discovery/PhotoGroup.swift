import FastPixCodecs
import FastPixFrames
import SystemPackage

/// What may tell the sensors of photos apart, besides the frame's shape, its colour pattern and binning, which always do.
public enum GroupingField: String, Sendable, Codable, CaseIterable {
    /// The folder that the file lies in.
    case folder
    /// The camera's maker.
    case make
    /// The camera's model.
    case model
    /// The camera's serial number.
    case serial
    /// `PhotoHeader.band`: a drone's spectral band, a FITS extension.
    case band
    /// The camera's gain; ISO for cameras that have one.
    case gain
    /// The exposure time.
    case exposure
}

/// Which photos belong together.
public struct GroupingRule: Sendable, Equatable {
    /// What has to agree, besides what always has to.
    public var fields: Set<GroupingField>
    /// When not nil, all photos count as this camera's, whatever they say themselves.
    public var camera: String?

    /// What `fields` is unless it is given.
    public static let defaultFields: Set<GroupingField> = [.make, .model, .serial, .band]

    /// A rule.
    public init(fields: Set<GroupingField> = defaultFields, camera: String? = nil) {
        self.fields = fields
        self.camera = camera
    }

    func camera(of photo: PhotoFile) -> Camera {
        if let camera { return Camera(model: camera) }
        let own = photo.header.camera
        return Camera(
            make: fields.contains(.make) ? own.make : nil, model: fields.contains(.model) ? own.model : nil,
            serial: fields.contains(.serial) ? own.serial : nil)
    }

    func details(of photo: PhotoFile) -> GroupDetails {
        GroupDetails(
            band: fields.contains(.band) ? photo.header.band : nil, binning: photo.header.binning,
            folder: fields.contains(.folder) ? photo.path.removingLastComponent().string : nil,
            gain: fields.contains(.gain) ? photo.header.capture.gain ?? photo.header.capture.iso.map(Double.init) : nil,
            exposureSeconds: fields.contains(.exposure) ? photo.header.capture.exposureSeconds : nil)
    }
}

/// What the photos of a group have in common besides camera and shape; nil where it was not asked for or no photo says.
package struct GroupDetails: Sendable, Hashable, Codable {
    package let band: String?
    package let binning: Binning
    package let folder: String?
    /// The camera's gain; ISO for cameras that have one.
    package let gain: Double?
    package let exposureSeconds: Double?

    package init(
        band: String? = nil, binning: Binning = .none, folder: String? = nil, gain: Double? = nil,
        exposureSeconds: Double? = nil
    ) {
        self.band = band
        self.binning = binning
        self.folder = folder
        self.gain = gain
        self.exposureSeconds = exposureSeconds
    }

    /// In words, each with what it is; none for a group without any.
    var words: [String] {
        var words: [String] = []
        if let band { words.append("band \(band)") }
        if binning != .none { words.append("binning \(binning.columns) x \(binning.rows)") }
        if let gain { words.append("gain \(gain.plain)") }
        if let exposureSeconds { words.append("\(exposureSeconds.plain) s") }
        if let folder { words.append("folder \(folder.isEmpty ? "." : folder)") }
        return words
    }
}

extension Double {
    /// Whole numbers without ".0".
    fileprivate var plain: String { self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)" }
}

/// Photos of one camera and one frame shape: what can be averaged position by position.
package struct PhotoGroup: Sendable {
    package let camera: Camera
    package let shape: FrameShape
    /// Which samples of the photos are decoded.
    package let channels: ChannelSelection
    /// What else they share.
    package let details: GroupDetails
    /// In the order of their paths, the pictures of a file in their order.
    package let photos: [PhotoFile]

    package init(
        camera: Camera, shape: FrameShape, channels: ChannelSelection, details: GroupDetails = GroupDetails(),
        photos: [PhotoFile]
    ) {
        self.camera = camera
        self.shape = shape
        self.channels = channels
        self.details = details
        self.photos = photos
    }

    /// Groups photos by what `rule` names, by shape and binning. The largest group comes first; among equals the order is
    /// fixed by camera, shape and details, not by the order of the photos.
    package static func grouping(
        _ photos: [PhotoFile], channels: ChannelSelection = .all, by rule: GroupingRule = GroupingRule()
    ) -> [PhotoGroup] {
        struct Key: Hashable {
            let camera: Camera
            let shape: FrameShape
            let details: GroupDetails
        }
        let byKey = Dictionary(grouping: photos) {
            Key(camera: rule.camera(of: $0), shape: $0.header.shape, details: rule.details(of: $0))
        }
        let groups = byKey.map { key, photos in
            PhotoGroup(
                camera: key.camera, shape: key.shape, channels: channels, details: key.details,
                photos: photos.sorted { $0.place < $1.place })
        }
        return groups.sorted { $0.isListed(before: $1, counts: ($0.photos.count, $1.photos.count)) }
    }

    /// `counts`: of the photos of this group and of the other.
    package func isListed(before other: PhotoGroup, counts: (Int, Int)) -> Bool {
        if counts.0 != counts.1 { return counts.0 > counts.1 }
        if camera != other.camera { return camera.orderedFields.lexicographicallyPrecedes(other.camera.orderedFields) }
        if shape != other.shape { return shape.orderedFields.lexicographicallyPrecedes(other.shape.orderedFields) }
        return details.words.lexicographicallyPrecedes(other.details.words)
    }

    /// The largest coded unit among the photos.
    package var codedUnit: CodedUnit {
        CodedUnit(
            width: photos.map(\.header.codedUnit.width).max() ?? 1,
            height: photos.map(\.header.codedUnit.height).max() ?? 1)
    }

    /// What the channels are called, in their order.
    package var channelNames: [String] {
        if shape.channels == 3 { return ["red", "green", "blue"] }
        if shape.pattern != nil { return ["mosaic"] }
        return channels == .luma ? ["luma"] : ["grey"]
    }

    /// Camera, shape and details in words: "Canon PowerShot SX260 HS, 4000 x 3000, 8-bit RGB".
    package var name: String {
        let frame = ["\(shape.width) x \(shape.height)", shape.samples(grey: channelNames[0])]
        return ([camera.name] + frame + details.words).joined(separator: ", ")
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
