import FastPixCodecs

/// A photo that could not be decoded, and why.
package struct FailedPhoto: Sendable {
    // Not a string: names that are no valid UTF-8 would look alike.
    package let place: PhotoFile.Place
    /// As results call it.
    package let name: String
    package let reason: String

    package init(_ photo: PhotoFile, reason: String) {
        place = photo.place
        name = photo.name
        self.reason = reason
    }

    package var skipped: SkippedPhoto { SkippedPhoto(path: name, reason: reason) }
}
