extension DefectMapExport {
    /// Writes the lists of all groups that were judged. Returns what the user has to know, a sentence each: groups
    /// without a list, and defects outside the raw frame. Throws when a list cannot be written or would replace one of
    /// the photos.
    public func write(_ groups: [HotPixelsReport.Group], photos: PhotoDiscovery) throws(FastPixError) -> [String] {
        var judged: [JudgedGroup] = []
        var unjudged: [String] = []
        for (index, group) in groups.enumerated() {
            if let detection = group.detection, !detection.isFixedView {
                judged.append(
                    JudgedGroup(
                        number: index + 1, camera: group.camera, shape: group.shape, frames: group.frames,
                        name: group.name, defects: detection.defects, sensorFrame: group.sensorFrame,
                        isFITS: group.isFITS))
            } else {
                unjudged.append(group.name)
            }
        }
        return try write(judged, unjudged: unjudged, photos: photos)
    }
}
