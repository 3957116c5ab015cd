import CCodecs

/// Signs that a photo is not as its camera has read the sensor. Their absence proves nothing: programs may leave none.
package struct ProcessingMarks: Sendable, Hashable {
    /// The program that has edited or exported the photo, as it calls itself; nil when none is known to have.
    package let editor: String?
    /// The size that EXIF says.
    package let declaredWidth: Int?
    package let declaredHeight: Int?
    /// Only a part of the sensor, enlarged.
    package let isDigitallyZoomed: Bool
    /// Several exposures in one.
    package let isComposite: Bool
    /// With a lens profile, by the program that has developed it.
    package let isLensCorrected: Bool

    init(_ header: fpx_photo_header) {
        editor =
            text(header.software).flatMap { Self.isEditor($0) ? $0 : nil }
            ?? (header.is_saved_by_photoshop
                ? "Adobe Photoshop" : header.is_developed ? "Adobe Camera Raw or Lightroom" : nil)
        declaredWidth = header.exif_width == 0 ? nil : Int(header.exif_width)
        declaredHeight = header.exif_height == 0 ? nil : Int(header.exif_height)
        isDigitallyZoomed = (CaptureSettings.value(header.digital_zoom) ?? 1) > 1
        isComposite = header.is_composite
        isLensCorrected = header.is_lens_corrected
    }

    /// Whether EXIF's Software names a program that changes pixels, and not a camera's firmware.
    static func isEditor(_ software: String) -> Bool {
        let name = software.lowercased()
        return editors.contains { name.contains($0) }
    }

    private static let editors = [
        "photoshop", "lightroom", "camera raw", "gimp", "darktable", "rawtherapee", "snapseed", "capture one",
        "affinity", "luminar", "dxo", "photolab", "paint.net", "paint shop", "paintshop", "picasa", "irfanview",
        "acdsee", "imagemagick", "graphicsmagick", "photoscape", "polarr", "vsco", "pixelmator", "corel", "digikam",
        "krita", "faststone", "xnview", "windows photo", "microsoft photo", "digital photo professional", "nx studio",
        "capture nx", "viewnx", "silkypix", "imaging edge", "ufraw", "photomatix", "hugin", "topaz", "aperture",
        "facebook", "instagram", "google photos",
    ]
}
