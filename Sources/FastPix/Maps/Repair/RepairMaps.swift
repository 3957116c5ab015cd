import SystemPackage

/// The lists of defects to repair by, and which of them fits a photo.
struct RepairMaps: Sendable {
    let path: FilePath
    let maps: [DefectMap]
    /// Whether a list may be used for photos of another camera, as long as their size agrees.
    let takesAnyCamera: Bool

    /// The list for a photo; throws when there is none, saying why.
    func map(for photo: PhotoHeader) throws(FastPixError) -> DefectMap {
        let shape = photo.shape
        let sized = maps.filter { map in
            guard let width = map.width, let height = map.height else { return true }
            return (width, height) == (shape.width, shape.height)
        }
        guard !sized.isEmpty else {
            let sizes = maps.compactMap { map in map.width.map { "\($0) x \(map.height ?? 0)" } }
            throw FastPixError(
                .invalidArgument,
                "the photo is \(shape.width) x \(shape.height) pixels and the map is for \(list(sizes)); "
                    + "a map fits photos of its own size only")
        }
        let fitting = takesAnyCamera ? sized : sized.filter { isSame($0.camera, photo.camera) }
        guard let first = fitting.first else {
            throw FastPixError(
                .invalidArgument,
                "the photo is of \(photo.camera.name) and the map for \(list(sized.map(\.camera.name))); "
                    + "--any-camera uses it nevertheless")
        }
        if fitting.count == 1 { return first }
        let exact = fitting.filter { $0.camera == photo.camera }
        guard exact.count == 1 else {
            throw FastPixError(
                .invalidArgument,
                "the map lists several cameras of this size, and which of them took the photo cannot be told")
        }
        return exact[0]
    }

    /// Unknown on either side agrees with everything: converters drop names, and most lists have none.
    private func isSame(_ left: Camera, _ right: Camera) -> Bool {
        func agree(_ left: String?, _ right: String?) -> Bool { left == nil || right == nil || left == right }
        return agree(left.make, right.make) && agree(left.model, right.model) && agree(left.serial, right.serial)
    }

    private func list(_ names: [String]) -> String {
        var seen: Set<String> = []
        let different = names.filter { seen.insert($0).inserted }
        return different.isEmpty ? "no photo at all" : different.joined(separator: " and ")
    }
}
