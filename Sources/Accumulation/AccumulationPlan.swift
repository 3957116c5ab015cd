import CKernels
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// How the photos of a group are divided among workers, batches and strips, and how many rows of accumulators are held
/// and where, so that everything stays within the memory limit. None of it changes a bit of the result.
package struct AccumulationPlan: Sendable {
    enum Held: Sendable, Equatable {
        /// So many strips at a time; each is judged when all photos are in it, and its place is used again.
        case strips(Int)
        /// All rows, in memory.
        case frame
        /// All rows, in a temporary file, of which only those in work are in memory.
        case file
    }

    let workers: Int
    /// Photos that are decoded in step, by one worker at a time.
    let batches: [[PhotoFile]]
    /// Batches that are in work at the same time; with `Held.strips` all.
    let openBatches: Int
    package let rowsPerStrip: Int
    let held: Held

    /// Of the largest batch.
    var framesPerBatch: Int { batches.map(\.count).max() ?? 1 }

    /// What a machine is: given, so that plans can be tested for any.
    package struct Machine: Sendable {
        let level2CacheBytes: Int
        let openFiles: Int

        static var current: Machine {
            let level2 = Int(fpx_cpu_level2_cache_bytes())
            return Machine(level2CacheBytes: level2 > 0 ? level2 : 1 << 20, openFiles: OpenFile.limit)
        }
    }

    /// What has to be accumulated.
    package struct Job: Sendable {
        package let photos: [PhotoFile]
        package let shape: FrameShape
        package let contents: AccumulatorContents
        /// Whether all rows have to be there in the end: for maps, a page, a state.
        package let needsAllRows: Bool
        let comparesPatterns: Bool
        /// Bytes of the memory limit that are left to others.
        var otherBytes = 0

        package init(
            photos: [PhotoFile],
            shape: FrameShape,
            contents: AccumulatorContents,
            needsAllRows: Bool,
            comparesPatterns: Bool = false,
            otherBytes: Int = 0
        ) {
            self.photos = photos
            self.shape = shape
            self.contents = contents
            self.needsAllRows = needsAllRows
            self.comparesPatterns = comparesPatterns
            self.otherBytes = otherBytes
        }
    }

    /// Chooses what is fastest and fits: first smaller batches and strips, then fewer workers, then all rows in a file.
    /// Throws when even one worker with one photo does not fit.
    package static func fitting(
        _ job: Job, settings: AccumulationSettings, machine: Machine = .current
    ) throws(FastPixError) -> AccumulationPlan {
        let available = settings.memoryLimitBytes - MemoryBudget.programBytes - job.otherBytes
        let need = AccumulationNeed(job)
        let most = max(1, min(settings.workerCount, job.photos.count))
        if let plan = sideBySide(job, settings, machine, workers: most, within: available, need) { return plan }
        for held in [Held.frame, .file] {
            for workers in stride(from: most, through: 1, by: -1) {
                if let plan = inTurn(job, settings, machine, workers: workers, held, within: available, need) {
                    return plan
                }
            }
        }
        let least = settings.memoryLimitBytes - available + need.bytes(smallest(job))
        throw FastPixError(
            .outOfMemory,
            "frames of \(job.shape.width) x \(job.shape.height) pixels, \(job.shape.channels) channels and "
                + "\(job.shape.bitsPerSample) bits take at least \(mebibytes(least)) MiB even when their accumulators lie "
                + "in a file, and the memory limit is \(mebibytes(settings.memoryLimitBytes)) MiB; raise the limit"
                + (job.shape.channels >= 3 ? " or decode brightness alone" : ""))
    }

    /// All photos open at the same time, and accumulators of some strips: where that takes no more than accumulators of
    /// the whole frame, and nobody needs all rows.
    private static func sideBySide(
        _ job: Job, _ settings: AccumulationSettings, _ machine: Machine, workers: Int, within available: Int,
        _ need: AccumulationNeed
    ) -> AccumulationPlan? {
        guard !job.needsAllRows, !job.photos.isEmpty, job.photos.count <= machine.openFiles,
            // Decoding one of their strips may take as long as all others together.
            !job.photos.contains(where: \.header.isDecodedWhole)
        else { return nil }
        let most = min(available, job.contents.byteCount(job.shape))
        let multiple = multiple(job)
        var batch = max(multiple, settings.batch / multiple * multiple)
        while true {
            let batches = batches(job, settings, batch: batch, workers: workers)
            let frames = batches.map(\.count).max() ?? 1
            var rows = settings.rowsPerStrip(
                job.shape, bytesPerRow: frames * job.shape.bytesPerRow + job.contents.byteCountOfRow(job.shape), machine
            )
            while true {
                let stripCount = (job.shape.height + rows - 1) / rows
                // What the batches may be apart, and what the rows around those that are judged reach into.
                let strips = min(stripCount, stripsApart + (2 * job.shape.rowsLookedAround + rows - 1) / rows + 1)
                let plan = AccumulationPlan(
                    workers: workers, batches: batches, openBatches: batches.count, rowsPerStrip: rows,
                    held: .strips(strips))
                if need.bytes(plan) <= most { return plan }
                if rows <= leastRows { break }
                rows = max(leastRows, rows / 2)
            }
            if batch == multiple { return nil }
            batch = max(multiple, batch / 2 / multiple * multiple)
        }
    }

    /// Some batches after the others, and accumulators of all rows.
    private static func inTurn(
        _ job: Job, _ settings: AccumulationSettings, _ machine: Machine, workers: Int, _ held: Held,
        within available: Int, _ need: AccumulationNeed
    ) -> AccumulationPlan? {
        let multiple = multiple(job)
        var batch = max(multiple, settings.batch / multiple * multiple)
        while true {
            let batches = batches(job, settings, batch: batch, workers: workers)
            let frames = batches.map(\.count).max() ?? 1
            // More of them than workers even out what photos differ in.
            for open in [batchesPerWorker * workers, workers]
            where open * frames <= machine.openFiles || open == 1 && batch == multiple {
                var rows = settings.rowsPerStrip(job.shape, bytesPerRow: frames * job.shape.bytesPerRow, machine)
                while true {
                    let plan = AccumulationPlan(
                        workers: workers, batches: batches, openBatches: min(open, max(1, batches.count)),
                        rowsPerStrip: rows, held: held)
                    if need.bytes(plan) <= available { return plan }
                    if rows == 1 { break }
                    rows /= 2
                }
            }
            if batch == multiple { return nil }
            batch = max(multiple, batch / 2 / multiple * multiple)
        }
    }

    private static func smallest(_ job: Job) -> AccumulationPlan {
        AccumulationPlan(
            workers: 1, batches: [Array(job.photos.prefix(multiple(job)))], openBatches: 1, rowsPerStrip: 1, held: .file
        )
    }

    /// Rounded moments take in whole blocks of frames.
    private static func multiple(_ job: Job) -> Int {
        job.contents.kind == .welford ? FPX_WELFORD_BLOCK_FRAMES : 1
    }

    /// Divides the photos evenly. Exact sums allow any order: what takes longest first, so that the last batches, which
    /// decide how long workers wait for each other, are quick.
    private static func batches(
        _ job: Job, _ settings: AccumulationSettings, batch: Int, workers: Int
    ) -> [[PhotoFile]] {
        let multiple = multiple(job)
        let photos =
            multiple > 1 ? job.photos : job.photos.sorted { $0.decodingCost > $1.decodingCost }
        guard !photos.isEmpty else { return [] }
        // Several for each worker even out what photos differ in, but each is a pass over the accumulators.
        let wanted = min(batchesPerWorker * workers, max(workers, photos.count / smallestUsefulBatch))
        let count = min(photos.count, max(1, wanted, (photos.count + batch - 1) / batch))
        var batches: [[PhotoFile]] = []
        var first = 0
        for index in 0..<count where first < photos.count {
            let even = (index + 1) * photos.count / count
            var end = min(photos.count, (even + multiple - 1) / multiple * multiple)
            end = min(end, first + max(multiple, batch / multiple * multiple))
            while first < end {
                let part = prefix(photos[first..<end], multiple: multiple)
                batches.append(Array(part))
                first = part.endIndex
            }
        }
        while first < photos.count {
            let part = prefix(photos[first..<min(photos.count, first + batch)], multiple: multiple)
            batches.append(Array(part))
            first = part.endIndex
        }
        return batches
    }

    /// As many of the photos as one worker may have decoders for; a whole multiple, unless they are at their end.
    private static func prefix(_ photos: ArraySlice<PhotoFile>, multiple: Int) -> ArraySlice<PhotoFile> {
        var bytes = 0
        for index in photos.indices {
            bytes += photos[index].header.decoderBytes
            let count = index - photos.startIndex
            if count > 0, count % multiple == 0, bytes > decoderBytesPerWorker { return photos[..<index] }
        }
        return photos
    }

    private static let batchesPerWorker = 2
    /// A pass over the accumulators for fewer photos than this costs more than a worker waits at the end.
    private static let smallestUsefulBatch = 4
    private static let stripsApart = 3
    /// A JPEG decoder unpacks this many rows at once anyway.
    private static let leastRows = 8

    /// Those photos whose decoders alone, for a worker that does nothing else, are above the limit: they have to be
    /// unpacked whole.
    static func tooLarge(_ job: Job, settings: AccumulationSettings) -> [FailedPhoto] {
        let available = settings.memoryLimitBytes - MemoryBudget.programBytes - job.otherBytes
        let others = AccumulationNeed(
            Job(photos: [], shape: job.shape, contents: job.contents, needsAllRows: job.needsAllRows)
        ).bytes(
            AccumulationPlan(workers: 1, batches: [], openBatches: 1, rowsPerStrip: 1, held: .file))
        return job.photos.filter {
            $0.header.isDecodedWhole && $0.header.decoderBytes * multiple(job) > available - others
        }.map {
            FailedPhoto(
                $0,
                reason:
                    "this photo has to be unpacked whole, which takes \(mebibytes($0.header.decoderBytes)) MiB, more "
                    + "than the memory limit of \(mebibytes(settings.memoryLimitBytes)) MiB leaves; raise the limit")
        }
    }

    /// What the decoders of one batch hold at most: many of the usual kind, one or two that keep a whole picture. One
    /// photo is always allowed.
    static let decoderBytesPerWorker = 64 << 20

    /// A decoder's tables, zlib's window and the buffers of a file.
    package static let bytesPerOpenPhoto = 160 << 10
}

