import FastPixAccumulation
import FastPixCodecs
import FastPixFrames
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// One image on its way from file to file, in strips: decode, blend with another image or its own blur, encode.
///
/// Any number of workers may be at `work` at the same time; each takes whatever stage can go on and nobody is at. With
/// one worker the stages take turns, strip by strip, and the rows stay in its cache.
final class ImageBlend: @unchecked Sendable {
    /// Seconds of work, summed over workers.
    struct Timing {
        var decodeSeconds = 0.0
        var blendSeconds = 0.0
        var encodeSeconds = 0.0
    }

    private let job: BlendJob
    private let settings: BlendSettings
    private let isCancelled: @Sendable () -> Bool
    private let first: BlendSource
    private let second: BlendSource?
    private let blur: PreparedBlur?
    /// What is blended: without alpha.
    private let colour: FrameShape
    private let output: BlendOutput

    private let firstRows: RowRing
    private let alphaRows: RowRing?
    private let secondRows: RowRing?
    private let blendedRows: RowRing

    // Guarded by `condition`.
    private let condition = Condition()
    private var schedule: StripSchedule
    private var busy: Set<StripSchedule.Stage> = []
    private var isFinishing = false
    private var outcome: Result<BlendedImage, FastPixError>?
    private(set) var timing = Timing()

    /// Opens the inputs, checks that they fit each other, and begins the output. `expectsHelp`: whether several workers
    /// will be at it.
    init(
        _ job: BlendJob, settings: BlendSettings, expectsHelp: Bool, isCancelled: @escaping @Sendable () -> Bool
    ) throws(FastPixError) {
        self.job = job
        self.settings = settings
        self.isCancelled = isCancelled
        first = try BlendSource(job.first, settings: settings)
        switch job.second {
        case .image(let path):
            second = try BlendSource(path, settings: settings)
            blur = nil
        case .blur(let gaussian):
            second = nil
            blur = try gaussian.prepared()
        }
        colour = try Self.commonShape(first, second, resizes: settings.resizesSecond)
        try first.prepare(as: colour)
        try second?.prepare(as: colour)

        let stripRows = settings.rowsPerStrip(bytesPerRow: colour.bytesPerRow, height: colour.height)
        schedule = StripSchedule(
            height: colour.height, stripRows: stripRows, halo: blur?.halo ?? 0, hasSecond: second != nil,
            extraStrips: expectsHelp ? 2 : 0)
        output = try BlendOutput(job, first: first, second: second, colour: colour, settings: settings)
        firstRows = try RowRing(capacity: schedule.decodedCapacity, bytesPerRow: colour.bytesPerRow)
        alphaRows =
            output.keepsAlpha
            ? try RowRing(
                // Alpha is needed until a row is encoded.
                capacity: schedule.decodedCapacity + schedule.blendedCapacity,
                bytesPerRow: colour.width * colour.bytesPerSample) : nil
        secondRows =
            second == nil ? nil : try RowRing(capacity: schedule.secondCapacity, bytesPerRow: colour.bytesPerRow)
        blendedRows = try RowRing(capacity: schedule.blendedCapacity, bytesPerRow: colour.bytesPerRow)
    }

    /// What making an image takes at most (estimate), from the headers of its inputs.
    static func memoryBytes(_ job: BlendJob, settings: BlendSettings) throws(FastPixError) -> Int {
        let first = try PhotoFile(probing: job.first, maximumPixels: settings.maximumPixels).header
        var headers = [first]
        var halo = 0
        switch job.second {
        case .image(let path):
            headers.append(try PhotoFile(probing: path, maximumPixels: settings.maximumPixels).header)
        case .blur(let gaussian): halo = try gaussian.prepared().halo
        }
        // Grey may become colour, 8 bits 16, and there may be alpha.
        let bytesPerSample = headers.map(\.shape.bytesPerSample).max() ?? 1
        let rowBytes = (headers.map(\.shape.width).max() ?? 0) * 4 * bytesPerSample
        let height = first.shape.height
        let schedule = StripSchedule(
            height: height, stripRows: settings.rowsPerStrip(bytesPerRow: max(1, rowBytes), height: height), halo: halo,
            hasSecond: headers.count == 2, extraStrips: 2)
        // Alpha is a quarter of a row, in as many rows as are decoded and blended.
        let rows = (schedule.decodedCapacity + schedule.blendedCapacity) * 5 / 4 + schedule.secondCapacity
        let decoders = headers.reduce(0) { $0 + $1.decoderBytes + AccumulationPlan.bytesPerOpenPhoto }
        return (rows + Self.codecRows) * rowBytes + decoders + Self.encoderBytes
    }

    /// Rows of the encoder, and those of which others are made when they are resized, blurred or packed.
    private static let codecRows = 64
    /// zlib's window and tables, which are larger than JPEG's.
    private static let encoderBytes = 512 << 10

    /// Several rows are held at once, and a PNG may claim two thousand million pixels for each.
    private static let maximumWidth = 1 << 24

