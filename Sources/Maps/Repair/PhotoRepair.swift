import CCodecs
import FastPixAccumulation
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// The job of `fastpix repair`: photos in, photos without their defects out.
///
/// Positions are those of the stored picture, so that EXIF orientation plays no part; it is kept like all other metadata.
public struct PhotoRepair: Sendable {
    /// The folder for the repaired photos.
    public var folder: FilePath
    /// Whether files that are there already may be replaced; photos that are read never are.
    public var overwrites: Bool
    /// Whether a list may be used for another camera.
    public var takesAnyCamera: Bool
    /// Pixels around a defect that go with it, when the list does not say how far its effect reaches; nil: 3 in JPEG,
    /// where demosaicing and compression have spread it, and none elsewhere.
    public var radius: Int?
    /// Threads, each with a photo of its own; nil: one per processor.
    public var workers: Int?
    /// Largest photo accepted, in pixels (0: any).
    public var maximumPixels: UInt64
    /// Whether photos that are against their format are refused, even where the picture is whole.
    public var isStrict: Bool
    /// Bytes of memory to stay below; nil: `AccumulationSettings.defaultMemoryLimit`. A photo is held whole, and one that
    /// takes more alone is left out and listed.
    public var memoryLimit: Int?
    /// Hears of each photo as soon as it is written, from any thread, and the time that took.
    package var repaired: @Sendable (RepairReport.Photo, _ seconds: Double) -> Void = { _, _ in }

    /// A repair with these settings; `validate()` and `run` refuse those out of their range.
    public init(
        folder: FilePath, overwrites: Bool = false, takesAnyCamera: Bool = false, radius: Int? = nil,
        workers: Int? = nil, maximumPixels: UInt64 = AccumulationSettings.defaultMaximumPixels, isStrict: Bool = false,
        memoryLimit: Int? = nil
    ) {
        self.folder = folder
        self.overwrites = overwrites
        self.takesAnyCamera = takesAnyCamera
        self.radius = radius
        self.workers = workers
        self.maximumPixels = maximumPixels
        self.isStrict = isStrict
        self.memoryLimit = memoryLimit
    }

    /// Throws when a setting is out of its range.
    public func validate() throws(FastPixError) {
        guard !folder.isEmpty else {
            throw FastPixError(.invalidArgument, "the output folder has an empty name; give its path")
        }
        try WorkerTeam.validate(workers: workers)
        if let radius, !(0...Self.largestRadius).contains(radius) {
            throw FastPixError(.invalidArgument, "the radius must be 0 to \(Self.largestRadius) pixels, not \(radius)")
        }
        try MemoryBudget.validate(limit: memoryLimit)
    }

    private static let largestRadius = 24

    /// Repairs the photos that `source` selects by the lists in the files `maps`, of which all that fit a photo count. The tree
    /// of each folder that was named is repeated in the output folder, and files that a list names keep their path in it. A
    /// photo that cannot be repaired is listed in the report and nothing is written for it. Once `interruption` is
    /// cancelled, no further photo is begun, and the report says so. `progress` is called from several threads. Throws when a
    /// setting or a list is wrong, a list of photos cannot be read, two photos would get the same name, or the folder cannot be
    /// made. Blocks until it is done, and may be called from any thread.
    public func run(
        _ source: PhotoSource, maps inputs: [DefectMapInput], interruption: Interruption? = nil,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) throws(FastPixError) -> RepairReport {
        try validate()
        let maps = try RepairMaps(inputs, takesAnyCamera: takesAnyCamera, maximumPixels: maximumPixels)
        let outputs = try RepairOutputs(source, folder: folder)
        try refuseReplacing(inputs.map(\.path), outputs)
        let folders = OutputFolders()
        try folders.make(folder)
        defer { folders.removeEmpty() }
        StagedFile.removeAbandoned(targets: outputs.targets)
        let memory = MemoryBudget(
            limit: memoryLimit ?? AccumulationSettings.defaultMemoryLimit,
            otherBytes: outputs.count * PhotoFile.listedBytes)
        // A worker holds a photo and its repaired copy open.
        let results = WorkerTeam.map(
            outputs.count, workers: max(1, min(workers ?? WorkerTeam.defaultWorkers, OpenFile.limit / 2)),
            while: { interruption?.isCancelled != true },
            done: { progress(JobProgress(done: $0, total: outputs.count)) }
        ) { index in
            let begun = monotonicSeconds()
            let result = Result { () throws(FastPixError) in
                try repair(
                    outputs.source(index), to: outputs.target(index), maps, outputs.discovery, memory, folders)
            }
            if case .success(let photo) = result { repaired(photo, monotonicSeconds() - begun) }
            return result
        }
        var photos: [RepairReport.Photo] = []
        var skipped = outputs.discovery.skipped
        var isInterrupted = false
        for (index, result) in results.enumerated() {
            switch result {
            case nil: isInterrupted = true
            case .success(let photo): photos.append(photo)
            case .failure(let error):
                let about = error.path.map { $0 == outputs.source(index) ? "" : "\($0): " } ?? ""
                skipped.append(SkippedPhoto(path: outputs.source(index), reason: about + error.reason))
            }
        }
        skipped = skipped.byPath
        return RepairReport(
            maps: inputs.map(\.path), photos: photos, skipped: skipped,
            leftOut: outputs.discovery.outputLeftOut, notRead: outputs.discovery.leftOut.pictures,
            unselected: outputs.discovery.unselected, repeatedPaths: outputs.discovery.repeatedPaths,
            peakMemoryBytes: ProcessMemory.peakBytes,
            isInterrupted: isInterrupted)
    }

