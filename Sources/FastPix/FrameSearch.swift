import FastPixAccumulation
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import FastPixReporting

/// The judgement of `HotPixelsSearch` for frames that are in no files, or that the caller has decoded.
///
/// ```swift
/// let search = try FrameSearch(width: 1024, height: 768, bitsPerSample: 16, pattern: "RGGB")
/// for frame in frames { try search.add(frame) }
/// for defect in try search.run().groups[0].detection?.defects ?? [] { print(defect.row, defect.column) }
/// ```
///
/// Frames are summed up as they come, so that one is held at a time; the sums and counters take 16 bytes a sample of 8 bits,
/// 20 of 16 bits. The order of frames does not matter. Belongs to one thread at a time.
public final class FrameSearch {
    /// How many subpixels of lowest variance are listed.
    public var top = HotPixelsSearch.defaultTop
    /// How defects are looked for; nil: not at all.
    public var detection: DetectionSettings? = DetectionSettings()
    /// Threads that judge; nil: one per processor.
    public var workers: Int?

    private let group: PhotoGroup
    private let codedUnit: CodedUnit
    private let sums: FrameSums

    /// Frames of `height` rows of `width` pixels of `channels` interleaved samples.
    ///
    /// - Parameters:
    ///   - width: in pixels, at least 1, as `height`.
    ///   - channels: 1 (grey, or a mosaic of colours), or 3 (red, green, blue).
    ///   - bitsPerSample: 8 or 16; what has 10 to 14 bits is of 16.
    ///   - pattern: the colours of a mosaic, row by row from the top left of the frame, of a square block that repeats: four
    ///     letters for Bayer's ("RGGB"), 36 for X-Trans. Nil: none.
    ///   - codedUnit: width and height in pixels of what was compressed as one, such as 16 x 16 or 8 x 8 of JPEG; 1 x 1 of
    ///     frames that were never compressed with losses.
    ///   - camera: as the report is to call it.
    /// - Throws: `invalidArgument` for what is none of these, `outOfMemory` when there is no room for the sums.
    public init(
        width: Int, height: Int, channels: Int = 1, bitsPerSample: Int, pattern: String? = nil,
        codedUnit: (width: Int, height: Int) = (1, 1), camera: Camera = Camera()
    ) throws(FastPixError) {
        guard (1...Self.longestSide).contains(width), (1...Self.longestSide).contains(height),
            [1, 3].contains(channels), [8, 16].contains(bitsPerSample)
        else {
            throw FastPixError(
                .invalidArgument,
                "frames have sides of 1 to \(Self.longestSide) pixels, 1 or 3 channels and 8 or 16 bits a sample, not "
                    + "\(width) x \(height) pixels, \(channels) channels and \(bitsPerSample) bits")
        }
        let side = Int(Double(pattern?.utf8.count ?? 0).squareRoot())
        let colours = pattern.flatMap { ColourPattern(rows: side, columns: side, letters: $0) }
        guard colours != nil && channels == 1 || pattern == nil else {
            throw FastPixError(
                .invalidArgument,
                "a pattern is of frames of one channel, and has a capital letter for each place of a square block, such as "
                    + "RGGB")
        }
        group = PhotoGroup(
            camera: camera,
            shape: FrameShape(
                width: width, height: height, channels: channels, bitsPerSample: bitsPerSample, pattern: colours),
            channels: .all, photos: [])
        self.codedUnit = CodedUnit(width: codedUnit.width, height: codedUnit.height)
        sums = try FrameSums(group.shape)
    }

    /// Takes in a frame: width x height x channels samples, row by row, without gaps. Throws `invalidArgument` when these
    /// are not so many, or not of so many bits, and `overflow` when there are 65,535 frames already.
    public func add<Sample: FixedWidthInteger & UnsignedInteger>(
        _ frame: UnsafeBufferPointer<Sample>
    ) throws(FastPixError) {
        let shape = group.shape
        guard Sample.bitWidth == shape.bitsPerSample, frame.count == shape.sampleCount else {
            throw FastPixError(
                .invalidArgument,
                "a frame of \(frame.count) samples of \(Sample.bitWidth) bits, where \(shape.sampleCount) of "
                    + "\(shape.bitsPerSample) bits are expected")
        }
        try sums.add(UnsafeRawBufferPointer(frame))
    }

    /// The same for an array.
    public func add<Sample: FixedWidthInteger & UnsignedInteger>(_ frame: [Sample]) throws(FastPixError) {
        try frame.withUnsafeBufferPointer { (frame) throws(FastPixError) in try add(frame) }
    }

    /// Judges the frames so far, as `HotPixelsSearch` judges photos; more may be added afterwards. The report has one group.
    /// Throws `tooFewFrames` when there is none, and when a setting is out of its range. Of fewer than
    /// `DetectionSettings.minimumFrames` no defects are judged. Blocks until it is done.
    public func run() throws(FastPixError) -> HotPixelsReport {
        let start = monotonicSeconds()
        let search = HotPixelsSearch(
            accumulation: AccumulationSettings(workers: workers), minimumFrames: 1, top: top, detection: detection)
        try search.validate()
        let frameCount = sums.frameCount
        guard frameCount > 0 else {
            throw FastPixError(.tooFewFrames, "there is no frame to judge; add some, 30 at least")
        }
        let analysis = GroupAnalysis(
            FrameGeometry(sums.header(of: group, codedUnit: codedUnit)), frameCount: frameCount, top: top,
            detection: detection)
        sums.read(workers: search.accumulation.workerCount) { analysis.add($0, rows: $1) }
        let facts = sums.facts
        let detected = analysis.judge(facts, sums.coarse)
        var timing = HotPixelsReport.Timing()
        timing.totalSeconds = monotonicSeconds() - start
        timing.analysisSeconds = timing.totalSeconds
        return HotPixelsReport(
            settings: HotPixelsReport.Settings(search),
            groups: [
                HotPixelsReport.Group(
                    group, frameCount: frameCount, codedUnit: codedUnit, summary: analysis.summary,
                    detection: detected, facts: facts)
            ], skipped: [], timing: timing, peakMemoryBytes: ProcessMemory.peakBytes, temporaryFileBytes: 0)
    }

    /// No product of sides, channels and bytes overflows.
    private static let longestSide = 1 << 20
}
