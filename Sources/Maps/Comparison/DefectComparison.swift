import FastPixAccumulation
import FastPixCodecs
import FastPixDiscovery
import FastPixPlumbing

/// The job of `fastpix compare`: what has become of a camera's defects from one list to a later one.
///
/// Any lists that `DefectMap` reads can be compared, reports of `fastpix hotpixels` among them. Lists of one camera and
/// frame size are compared with each other. Two defects are the same when some of their pixels are; in photos that
/// compression or demosaicing has smeared, when these are next to each other.
///
/// ```swift
/// let report = try DefectComparison().run(old: DefectMapInput("2023.json"), new: DefectMapInput("2024.json"))
/// print(report.isUnchanged)
/// ```
public struct DefectComparison: Sendable {
    /// Whether lists of different cameras may be compared, as long as their frame sizes agree.
    public var takesAnyCamera: Bool
    /// How many pixels apart, in rows and in columns, two pixels may be and still be the same; nil: 1 when a list shows
    /// that its photos were smeared, 0 otherwise.
    public var tolerance: Int?
    /// Masks of more pixels are refused.
    public var maximumPixels: UInt64

    /// A comparison with these settings; `validate()` and `run` refuse those out of their range.
    public init(
        takesAnyCamera: Bool = false, tolerance: Int? = nil,
        maximumPixels: UInt64 = AccumulationSettings.defaultMaximumPixels
    ) {
        self.takesAnyCamera = takesAnyCamera
        self.tolerance = tolerance
        self.maximumPixels = maximumPixels
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) {
        if let tolerance, !(0...Self.largestTolerance).contains(tolerance) {
            throw FastPixError(
                .invalidArgument, "the tolerance must be 0 to \(Self.largestTolerance) pixels, not \(tolerance)")
        }
    }

    /// What is further away is another defect.
    private static let largestTolerance = 8

    /// Throws when a list cannot be read, or the two have no camera and frame size in common. The same lists make the same
    /// report. `progress` counts lists. Throws, too, when the run was interrupted before both were read. Blocks until it is
    /// done, and may be called from any thread.
    public func run(
        old: DefectMapInput, new: DefectMapInput, interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> DefectComparisonReport {
        try validate()
        let oldMaps = try DefectMap.read(old, maximumPixels: maximumPixels)
        progress(JobProgress(done: 1, total: 2))
        try interruption?.check()
        let newMaps = try DefectMap.read(new, maximumPixels: maximumPixels)
        progress(JobProgress(done: 2, total: 2))
        for (maps, input) in [(oldMaps, old), (newMaps, new)] where maps.isEmpty {
            throw FastPixError(
                .invalidArgument, path: input.path,
                "there is no list of defects in it that could be compared: none was judged, or it is a table without lines, "
                    + "which cannot say what it is for; JSON can")
        }
        let pairs = try DefectMapPairs(oldMaps, newMaps, takesAnyCamera: takesAnyCamera)
        guard !pairs.pairs.isEmpty else { throw nothingInCommon(oldMaps, newMaps, new) }
        return DefectComparisonReport(
            old: old.path, new: new.path,
            groups: pairs.pairs.map { DefectChanges($0.old, $0.new, tolerance: tolerance).group },
            notCompared: pairs.oldAlone.map { .init(.old, $0) } + pairs.newAlone.map { .init(.new, $0) })
    }

    /// The same without blocking, on a thread of its own. When the task is cancelled, it throws `interrupted`.
    public func run(
        old: DefectMapInput, new: DefectMapInput, progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws(FastPixError) -> DefectComparisonReport {
        try await Interruption.byTask { (interruption) throws(FastPixError) in
            try run(old: old, new: new, interruption: interruption, progress: progress)
        }
    }

    private func nothingInCommon(_ old: [DefectMap], _ new: [DefectMap], _ input: DefectMapInput) -> FastPixError {
        func names(_ maps: [DefectMap]) -> String {
            maps.prefix(5).map { map in
                let name = map.camera == Camera() ? "an unnamed camera" : map.camera.name
                return "\(name), \(map.size.map { "\($0.words) pixels" } ?? "unknown frame size")"
            }.joined(separator: "; ")
        }
        let sizes = Set(old.map(\.size)).isDisjoint(with: new.map(\.size))
        let way =
            sizes
            ? "only lists of the same frame size can be compared; give the size and offset of a list that does not say its "
                + "own"
            : "allow any camera to compare them nevertheless"
        return FastPixError(
            .invalidArgument, path: input.path,
            "the old list is for \(names(old)) and the new one for \(names(new)); \(way)")
    }
}

/// Which list is compared with which.
struct DefectMapPairs {
    private(set) var pairs: [(old: DefectMap, new: DefectMap)] = []
    private(set) var oldAlone: [DefectMap]
    private(set) var newAlone: [DefectMap] = []

    /// Lists of the very same camera belong together; then those whose cameras agree as far as they are known. Throws when
    /// it cannot be told.
    init(_ old: [DefectMap], _ new: [DefectMap], takesAnyCamera: Bool) throws(FastPixError) {
        oldAlone = old
        var rest: [DefectMap] = []
        for map in new {
            if let index = oldAlone.firstIndex(where: { $0.size == map.size && $0.camera == map.camera }) {
                pairs.append((oldAlone.remove(at: index), map))
            } else {
                rest.append(map)
            }
        }
        for map in rest {
            let fitting = oldAlone.indices.filter { index in
                oldAlone[index].size == map.size
                    && (takesAnyCamera || oldAlone[index].camera.agrees(with: map.camera))
            }
            guard fitting.count <= 1 else {
                throw FastPixError(
                    .invalidArgument,
                    "\(fitting.count) lists of the old file may be of \(map.camera.name); which of them to compare cannot "
                        + "be told")
            }
            if let index = fitting.first {
                pairs.append((oldAlone.remove(at: index), map))
            } else {
                newAlone.append(map)
            }
        }
    }
}