/// The bytes that a pass over photos of one shape takes.
private struct AccumulationNeed {
    private let shape: FrameShape
    private let contents: AccumulatorContents
    private let patternBytes: Int

    init(_ job: AccumulationPlan.Job) {
        shape = job.shape
        contents = job.contents
        patternBytes =
            job.comparesPatterns ? PatternSample.byteCount(job.shape, photoCount: job.photos.count) : 0
    }

    /// Rows of accumulators in a file that are looked at, at the same time, with each worker.
    private static let rowsInWork = 64

    func bytes(_ plan: AccumulationPlan) -> Int {
        let slots = plan.workers * plan.framesPerBatch
        let ring = slots * FrameRing.slotBytes(stripBytes: plan.rowsPerStrip * shape.bytesPerRow)
        let kept = contents.hasExtremes ? OpenPhoto.keptBytes(2 * shape.neighbourDistance, shape) : 0
        // The largest that may be open together.
        let decoders = plan.batches.map { batch in
            batch.reduce(0) { $0 + $1.header.decoderBytes + AccumulationPlan.bytesPerOpenPhoto + kept }
        }.sorted(by: >).prefix(plan.openBatches).reduce(0, +)
        let row = contents.byteCountOfRow(shape)
        let accumulators =
            switch plan.held {
            case .strips(let strips): strips * plan.rowsPerStrip * row
            case .frame: shape.height * row
            case .file: min(shape.height, plan.workers * max(plan.rowsPerStrip, Self.rowsInWork)) * row
            }
        let coarse = contents.hasExtremes ? CoarseSums.byteCount(shape) : 0
        return ring + decoders + accumulators + coarse + patternBytes
    }
}

extension FrameShape {
    /// How many rows beyond those that are judged have to be decoded and kept on either side: what the extremes compare
    /// with, and what a defect's surroundings are.
    var rowsLookedAround: Int { neighbourDistance + FinishedRows.halo }
}

extension PhotoFile {
    /// Estimate of the work of decoding, comparable between photos of one frame shape.
    package var decodingCost: Double {
        Double(max(1, bytesOnDisk)) * (header.isDecodedWhole ? Self.wholePictureCost : 1)
    }

    /// Progressive JPEGs take about this much more time for a byte than baseline ones: each scan visits every block.
    private static let wholePictureCost = 2.5
}
