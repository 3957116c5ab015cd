import FastPixCodecs
import FastPixPlumbing
import SystemPackage

/// A raw file of the camera that took the photos, which tells where these lie in the frame that raw converters count
/// positions in.
package struct RawSample: Sendable {
    package let path: FilePath
    package let camera: Camera
    package let sensorFrame: SensorFrame
    private let cameraCrop: FramePart?

    /// Reads the file's headers. Throws when it is no raw file, or cannot be read.
    package init(_ path: FilePath, maximumPixels: UInt64 = PhotoFile.defaultMaximumPixels) throws(FastPixError) {
        let header = try PhotoFile(probing: path, maximumPixels: maximumPixels).header
        guard header.format == .raw, let sensorFrame = header.sensorFrame, sensorFrame.visibleWidth > 0 else {
            throw FastPixError(
                .unsupported, path: path,
                "not a raw file, so that it cannot tell where the photos lie in raw files of the camera")
        }
        self.path = path
        camera = header.camera
        self.sensorFrame = sensorFrame
        cameraCrop = header.cameraCrop
    }

    /// Where the upper left pixel of the group's photos lies in the visible frame of raw files. Throws when the file does not
    /// tell it for photos of this camera and size.
    package func offset(of group: JudgedGroup) throws(FastPixError) -> FrameOffset {
        guard isSameModel(as: group.camera) else {
            throw FastPixError(
                .contradiction, path: path,
                "is a raw file of \(camera.name), and the photos are of \(group.camera.name)")
        }
        let size = FrameSize(width: group.shape.width, height: group.shape.height)
        if let crop = cameraCrop, crop.width == size.width, crop.height == size.height {
            return FrameOffset(column: crop.left, row: crop.top)
        }
        guard sensorFrame.visibleWidth == size.width, sensorFrame.visibleHeight == size.height else {
            let visible = FrameSize(width: sensorFrame.visibleWidth, height: sensorFrame.visibleHeight)
            let cropWords = cameraCrop.map { "\($0.width) x \($0.height)" } ?? "of no size that it tells"
            throw FastPixError(
                .contradiction, path: path,
                "its visible frame is \(visible.words), the camera's own pictures \(cropWords), and the photos are "
                    + "\(size.words): where they lie is not known; give their offset")
        }
        return FrameOffset()
    }

    /// Raw decoders name cameras otherwise than EXIF does, and not all name the body.
    private func isSameModel(as other: Camera) -> Bool {
        func name(_ camera: Camera) -> String? {
            RawTherapeeList.fileName(of: Camera(make: camera.make, model: camera.model))?.lowercased()
        }
        guard let own = name(camera), let others = name(other) else { return true }
        return own == others
    }
}

extension SensorFrame {
    /// Where the frame's upper left pixel lies in the visible part.
    var offsetInVisible: FrameOffset { FrameOffset(column: left - visibleLeft, row: top - visibleTop) }
}
