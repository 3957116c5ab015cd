import FastPixCodecs
import SystemPackage

/// A photo that could not be decoded, and why.
package struct FailedPhoto: Sendable {
    package let place: PhotoFile.Place
    /// As results call it.
    package let path: FilePath
    package let reason: String

    /// Whether it is not damaged, but of a kind that is not read.
    package let isUnsupported: Bool

    package init(_ photo: PhotoFile, reason: String, isUnsupported: Bool = false) {
        self.isUnsupported = isUnsupported
        place = photo.place
        path = photo.namedPath
        self.reason = reason
    }

    package var skipped: SkippedPhoto { SkippedPhoto(path: path, reason: reason, isUnsupported: isUnsupported) }
}
