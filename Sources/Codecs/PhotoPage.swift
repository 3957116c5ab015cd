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
    }

    /// The only picture of most files.
    package static let first = PhotoPage(number: 0, content: Content())

    /// The picture of a raw file with the masked border of the sensor.
    static let firstWithMaskedBorder = PhotoPage(number: 0, content: Content(hasMaskedBorder: true))

    init(number: Int, content: Content) {
        self.number = number
        self.content = content
    }

    package init(number: Int, _ page: fpx_photo_page) {
        self.init(
            number: number,
            content: Content(position: page.position, plane: page.plane, hasMaskedBorder: page.has_masked_border))
    }

    var requested: fpx_photo_page {
        fpx_photo_page(
            position: content.position, plane: content.plane, has_masked_border: content.hasMaskedBorder)
    }
}
