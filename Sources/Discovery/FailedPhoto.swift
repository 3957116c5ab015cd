import FastPixCodecs

/// A photo that could not be decoded, and why.
package struct FailedPhoto: Sendable {
    // Not a string: names that are no valid UTF-8 would look alike.
    package let place: PhotoFile.Place
    /// As results call it.
    package let name: String
    package let reason: String

    /// Whether it is not damaged, but of a kind that is not read.
    package let isUnsupported: Bool

    package init(_ photo: PhotoFile, reason: String, isUnsupported: Bool = false) {
        self.isUnsupported = isUnsupported
        place = photo.place
        name = photo.name
        self.reason = reason
    }

    package var skipped: SkippedPhoto { SkippedPhoto(path: name, reason: reason, isUnsupported: isUnsupported) }
}
