import CCodecs
import FastPixPlumbing
import SystemPackage

/// What a photo says besides its pixels, to be carried over to another file: EXIF, ICC colour profile, resolution and
/// PNG's own description of colours. Belongs to one thread at a time.
package final class PhotoMetadata {
    /// Read by the encoders.
    private(set) var content = fpx_photo_metadata()
    /// What was found damaged or does not fit, in words.
    package private(set) var notes: [String] = []

    package init(_ file: borrowing OpenFile, maximumPixels: UInt64) throws(FastPixError) {
        var error = fpx_photo_error()
        let status = fpx_photo_read_metadata(file.fileDescriptor, maximumPixels, &content, &error)
        guard status == .ok else { throw FastPixError(status, error, path: file.path) }
        if content.profile_is_damaged { notes.append("its colour profile is damaged and was left out") }
        if content.has_further_pictures {
            notes.append("the further pictures behind its first one (MPF: previews, gain maps) were left out")
        }
    }

    deinit { fpx_photo_free_metadata(&content) }

    /// What the profile's header says its colours are: "RGB ", "GRAY"; nil without a profile (ICC.1:2022, 7.2).
    private var profileSpace: String? {
        guard let profile = content.profile, content.profile_byte_count >= 20 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: profile + 16, count: 4), as: UTF8.self)
    }

    /// Leaves out a profile that does not describe pictures of so many colour channels. A grey picture that has become
    /// colour takes the profile of `other`, the colour picture it was blended with.
    package func fitProfile(toColourChannels channels: Int, orElse other: PhotoMetadata?) {
        let wanted = channels == 1 ? "GRAY" : "RGB "
        if profileSpace == wanted { return }
        if let other, other.profileSpace == wanted {
            exchangeProfile(with: &other.content)
        } else if content.profile != nil {
            notes.append("its colour profile is not for \(channels == 1 ? "grey" : "RGB") pictures and was left out")
            var nothing = fpx_photo_metadata()
            exchangeProfile(with: &nothing)
            fpx_photo_free_metadata(&nothing)
        }
    }

    private func exchangeProfile(with other: inout fpx_photo_metadata) {
        swap(&other.profile, &content.profile)
        swap(&other.profile_byte_count, &content.profile_byte_count)
    }

    /// What an encoder could not write, in words.
    static func notes(forLosses losses: UInt32) -> [String] {
        var notes: [String] = []
        if losses & FPX_METADATA_LOST_EXIF.rawValue != 0 {
            notes.append("its EXIF data is larger than the 65527 bytes that JPEG takes and was left out")
        }
        if losses & FPX_METADATA_LOST_PROFILE.rawValue != 0 {
            notes.append("its colour profile is not one that the output's format takes and was left out")
        }
        if losses & FPX_METADATA_LOST_PNG_COLOURS.rawValue != 0 {
            notes.append("its gamma and primaries (gAMA, cHRM) have no place in a JPEG and were left out")
        }
        if losses & FPX_METADATA_LOST_SEGMENTS.rawValue != 0 {
            notes.append("its XMP, IPTC or comments are written to JPEG files only and were left out")
        }
        return notes
    }
}
