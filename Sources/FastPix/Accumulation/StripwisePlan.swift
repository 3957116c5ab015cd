/// How a pass that keeps accumulators of only some rows is divided. None of it changes a bit of the result.
struct StripwisePlan: Sendable {
    let workers: Int
    /// Photos that one worker decodes in step. Of the first half, or of all where there are no halves.
    let leading: [[PhotoFile]]
    /// Of the second half.
    let following: [[PhotoFile]]
    /// Of the largest batch.
    let framesPerWorker: Int
    let rowsPerStrip: Int
    /// What a search for defects looks at together, if there is one.
    let bands: DetectionBands?
    /// Strips that are begun and still needed, at most: what the batches may be apart.
    let stripsInWork: Int
    /// Of the memory limit, besides what the plan takes.
    private(set) var bytesLeft = 0

    var photoCount: Int { (leading + following).reduce(0) { $0 + $1.count } }

    /// Nil when not all photos can be open at the same time, or when that takes more memory than accumulators of the
    /// whole frame, or than the limit leaves.
    static func fitting(
        _ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, bands: DetectionBands? = nil,
        otherBytes: Int
    ) -> StripwisePlan? {
        guard settings.accumulator == .exact, !photos.isEmpty, photos.count <= OpenFile.limit,
            photos.count <= Accumulators.maximumFrames(shape: shape, kind: .exact),
            // Decoding one of their strips may take as long as all others together.
            !photos.contains(where: \.header.isDecodedWhole)
        else { return nil }
        var plan = StripwisePlan(photos, shape: shape, settings: settings, bands: bands)
        let available = settings.memoryLimitBytes - AccumulationPlan.programBytes - otherBytes
        let whole = Accumulators.byteCount(shape: shape, kind: .exact)
        plan.bytesLeft = available - plan.byteCount(shape)
        return plan.bytesLeft >= 0 && plan.byteCount(shape) <= whole ? plan : nil
    }

    init(_ photos: [PhotoFile], shape: FrameShape, settings: AccumulationSettings, bands: DetectionBands? = nil) {
        let workers = min(settings.workerCount, photos.count)
        let isInHalves = bands?.areInHalves ?? false
        let halves = isInHalves ? PhotoHalves.of(photos, multiple: 1) : [photos]
        let batches = halves.map {
            Self.batches(
                $0, workers: workers, batchesWanted: Self.batchesPerWorker * workers / halves.count, settings)
        }
        self.workers = workers
        self.bands = bands
        leading = batches[0]
        following = isInHalves ? batches[1] : []
        framesPerWorker = batches.joined().map(\.count).max() ?? 1
        rowsPerStrip = settings.rowsPerStripWithAccumulators(shape: shape, batch: framesPerWorker)
        let stripCount = (shape.height + rowsPerStrip - 1) / rowsPerStrip
        stripsInWork = min(stripCount, Self.stripsApart + Self.stripsNeeded(bands, rowsPerStrip: rowsPerStrip))
    }

    private static func batches(
        _ photos: [PhotoFile], workers: Int, batchesWanted: Int, _ settings: AccumulationSettings
    ) -> [[PhotoFile]] {
        // Batches that outnumber the workers even out what photos differ in, but each is a pass over the accumulators.
        let wanted = min(batchesWanted, max(workers, photos.count / smallestUsefulBatch))
        let count = min(photos.count, max(1, wanted, (photos.count + settings.batch - 1) / settings.batch))
        return (0..<count).map { Array(photos[$0 * photos.count / count..<($0 + 1) * photos.count / count]) }
    }

    private static let batchesPerWorker = 2
    private static let smallestUsefulBatch = 4
    private static let stripsApart = 3

    /// Strips from the first that a band's judgement needs to the last without which the strips that it needs cannot be
    /// completed: they are open when all bands that reach into them have been scouted.
    private static func stripsNeeded(_ bands: DetectionBands?, rowsPerStrip: Int) -> Int {
        guard let bands else { return 0 }
        return bands.judged.map { judged in
            let end = ((judged.upperBound - 1) / rowsPerStrip + 1) * rowsPerStrip
            let last = bands.scouted.last { $0.lowerBound < end } ?? judged
            return (max(last.upperBound, judged.upperBound) - 1) / rowsPerStrip - judged.lowerBound / rowsPerStrip + 1
        }.max() ?? 0
    }

    private func byteCount(_ shape: FrameShape) -> Int {
        let photos = (leading + following).joined()
        let decoders = photos.reduce(0) { $0 + $1.header.decoderBytes + AccumulationPlan.bytesPerOpenPhoto }
        let ring = workers * framesPerWorker * FrameRing.slotBytes(stripBytes: rowsPerStrip * shape.bytesPerRow)
        let rowBytes = Accumulators.byteCount(shape: shape, kind: .exact) / shape.height
        return decoders + ring + stripsInWork * rowsPerStrip * rowBytes
    }
}
