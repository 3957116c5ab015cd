/// How a pass that keeps accumulators of only a few strips of rows is divided. None of it changes a bit of the result.
struct StripwisePlan: Sendable {
    let workers: Int
    /// Photos that one worker decodes in step.
    let batches: [[PhotoFile]]
    /// Of the largest batch.
    let framesPerWorker: Int
    let rowsPerStrip: Int

    /// Nil when not all photos can be open at the same time, or when that takes more memory than accumulators of the
    /// whole frame, or than the limit leaves.
    static func fitting(
        _ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, otherBytes: Int
    ) -> StripwisePlan? {
        guard settings.accumulator == .exact, !photos.isEmpty, photos.count <= OpenFile.limit,
            photos.count <= Accumulators.maximumFrames(shape: shape, kind: .exact),
            // Decoding one of their strips may take as long as all others together.
            !photos.contains(where: \.header.isDecodedWhole)
        else { return nil }
        let plan = StripwisePlan(photos, shape: shape, settings: settings)
        let available = settings.memoryLimitBytes - AccumulationPlan.programBytes - otherBytes
        let whole = Accumulators.byteCount(shape: shape, kind: .exact)
        return plan.byteCount(shape) <= min(available, whole) ? plan : nil
    }

    init(_ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings) {
        workers = min(settings.workerCount, photos.count)
        // Batches that outnumber the workers even out what photos differ in, but each is a pass over the accumulators.
        let wanted = min(Self.batchesPerWorker * workers, max(workers, photos.count / Self.smallestUsefulBatch))
        let count = max(wanted, (photos.count + settings.batch - 1) / settings.batch)
        batches = (0..<count).map { Array(photos[$0 * photos.count / count..<($0 + 1) * photos.count / count]) }
        framesPerWorker = (photos.count + count - 1) / count
        rowsPerStrip = settings.rowsPerStripWithAccumulators(shape: shape, batch: framesPerWorker)
    }

    private static let batchesPerWorker = 2
    private static let smallestUsefulBatch = 4
    /// Strips that are begun and not complete, at most: what the batches may be apart.
    static let stripsInWork = 4

    private func byteCount(_ shape: FrameShape) -> Int {
        let photos = batches.joined()
        let decoders = photos.reduce(0) { $0 + $1.header.decoderBytes + AccumulationPlan.bytesPerOpenPhoto }
        let ring = workers * framesPerWorker * FrameRing.slotBytes(stripBytes: rowsPerStrip * shape.bytesPerRow)
        let rowBytes = Accumulators.byteCount(shape: shape, kind: .exact) / shape.height
        return decoders + ring + Self.stripsInWork * rowsPerStrip * rowBytes
    }
}