    /// The shape both images are blended in: grey becomes colour beside colour, 8 bits become 16 beside 16.
    private static func commonShape(
        _ first: BlendSource, _ second: BlendSource?, resizes: Bool
    ) throws(FastPixError) -> FrameShape {
        let shape = first.storedShape
        for source in [first, second].compactMap({ $0 }) where source.storedShape.width > Self.maximumWidth {
            throw FastPixError(
                .tooLarge, path: source.path,
                "has rows of \(source.storedShape.width) pixels; at most \(Self.maximumWidth) can be blended")
        }
        if let other = second?.storedShape, !resizes, (other.width, other.height) != (shape.width, shape.height) {
            throw FastPixError(
                .invalidArgument, path: first.path,
                "has \(shape.width) x \(shape.height) pixels, but \(second?.path.string ?? "") has "
                    + "\(other.width) x \(other.height); give images of one size, or let the second be resized")
        }
        return FrameShape(
            width: shape.width, height: shape.height,
            channels: max(first.colourChannels, second?.colourChannels ?? 1),
            bitsPerSample: max(shape.bitsPerSample, second?.storedShape.bitsPerSample ?? 8))
    }

    /// Takes part until the image is done or has failed. Safe from several threads.
    func work() {
        condition.lock()
        defer { condition.unlock() }
        while outcome == nil {
            if !isFinishing && isCancelled() { return fail(FastPixError(.interrupted, "interrupted")) }
            if schedule.isDone && busy.isEmpty && !isFinishing {
                isFinishing = true
                condition.unlock()
                let result = Result { () throws(FastPixError) in try finish() }
                condition.lock()
                outcome = outcome ?? result
                isFinishing = false
                condition.broadcast()
            } else if let (stage, rows) = nextStep() {
                step(stage, rows)
            } else {
                condition.wait()
            }
        }
    }

    /// Whether it is done or has failed. Safe from several threads.
    var isOver: Bool {
        condition.lock()
        defer { condition.unlock() }
        return outcome != nil
    }

    /// After `work`: waits until no other worker is at the image any more, and says what became of it. A failure has
    /// left no file behind then.
    func result() -> Result<BlendedImage, FastPixError> {
        condition.lock()
        defer { condition.unlock() }
        while !busy.isEmpty || isFinishing { condition.wait() }
        guard let outcome else { preconditionFailure("asked for the result of an unfinished image") }
        return outcome
    }

    private func nextStep() -> (StripSchedule.Stage, Range<Int>)? {
        for stage in StripSchedule.Stage.allCases where !busy.contains(stage) {
            if let rows = schedule.rows(for: stage) { return (stage, rows) }
        }
        return nil
    }

    /// Called, and returns, with the lock held; lets go of it while it works.
    private func step(_ stage: StripSchedule.Stage, _ rows: Range<Int>) {
        busy.insert(stage)
        condition.unlock()
        let start = monotonicSeconds()
        let result = Result { () throws(FastPixError) in try perform(stage, rows) }
        let seconds = monotonicSeconds() - start
        condition.lock()
        busy.remove(stage)
        schedule.finished(rows, in: stage)
        switch stage {
        case .decodeFirst, .decodeSecond: timing.decodeSeconds += seconds
        case .blend: timing.blendSeconds += seconds
        case .encode: timing.encodeSeconds += seconds
        }
        if case .failure(let error) = result { fail(error) }
        condition.broadcast()
    }

    private func fail(_ error: FastPixError) {
        if outcome == nil { outcome = .failure(error) }
        condition.broadcast()
    }

    private func perform(_ stage: StripSchedule.Stage, _ rows: Range<Int>) throws(FastPixError) {
        switch stage {
        case .decodeFirst:
            try first.read(rows.count, at: rows.lowerBound, into: firstRows, alpha: alphaRows)
        case .decodeSecond:
            if let second, let secondRows {
                try second.read(rows.count, at: rows.lowerBound, into: secondRows, alpha: nil)
            }
        case .blend: blend(rows)
        case .encode: try output.write(rows, colours: blendedRows, alpha: alphaRows)
        }
    }

    private func blend(_ rows: Range<Int>) {
        guard let blur else {
            for row in rows { weigh(row, with: secondRows?.row(row) ?? firstRows.row(row)) }
            return
        }
        // A few rows at a time: they are weighed while they are in the level-1 cache.
        var row = rows.lowerBound
        while row < rows.upperBound {
            let part = row..<min(rows.upperBound, row + PreparedBlur.rowsPerPass)
            blur.blur(part, of: colour, into: blendedRows.row(row), stride: blendedRows.stride) { y in
                UnsafeRawPointer(firstRows.row(y))
            }
            for row in part { weigh(row, with: blendedRows.row(row)) }
            row = part.upperBound
        }
    }

    private func weigh(_ row: Int, with other: UnsafeMutableRawPointer) {
        settings.weights.blend(
            firstRows.row(row), other, into: blendedRows.row(row), sampleCount: colour.samplesPerRow,
            bitsPerSample: colour.bitsPerSample)
    }

    private func finish() throws(FastPixError) -> BlendedImage {
        try first.finish()
        try second?.finish()
        try output.commit()
        return BlendedImage(
            first: job.first, second: second?.path, output: job.output, format: output.format,
            width: colour.width, height: colour.height, channels: output.shape.channels,
            bitsPerSample: output.shape.bitsPerSample, bytesIn: first.byteCount + (second?.byteCount ?? 0),
            bytesOut: output.byteCount,
            notes: output.notes + notes())
    }

    /// What is special about the inputs; of the second one with its name.
    private func notes() -> [String] {
        func notes(_ source: BlendSource) -> [String] {
            source.notes(blurs: blur != nil, maximumPixels: settings.maximumPixels)
                + PhotoOddity.notes(of: source.oddities)
        }
        return notes(first) + (second.map { second in notes(second).map { "\(second.path): \($0)" } } ?? [])
    }
}
