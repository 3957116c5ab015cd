import FastPixDetection
import FastPixDiscovery
import FastPixMaps
import FastPixPlumbing
import SystemPackage

extension DefectMapExport {
    /// Writes the lists of all groups that were judged. Returns what the user has to know, a sentence each: groups
    /// without a list, and defects outside the raw frame. Throws when a list cannot be written or would replace one of
    /// the photos.
    package func write(_ report: HotPixelsReport, photos: PhotoDiscovery) throws(FastPixError) -> [String] {
        let groups = report.groups
        let classes = report.settings.classes.flatMap { $0.count < DefectClass.allCases.count ? $0 : nil }
        var judged: [JudgedGroup] = []
        var unjudged: [String] = []
        for (index, group) in groups.enumerated() {
            if let detection = group.detection, !detection.isFixedView, detection.judgedShare > 0 {
                judged.append(
                    JudgedGroup(
                        number: index + 1, camera: group.camera, shape: group.shape, frames: group.frames,
                        name: group.name, defects: detection.defects, sensorFrame: group.sensorFrame,
                        isFITS: group.isFITS, judgedShare: detection.judgedShare, notJudged: group.notJudged ?? [],
                        classes: classes))
            } else {
                unjudged.append(group.name)
            }
        }
        return try write(judged, unjudged: unjudged, photos: photos)
    }
}

extension HotPixelsReport {
    /// Writes these lists. Returns what the user has to know, a sentence each; lists that cannot be written are entered in
    /// `failedOutputs`.
    package mutating func write(_ exports: [DefectMapExport], photos: PhotoDiscovery) -> [String] {
        var notes: [String] = []
        for export in exports {
            do throws(FastPixError) {
                notes += try export.write(self, photos: photos)
            } catch {
                failedOutputs.append(FailedOutput(error, of: export.path))
            }
        }
        return notes
    }

    /// Writes the lists of defects of all groups that were judged, in the form of another program. A folder for
    /// RawTherapee, whose files have names of their own; otherwise a file: JSON and CSV hold all groups, of the other
    /// forms the second group's file gets `-2` before the extension, and so on.
    ///
    /// - Parameters:
    ///   - path: where to; what is there is replaced, once the new list is complete.
    ///   - columnOffset: where the photos' upper left pixel lies in the visible frame of the raw files, for the forms that
    ///     count there; nil, as `rowOffset`: what raw photos say themselves, and 0 for others.
    ///   - photos: none of these is replaced.
    /// - Returns: what the user has to know, a sentence each: groups without a list, and defects outside the raw frame.
    /// - Throws: when a list cannot be written or would replace one of `photos`.
    public func writeDefects(
        to path: FilePath, as format: DefectMapFormat, columnOffset: Int? = nil, rowOffset: Int? = nil,
        photos: PhotoDiscovery = PhotoDiscovery(paths: [])
    ) throws(FastPixError) -> [String] {
        let isGiven = columnOffset != nil || rowOffset != nil
        let export = DefectMapExport(
            path: path, format: format,
            offset: isGiven ? FrameOffset(column: columnOffset ?? 0, row: rowOffset ?? 0) : nil)
        return try export.write(self, photos: photos)
    }
}
