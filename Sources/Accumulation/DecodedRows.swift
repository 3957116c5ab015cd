/// Rows of one frame that a worker has at hand: a strip that was just decoded, and the rows right above it that are still
/// kept. Valid while the strip is in work; belongs to one thread.
struct DecodedRows {
    /// The first row of the strip, counted in the frame.
    let firstRow: Int
    let strip: UnsafeRawPointer
    /// The `keptRowCount` rows above the strip.
    let kept: UnsafeRawPointer
    let keptRowCount: Int
    let bytesPerRow: Int
    /// Rows of this frame that were in the accumulators before this run, from the top: these are not to be added again.
    let rowsBefore: Int
    /// Which half of the coarse sums the photo is in.
    let half: Int
    let levels: PhotoLevels

    /// Where a row of the frame begins: one of the strip, or one that is kept.
    func row(_ row: Int) -> UnsafeRawPointer {
        row >= firstRow
            ? strip + (row - firstRow) * bytesPerRow
            : kept + (row - firstRow + keptRowCount) * bytesPerRow
    }
}
