import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// The lists of defects to repair by, and which of them fit a photo.
struct RepairMaps: Sendable {
    /// A list for each file, camera and frame size.
    private let files: [[DefectMap]]
    /// Whether a list may be used for photos of another camera, as long as their size agrees.
    private let takesAnyCamera: Bool

    /// Throws what is wrong with a list; also when it does not say which frame it is for, and nobody else does: its
    /// positions would be taken for those of any photo.
    init(_ inputs: [DefectMapInput], takesAnyCamera: Bool, maximumPixels: UInt64) throws(FastPixError) {
        var files: [[DefectMap]] = []
        for input in inputs {
            let maps = try DefectMap.read(input, maximumPixels: maximumPixels)
            guard maps.allSatisfy({ $0.size != nil || $0.entries.isEmpty }) else {
                throw FastPixError(
                    .invalidArgument, path: input.path,
                    "the list does not say which frame it is for, so that it cannot be told whether it fits the photos; "
                        + "give the photos' size and where they begin in that frame")
            }
            files.append(maps)
        }
        self.files = files
        self.takesAnyCamera = takesAnyCamera
    }

    /// What all lists together say about a photo, a place that several of them name once; throws when none is for it,
    /// saying why.
    func map(for photo: PhotoHeader) throws(FastPixError) -> DefectMap {
        let shape = photo.shape
        let size = FrameSize(width: shape.width, height: shape.height)
        let sized = files.map { $0.filter { $0.size == nil || $0.size == size } }
        guard sized.contains(where: { !$0.isEmpty }) else {
            throw FastPixError(
                .invalidArgument,
                "the photo is \(size.words) pixels and the map is for \(list(files.joined().compactMap(\.size?.words))); "
                    + "a map fits photos of its own size only")
        }
        let fitting = takesAnyCamera ? sized : sized.map { $0.filter { $0.camera.agrees(with: photo.camera) } }
        guard fitting.contains(where: { !$0.isEmpty }) else {
            throw FastPixError(
                .invalidArgument,
                "the photo is of \(photo.camera.name) and the map for \(list(sized.joined().map(\.camera.name))); "
                    + "allow any camera to use it nevertheless")
        }
        if photo.format == .fits, fitting.joined().contains(where: { $0.isUpsideDownInFITS && !$0.entries.isEmpty }) {
            throw FastPixError(
                .invalidArgument,
                "Siril counts the rows of FITS files from the bottom, and whether the list does so it does not say; "
                    + "say whether it counts from the bottom or from the top")
        }
        var merged = DefectMap(camera: photo.camera, width: size.width, height: size.height)
        var seen: Set<DefectMap.Entry> = []
        for maps in fitting where !maps.isEmpty {
            merged.entries += try theOne(of: maps, for: photo).entries.filter { seen.insert($0).inserted }
        }
        return merged
    }

    /// One file's list for a photo.
    private func theOne(of maps: [DefectMap], for photo: PhotoHeader) throws(FastPixError) -> DefectMap {
        if maps.count == 1 { return maps[0] }
        let exact = maps.filter { $0.camera == photo.camera }
        guard exact.count == 1 else {
            throw FastPixError(
                .invalidArgument,
                "the map lists several cameras of this size, and which of them took the photo cannot be told")
        }
        return exact[0]
    }

    private func list(_ names: [String]) -> String {
        var seen: Set<String> = []
        let different = names.filter { seen.insert($0).inserted }
        return different.isEmpty ? "no photo at all" : different.joined(separator: " and ")
    }
}
