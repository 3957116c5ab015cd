import FastPixDiscovery
import FastPixPlumbing
import SystemPackage

/// What `ImageBlending` is to do: which images are blended, and into which files. Made before anything is decoded, so
/// that outputs which must not be written are known at once.
public struct BlendPlan: Sendable {
    /// How the images of two folders find each other.
    public enum Pairing: String, Sendable, Codable, CaseIterable {
        /// By their path inside the folder, without extension.
        case name
        /// First with first, second with second, in the order of their paths.
        case order
    }

    package private(set) var jobs: [BlendJob] = []
    /// How many images are to be made.
    public var count: Int { jobs.count }
    /// Images without a partner, outputs that must not be written, entries that cannot be read.
    public private(set) var skipped: [SkippedPhoto] = []
    /// The output folder, when it lies inside a folder of images and was left out.
    public private(set) var leftOut: FilePath?
    /// Pictures in each of the folders of a kind that is not read.
    package private(set) var notRead: [[LeftOutFiles]] = []
    /// How many images were left out because of `selection`.
    public private(set) var unselected = 0
    /// Paths that led to images already found (links, named twice), which are blended once.
    public private(set) var repeatedPaths = 0
    /// Nil when two images are blended.
    public let blur: GaussianBlur?
    /// How images of two folders find each other.
    public let pairing: Pairing

    private typealias Wanted = (first: BlendInputs.Image, second: BlendJob.Second)

    /// Each image with its own blur: images and folders of images, subfolders when `recursive`.
    ///
    /// - Throws: `notFound` when there is nothing at one of the paths; `invalidArgument` when the blur or the naming
    ///   is out of range, or the output is a file where a folder is needed; `contradiction` when the output is a file
    ///   and its name does not agree with the naming's format, or there is a suffix.
    public init(
        _ first: [FilePath], blur: GaussianBlur, recursive: Bool = false, naming: BlendNaming, overwrites: Bool = false
    ) throws(FastPixError) {
        try self.init(
            PhotoSource(paths: first, recursive: recursive), blur: blur, naming: naming, overwrites: overwrites)
    }

    /// The same for the images that `source` selects. Those that a list names keep their paths inside the output folder.
    ///
    /// - Throws: as the other one, and when a list cannot be read.
    public init(
        _ source: PhotoSource, blur: GaussianBlur, naming: BlendNaming, overwrites: Bool = false
    ) throws(FastPixError) {
        try blur.validate()
        self.blur = blur
        pairing = .name
        var wanted: [Wanted] = []
        var isOneImage = source.paths.count == 1 && source.lists.isEmpty
        for root in source.paths {
            let inputs = try BlendInputs(root, recursive: source.recursive, output: naming.output)
            skipped += inputs.skipped
            leftOut = leftOut ?? inputs.leftOut
            notRead.append(inputs.notRead)
            repeatedPaths += inputs.repeatedPaths
            isOneImage = isOneImage && !inputs.isFolder
            wanted += inputs.images.map { ($0, .blur(blur)) }
        }
        let listed = try BlendInputs(source.lists, selection: source.selection)
        skipped += listed.skipped
        unselected = listed.unselected
        repeatedPaths += listed.repeatedPaths
        let named = selected(wanted, source.selection)
        try plan(named + listed.images.map { ($0, .blur(blur)) }, isOneImage, naming, overwrites)
    }

    /// Two images; two folders, whose images are paired; or a folder and one image that each of its images is blended
    /// with. `selection` is one of pairs, by their first image.
    ///
    /// - Throws: as the other one, and `invalidArgument` when the second path is a folder and the first is not, or when
    ///   folders to be paired by order do not have the same number of images.
    public init(
        _ first: FilePath, with second: FilePath, pairing: Pairing = .name, recursive: Bool = false,
        selection: PhotoSelection = PhotoSelection(), naming: BlendNaming, overwrites: Bool = false
    ) throws(FastPixError) {
        blur = nil
        self.pairing = pairing
        let firsts = try BlendInputs(first, recursive: recursive, output: naming.output)
        let seconds = try BlendInputs(second, recursive: recursive, output: naming.output)
        leftOut = firsts.leftOut ?? seconds.leftOut
        notRead = [firsts.notRead, seconds.notRead]
        repeatedPaths = firsts.repeatedPaths + seconds.repeatedPaths
        let paired = try BlendPairs(firsts, seconds, by: pairing)
        skipped = firsts.skipped + seconds.skipped + paired.skipped
        let wanted = selected(paired.pairs.map { ($0.first, .image($0.second.path)) }, selection)
        try plan(wanted, !firsts.isFolder, naming, overwrites)
    }

    private mutating func selected(_ wanted: [Wanted], _ selection: PhotoSelection) -> [Wanted] {
        let taken = wanted.filter { selection.takes($0.first.path) }
        unselected += wanted.count - taken.count
        return taken
    }

    private mutating func plan(
        _ wanted: [Wanted], _ isOneImage: Bool, _ naming: BlendNaming, _ overwrites: Bool
    ) throws(FastPixError) {
        try naming.validate()
        let isFile = try naming.isFile(oneImage: isOneImage)
        guard !isFile || naming.suffix.isEmpty else {
            throw FastPixError(
                .contradiction, path: naming.output,
                "is a file's name, which takes no suffix; leave it out, or name a folder")
        }
        let format = isFile ? try naming.formatOfFile() : naming.format
        let readers = Self.readers(of: wanted)
        var takenBy: [OutputIdentity: FilePath] = [:]
        for (image, second) in wanted {
            do throws(FastPixError) {
                let output = isFile ? naming.output : naming.file(for: image.relative)
                let name = OutputIdentity(output)
                if let other = takenBy[name] {
                    throw FastPixError(
                        .invalidArgument, "not made: its output \(output) is that of \(other.string), too")
                }
                takenBy[name] = image.path
                let job = BlendJob(first: image.path, second: second, output: output, format: format)
                try Self.check(job, readers, overwrites)
                jobs.append(job)
            } catch {
                skipped.append(SkippedPhoto(path: image.path, reason: error.reason))
            }
        }
        skipped = skipped.byPath
    }

    /// How many images each input file is needed for.
    private static func readers(of wanted: [Wanted]) -> [FileIdentity: Int] {
        var readers: [FileIdentity: Int] = [:]
        for (image, second) in wanted {
            var files: Set<FileIdentity> = []
            if let file = FileIdentity(image.path) { files.insert(file) }
            if case .image(let path) = second, let file = FileIdentity(path) { files.insert(file) }
            for file in files { readers[file, default: 0] += 1 }
        }
        return readers
    }

    /// Throws when the output must not be written.
    private static func check(
        _ job: BlendJob, _ readers: [FileIdentity: Int], _ overwrites: Bool
    ) throws(FastPixError) {
        guard let existing = FileIdentity(job.output) else { return }
        let isInput = readers[existing] != nil
        guard overwrites else {
            throw FastPixError(
                .invalidArgument,
                "not made: its output \(job.output) \(isInput ? "is one of the inputs" : "exists already"); choose "
                    + "another output\(isInput ? " or a suffix" : ""), or allow overwriting")
        }
        // Its own inputs have been read to their ends when the output takes their place. Those of others may not.
        var own: Set<FileIdentity> = []
        if let file = FileIdentity(job.first) { own.insert(file) }
        if case .image(let path) = job.second, let file = FileIdentity(path) { own.insert(file) }
        if isInput, !own.contains(existing) || readers[existing] != 1 {
            throw FastPixError(
                .invalidArgument,
                "not made: its output \(job.output) is an input of other images; choose another output or a suffix")
        }
    }
}
