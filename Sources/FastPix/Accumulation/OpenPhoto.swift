import SystemPackage

/// A photo that a worker decodes, from its top, and that has not failed so far. Belongs to one thread.
final class OpenPhoto {
    let photo: PhotoFile
    /// Its place among the photos that are decoded in step.
    let slot: Int
    let file: OpenFile
    private let decoder: PhotoDecoder
    /// Rows that were in the accumulators before this run began to decode it.
    let rowsBefore: Int
    private(set) var rowsDecoded = 0
    /// Of those, rows whose samples were given to the accumulators (or were there before).
    var rowsAdded = 0

    init(
        _ photo: PhotoFile, slot: Int, rowsBefore: Int, settings: AccumulationSettings
    ) throws(FastPixError) {
        self.photo = photo
        self.slot = slot
        self.rowsBefore = rowsBefore
        file = try OpenFile(photo.path)
        decoder = try PhotoDecoder(
            file, page: photo.page, channels: settings.channels, maximumPixels: settings.maximumPixels)
        guard decoder.shape == photo.header.shape, file.state == photo.state else { throw changed }
    }

    /// Rows that are in the accumulators.
    var rowsTaken: Int { max(rowsBefore, rowsAdded) }

    func readRows(_ count: Int, into rows: UnsafeMutableRawPointer) throws(FastPixError) {
        try decoder.readRows(count, into: rows)
        rowsDecoded += count
    }

    /// Checks, after the last row, that what was decoded was one complete file. Says which, when `identifying`.
    func finish(identifying: Bool, half: Int?) throws(FastPixError) -> StatePhoto? {
        try decoder.finish()
        if identifying { return try identity(half: half) }
        guard file.isUnchanged else { throw changed }
        return nil
    }

    /// Which file this is. Throws when it changed since it was opened.
    func identity(half: Int?) throws(FastPixError) -> StatePhoto {
        let hash = try ContentHash(of: file)
        guard file.isUnchanged else { throw changed }
        return StatePhoto(hash: hash, name: photo.path.lastComponent?.string ?? "", half: half)
    }

    private var changed: FastPixError {
        FastPixError(.corrupt, path: photo.name, "the file changed while it was being read; run again")
    }
}
