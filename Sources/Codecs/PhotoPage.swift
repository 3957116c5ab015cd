import CCodecs

/// Which picture of a file. JPEG and PNG files have one; a TIFF has one a page, a
/// FITS file one an image and plane. A raw file's picture is the visible part of the sensor or all of it.
package struct PhotoPage: Sendable, Hashable {
    /// Counted from 0.
    package let number: Int
    /// Where the picture is, as the decoders have said when the file's headers were read.
    let content: Content

    struct Content: Sendable, Hashable {
        var position: UInt64 = 0
        var plane: UInt64 = 0
        var hasMaskedBorder = false
        /// Whether what is odd and leaves the picture whole (`PhotoOddity`) counts as damage.
        var isStrict = false
    }

    /// The only picture of most files.
    package static let first = PhotoPage(number: 0, content: Content())

    init(number: Int, content: Content) {
        self.number = number
        self.content = content
    }

    /// The first picture of a file, read in this way.
    package static func first(_ reading: PhotoReadingChoice) -> PhotoPage {
        PhotoPage(number: 0, fpx_photo_page(), reading)
    }

    /// As a decoder names it, for a file that is read in this way.
    package init(number: Int, _ page: fpx_photo_page, _ reading: PhotoReadingChoice) {
        self.init(
            number: number,
            content: Content(
                position: page.position, plane: page.plane, hasMaskedBorder: reading.maskedBorder,
                isStrict: reading.isStrict))
    }

    package var requested: fpx_photo_page {
        fpx_photo_page(
            position: content.position, plane: content.plane, has_masked_border: content.hasMaskedBorder,
            is_strict: content.isStrict)
    }
}

/// How files are read, where there is a choice.
package struct PhotoReadingChoice: Sendable, Hashable {
    /// Raw files with the masked border of the sensor.
    package var maskedBorder: Bool
    /// Refuse files that are odd though their picture is whole (`PhotoOddity`).
    package var isStrict: Bool

    package init(maskedBorder: Bool = false, isStrict: Bool = false) {
        self.maskedBorder = maskedBorder
        self.isStrict = isStrict
    }
}
