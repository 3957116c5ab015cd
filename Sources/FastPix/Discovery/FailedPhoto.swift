/// A photo that could not be decoded, and why.
struct FailedPhoto: Sendable {
    // Not a string: names that are no valid UTF-8 would look alike.
    let place: PhotoFile.Place
    /// As results call it.
    let name: String
    let reason: String

    init(_ photo: PhotoFile, reason: String) {
        place = photo.place
        name = photo.name
        self.reason = reason
    }

    var skipped: SkippedPhoto { SkippedPhoto(path: name, reason: reason) }
}
