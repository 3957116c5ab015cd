import CCodecs
import FastPixCodecs
import FastPixPlumbing
import SystemPackage

/// The repaired bytes of one photo.
enum RepairedPhoto {
    /// What repairing a photo takes at most (estimate): the whole picture and, of files, the result, while it grows twice,
    /// and for PNG the original and the new picture besides; of TIFF and FITS the decoded samples and the places.
    static func memoryBytes(_ photo: PhotoFile, pictures: [PhotoFile]) throws(FastPixError) -> Int {
        let files = photo.header.format == .jpeg ? 4 : 8
        if photo.header.format == .tiff || photo.header.format == .fits {
            let shape = photo.header.shape
            let isPacked = fpx_stored_is_packed(try OpenFile(photo.path).fileDescriptor)
            let fileBytes = isPacked ? photo.byteCount + unpackedBytes(pictures) : photo.byteCount
            return shape.height * (shape.bytesPerRow + shape.width) + photo.header.decoderBytes + 3 * fileBytes
                + overheadBytes
        }
        return photo.header.wholePictureBytes + photo.header.decoderBytes + files * photo.byteCount + overheadBytes
    }

    /// What a file that is packed as a whole may unpack to: its pictures, of at most four bytes a sample, and what there is
    /// beside them.
    private static func unpackedBytes(_ pictures: [PhotoFile]) -> Int {
        pictures.reduce(largestRest) { $0 + 4 * $1.header.shape.sampleCount }
    }

    /// Headers and tables beside the pictures of a packed file.
    private static let largestRest = 16 << 20

    /// Buffers, tables, and windows around the places to repair.
    private static let overheadBytes = 2 << 20

    /// Fills `output`, which the caller frees. Returns the number of changed blocks, nil for PNG, and what was odd.
    static func make(
        _ path: FilePath, _ format: PhotoFormat, _ patches: RepairPatches, isStrict: Bool, maximumPixels: UInt64,
        into output: inout fpx_bytes
    ) throws(FastPixError) -> (blocks: Int?, oddities: [PhotoOddity]) {
        guard format == .jpeg || format == .png else {
            throw FastPixError(
                .unsupported, path: path,
                "raw files are not repaired; give the list to the program that develops them")
        }
        try AddressSpace.demand(0, for: "this photo")
        let file = try OpenFile(path)
        var error = fpx_photo_error()
        var blocks = 0
        var oddities: UInt32 = 0
        let status = patches.patches.withUnsafeBufferPointer { patches in
            format == .jpeg
                ? fpx_jpeg_repair(
                    file.fileDescriptor, isStrict, maximumPixels, patches.baseAddress, patches.count, &output, &blocks,
                    &oddities, &error)
                : fpx_png_repair(
                    file.fileDescriptor, isStrict, maximumPixels, patches.baseAddress, patches.count, &output,
                    &oddities, &error)
        }
        guard status == .ok else { throw FastPixError(status, error, path: path) }
        try file.demandUnchanged()
        return (format == .jpeg ? blocks : nil, PhotoOddity.all(of: oddities))
    }

    /// The same for all pictures of a TIFF or FITS file; `patches` gives those of each.
    static func make(
        _ pictures: [PhotoFile], patches: (PhotoHeader) throws(FastPixError) -> RepairPatches, maximumPixels: UInt64,
        into output: inout fpx_bytes
    ) throws(FastPixError) {
        guard let first = pictures.first else { return }
        let file = try OpenFile(first.path)
        // The last first: what becomes longer moves what lies behind it.
        for picture in pictures.reversed() {
            let places = try patches(picture.header)
            var page = picture.page.requested
            var error = fpx_photo_error()
            let status = places.patches.withUnsafeBufferPointer { patches in
                fpx_stored_repair(
                    file.fileDescriptor, &page, maximumPixels, UInt64(unpackedBytes(pictures)), patches.baseAddress,
                    patches.count, &output, &error)
            }
            guard status == .ok else { throw FastPixError(status, error, path: first.path) }
        }
        var error = fpx_photo_error()
        let status = fpx_stored_repair_finish(file.fileDescriptor, &output, &error)
        guard status == .ok else { throw FastPixError(status, error, path: first.path) }
        guard file.isUnchanged, file.state == first.state else { throw OpenFile.changed(first.path) }
    }
}
