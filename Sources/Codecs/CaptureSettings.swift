import CCodecs

/// What a file says that its picture is of.
package enum PictureKind: UInt8, Sendable {
    case light = 1
    case dark = 2
    case flat = 3
    case bias = 4
}

/// When and how a photo was taken. Fields are nil when the photo does not say.
package struct CaptureSettings: Sendable, Hashable {
    /// By the camera's clock, "2014-05-01T12:30:00.25": texts in the order of time. EXIF names no time zone that all
    /// cameras write, so that it has none.
    package let time: String?
    package let iso: Int?
    package let exposureSeconds: Double?
    /// The camera's own figure, whose unit is the maker's.
    package let gain: Double?
    /// Of the sensor, in degrees Celsius.
    package let temperature: Double?
    package let pictureKind: PictureKind?

    init(
        time: String?, iso: Int?, exposureSeconds: Double?, gain: Double? = nil, temperature: Double? = nil,
        pictureKind: PictureKind? = nil
    ) {
        self.time = time
        self.iso = iso
        self.exposureSeconds = exposureSeconds
        self.gain = gain
        self.temperature = temperature
        self.pictureKind = pictureKind
    }

    init(_ header: fpx_photo_header) {
        time = Self.time(text(header.capture_time), fraction: text(header.capture_subsecond))
        iso = header.iso == 0 ? nil : Int(header.iso)
        exposureSeconds = known(header.exposure_seconds) ?? Self.value(header.exposure_time)
        gain = known(header.gain)
        temperature = known(header.temperature)
        pictureKind = PictureKind(rawValue: UInt8(header.kind.rawValue))
    }

    /// "2014:05:01 12:30:00" and "25" in the order and form of ISO 8601; nil for anything else, as the blanks that
    /// cameras without a clock write.
    static func time(_ exif: String?, fraction: String?) -> String? {
        // Byte by byte: a regular expression takes a fiftieth of the time of a photo of a megapixel.
        guard let exif, isDigits(exif, as: "0000:00:00 00:00:00"), !exif.hasPrefix("0000") else { return nil }
        let seconds = "\(exif.prefix(10).replacing(":", with: "-"))T\(exif.suffix(8))"
        guard let fraction, isDigits(fraction, as: String(repeating: "0", count: min(9, max(1, fraction.utf8.count))))
        else { return seconds }
        return "\(seconds).\(fraction)"
    }

    /// Whether a text has digits where `form` has zeros, and is the same elsewhere.
    private static func isDigits(_ text: String, as form: String) -> Bool {
        text.utf8.count == form.utf8.count
            && zip(text.utf8, form.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? 48...57 ~= $0 : $0 == $1 }
    }

    static func value(_ fraction: fpx_photo_fraction) -> Double? {
        guard fraction.denominator > 0, fraction.numerator > 0 else { return nil }
        return Double(fraction.numerator) / Double(fraction.denominator)
    }
}
