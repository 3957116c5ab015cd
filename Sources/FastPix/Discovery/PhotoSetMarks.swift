/// How many photos of a group are not as the camera has read its sensor, and how one can tell.
struct PhotoSetMarks: Sendable {
    private let photos: [PhotoFile]
    private let shape: FrameShape

    init(_ photos: [PhotoFile], shape: FrameShape) {
        self.photos = photos
        self.shape = shape
    }

    var photoCount: Int { photos.count }

    private func count(_ condition: (ProcessingMarks) -> Bool) -> Int {
        photos.count { condition($0.header.processing) }
    }

    var edited: Int { count { $0.editor != nil } }
    /// Of the programs that have edited photos, in alphabetical order.
    var editors: [String] { Set(photos.compactMap(\.header.processing.editor)).sorted() }

    /// Stored in another size than EXIF declares, and not only turned.
    var resized: Int { count { isOfOtherSize($0) && !isTurned($0) } }
    /// The declared sizes of these, "4000 x 3000".
    var declaredSizes: [String] {
        Set(
            photos.map(\.header.processing).filter { isOfOtherSize($0) && !isTurned($0) }.map {
                "\($0.declaredWidth ?? 0) x \($0.declaredHeight ?? 0)"
            }
        ).sorted()
    }
    var turned: Int { count(isTurned) }

    var digitallyZoomed: Int { count(\.isDigitallyZoomed) }
    var composite: Int { count(\.isComposite) }
    var lensCorrected: Int { count(\.isLensCorrected) }

    private func isOfOtherSize(_ marks: ProcessingMarks) -> Bool {
        guard let width = marks.declaredWidth, let height = marks.declaredHeight else { return false }
        return (width, height) != (shape.width, shape.height)
    }

    private func isTurned(_ marks: ProcessingMarks) -> Bool {
        marks.declaredWidth == shape.height && marks.declaredHeight == shape.width && shape.width != shape.height
    }
}

extension Camera {
    /// Phones correct the lens's distortion and lay several exposures over each other, and do not say so in EXIF.
    var isPhone: Bool {
        let make = (make ?? "").lowercased()
        let model = (model ?? "").lowercased()
        if make.hasPrefix("samsung") { return ["sm-", "gt-", "galaxy"].contains { model.hasPrefix($0) } }
        return Self.phoneMakers.contains { make.hasPrefix($0) }
    }

    private static let phoneMakers = [
        "apple", "google", "xiaomi", "redmi", "huawei", "honor", "oneplus", "oppo", "vivo", "realme", "motorola", "lge",
        "lg electronics", "hmd global", "fairphone", "nothing",
    ]
}