    /// The same without blocking, on a thread of its own. When the task is cancelled, no further photo is begun, and the
    /// report says so.
    public func run(
        _ source: PhotoSource, maps inputs: [DefectMapInput],
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws(FastPixError) -> RepairReport {
        try await Interruption.byTask { (interruption) throws(FastPixError) in
            try run(source, maps: inputs, interruption: interruption, progress: progress)
        }
    }

    private func refuseReplacing(_ maps: [FilePath], _ outputs: RepairOutputs) throws(FastPixError) {
        let lists = Set(maps.map { OutputIdentity($0) })
        guard let target = outputs.targets.first(where: { lists.contains(OutputIdentity($0)) }) else { return }
        throw FastPixError(
            .contradiction, path: target,
            "a repaired photo would replace the list of defects; choose another folder")
    }

    private func repair(
        _ path: FilePath, to target: FilePath, _ maps: RepairMaps, _ discovery: PhotoDiscovery, _ memory: MemoryBudget,
        _ folders: OutputFolders
    ) throws(FastPixError) -> RepairReport.Photo {
        let photo = try PhotoFile(probing: path, maximumPixels: maximumPixels)
        let header = photo.header
        let map = try maps.map(for: header)
        func patches(_ header: PhotoHeader) throws(FastPixError) -> RepairPatches {
            try RepairPatches(
                try maps.map(for: header), shape: header.shape,
                radius: radius ?? (header.format == .jpeg ? Self.radiusInJPEG : 0))
        }
        let isStored = header.format == .tiff || header.format == .fits
        let pictures = isStored ? try self.pictures(of: path) : [photo]
        try discovery.refuseOverwriting(target)
        if !overwrites, OutputFolders.holds(target) {
            throw FastPixError(.unwritable, path: target, "is there already; allow overwriting to replace it")
        }
        try folders.make(target.removingLastComponent())
        let (blocks, oddities) = try memory.using(RepairedPhoto.memoryBytes(photo, pictures: pictures), for: path) {
            () throws(FastPixError) in
            var output = fpx_bytes()
            defer { fpx_bytes_free(&output) }
            var done: (blocks: Int?, oddities: [PhotoOddity]) = (nil, [])
            if isStored {
                try RepairedPhoto.make(
                    pictures, patches: patches, maximumPixels: maximumPixels, into: &output)
            } else {
                done = try RepairedPhoto.make(
                    path, header.format, try patches(header), isStrict: isStrict, maximumPixels: maximumPixels,
                    into: &output)
            }
            var file = try StagedFile(target: target)
            try file.write(UnsafeRawBufferPointer(start: output.data, count: output.count))
            try file.commit(replacing: overwrites, durably: false)
            return done
        }
        return RepairReport.Photo(
            path: path, output: target, width: header.shape.width, height: header.shape.height,
            defects: map.entries.count, blocksChanged: blocks, notes: PhotoOddity.notes(of: oddities))
    }

    /// All pictures of a TIFF or FITS file; throws when one of them cannot be read.
    private func pictures(of path: FilePath) throws(FastPixError) -> [PhotoFile] {
        let found = PhotoProbe.probe(path, channels: .all, maximumPixels: maximumPixels)
        if let failed = found.failed.first { throw FastPixError(.unsupported, path: failed.path, failed.reason) }
        return found.photos
    }

    /// A pixel's response after demosaicing and sharpening, as seen around hot pixels of a compact camera.
    private static let radiusInJPEG = 3
}
