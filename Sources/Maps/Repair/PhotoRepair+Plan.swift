import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// What a repair would do, known from headers and lists alone.
package struct RepairPlan: Sendable {
    /// A photo, the file it would be written to, and the entries of the lists for its camera.
    package struct Photo: Sendable {
        package let path: FilePath
        package let output: FilePath
        package let defects: Int
    }

    package let photos: [Photo]
    /// Photos that no list fits, files that cannot be read, outputs that are there already.
    package let skipped: [SkippedPhoto]
    /// Pictures in the folders of a kind that is not read.
    package let notRead: [LeftOutFiles]
    /// Files that the selection left out.
    package let unselected: Int
    /// Paths that led to photos already found.
    package let repeatedPaths: Int

    /// A line for each photo, and how many there are, with a final line break.
    package var text: String {
        let lines = photos.map {
            "\($0.path.string.printable) -> \($0.output.string.printable), \(counted($0.defects, "defect"))"
        }
        return
            (lines + ["\(counted(photos.count, "photo")) would be repaired, \(counted(skipped.count, "file")) left out"])
            .joined(separator: "\n") + "\n"
    }
}

extension PhotoRepair {
    /// Looks at the headers of the photos and at the lists; writes nothing. Throws as `run` does.
    package func plan(
        _ source: PhotoSource, maps inputs: [DefectMapInput]
    ) throws(FastPixError) -> RepairPlan {
        try validate()
        let maps = try RepairMaps(inputs, takesAnyCamera: takesAnyCamera, maximumPixels: maximumPixels)
        let outputs = try RepairOutputs(source, folder: folder)
        var photos: [RepairPlan.Photo] = []
        var skipped = outputs.discovery.skipped
        for index in 0..<outputs.count {
            let (path, target) = (outputs.source(index), outputs.target(index))
            do throws(FastPixError) {
                let photo = try PhotoFile(probing: path, maximumPixels: maximumPixels)
                let map = try maps.map(for: photo.header)
                try outputs.discovery.refuseOverwriting(target)
                if !overwrites, OutputFolders.holds(target) {
                    throw FastPixError(.unwritable, path: target, "is there already; allow overwriting to replace it")
                }
                photos.append(
                    RepairPlan.Photo(path: path, output: target, defects: map.entries.count))
            } catch {
                let about = error.path.map { $0 == path ? "" : "\($0): " } ?? ""
                skipped.append(SkippedPhoto(path: path, reason: about + error.reason))
            }
        }
        return RepairPlan(
            photos: photos, skipped: skipped.byPath,
            notRead: outputs.discovery.leftOut.pictures, unselected: outputs.discovery.unselected,
            repeatedPaths: outputs.discovery.repeatedPaths)
    }
}
