import FastPixPlumbing

/// The decoded rows in flight: for every worker one strip (some whole rows) of each frame of its batch.
///
/// One mapping, made once and reused from strip to strip and from photo to photo. Decoders write straight into
/// it and the accumulators read it there; nothing is copied. Its size depends on workers, batch and strip, never
/// on the number of photos.
package final class FrameRing: @unchecked Sendable {
    // Sendable: every slot has one worker, and the slots do not overlap.
    private let memory: MappedMemory
    private let slotStride: Int
    private let slotsPerWorker: Int

    package init(workers: Int, framesPerWorker: Int, stripBytes: Int) throws(FastPixError) {
        slotStride = Self.slotBytes(stripBytes: stripBytes)
        slotsPerWorker = framesPerWorker
        memory = try MappedMemory(
            byteCount: slotStride * framesPerWorker * workers, purpose: "the decoded rows of \(workers) workers",
            advice: "use fewer workers, or a smaller batch or tile")
    }

    /// What one slot takes. Slots that begin at the same offset of a page compete for the same few cache lines of the
    /// level-1 cache; seven lines more than whole pages spread them.
    package static func slotBytes(stripBytes: Int) -> Int { (stripBytes + 4095) / 4096 * 4096 + 7 * 64 }

    /// Fits into what the stride leaves.
    private static let offset = 16

    /// Where the strip of a worker's frame lies. Always 16 bytes off a multiple of 64: rows that begin at a multiple
    /// of 32, libjpeg-turbo's SIMD code writes past the caches, and these are read again at once.
    package func slot(worker: Int, frame: Int) -> UnsafeMutableRawPointer {
        precondition(frame < slotsPerWorker)
        return memory.start + (worker * slotsPerWorker + frame) * slotStride + Self.offset
    }
}
