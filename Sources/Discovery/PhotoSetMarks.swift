import FastPixCodecs
import FastPixFrames

/// How many photos of a group are not as the camera has read its sensor, and how one can tell.
package struct PhotoSetMarks: Sendable {
    private let photos: [PhotoFile]
    private let shape: FrameShape

    package init(_ photos: [PhotoFile], shape: FrameShape) {
        self.photos = photos
        self.shape = shape
    }

    package var photoCount: Int { photos.count }

    private func count(_ condition: (ProcessingMarks) -> Bool) -> Int {
        photos.count { condition($0.header.processing) }
    }

    package var edited: Int { count { $0.editor != nil } }
    /// Of the programs that have edited photos, in alphabetical order.
    package var editors: [String] { Set(photos.compactMap(\.header.processing.editor)).sorted() }

    /// Whose headers name a colour pattern that is none fastpix knows.
    package var ofUnknownPattern: Int { photos.count { $0.header.unknownPattern != nil } }
    /// These patterns, in alphabetical order.
    package var unknownPatterns: [String] { Set(photos.compactMap(\.header.unknownPattern)).sorted() }

    /// Photos whose first row is the top one, and the bottom one, as they say themselves.
    package var rowOrders: (topDown: Int, bottomUp: Int) {
        (photos.count { $0.header.rowOrder == .topDown }, photos.count { $0.header.rowOrder == .bottomUp })
    }
    /// What all of them say; nil when one says nothing, or another thing.
    package var rowOrder: RowOrder? {
        let orders = Set(photos.map(\.header.rowOrder))
        return orders.count == 1 ? orders.first ?? nil : nil
    }

    /// The cameras that the photos name, in alphabetical order.
    package var cameras: [Camera] { Set(photos.map(\.header.camera)).sorted { $0.name < $1.name } }

    /// Stored in another size than EXIF declares, and not only turned.
    package var resized: Int { count { isOfOtherSize($0) && !isTurned($0) } }
    /// The declared sizes of these, "4000 x 3000".
    package var declaredSizes: [String] {
        Set(
            photos.map(\.header.processing).filter { isOfOtherSize($0) && !isTurned($0) }.map {
                "\($0.declaredWidth ?? 0) x \($0.declaredHeight ?? 0)"
            }
        ).sorted()
    }
    package var turned: Int { count(isTurned) }

    package var digitallyZoomed: Int { count(\.isDigitallyZoomed) }
    package var composite: Int { count(\.isComposite) }
    package var lensCorrected: Int { count(\.isLensCorrected) }

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
    package var isPhone: Bool {
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
