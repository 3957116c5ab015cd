import CCodecs
import SystemPackage

/// The repaired bytes of one photo.
enum RepairedPhoto {
    /// Fills `output`, which the caller frees. Returns the number of changed blocks, nil for PNG.
    static func make(
        _ path: FilePath, _ format: PhotoFormat, _ patches: RepairPatches, maximumPixels: UInt64,
        into output: inout fpx_bytes
    ) throws(FastPixError) -> Int? {
        guard format == .jpeg || format == .png else {
            throw FastPixError(.unsupported, path: path.string, "repair takes JPEG and PNG files only")
        }
        let file = try OpenFile(path)
        var error = fpx_photo_error()
        var blocks = 0
        let status = patches.patches.withUnsafeBufferPointer { patches in
            format == .jpeg
                ? fpx_jpeg_repair(
                    file.fileDescriptor, maximumPixels, patches.baseAddress, patches.count, &output, &blocks, &error)
                : fpx_png_repair(
                    file.fileDescriptor, maximumPixels, patches.baseAddress, patches.count, &output, &error)
        }
        guard status == FPX_PHOTO_OK else { throw FastPixError(status, error, path: path) }
        guard file.isUnchanged else {
            throw FastPixError(.corrupt, path: path.string, "the file changed while it was being read; run again")
        }
        return format == .jpeg ? blocks : nil
    }
}
