import FastPixPlumbing
import SystemPackage

/// The outputs that jobs have besides their reports, in words.
package enum OutputRole: String, Sendable {
    case checkpoint = "the checkpoint"
    case combinedState = "the combined state"
    case page = "the page"
    case variancePicture = "the picture of the variance"
    case maps = "the folder of maps"
    case sums = "the folder of sums"
}

/// Sees to it, before work begins, that no output of a run is one of its inputs or another of its outputs.
///
/// Inputs come first, then outputs. A job enters its own files (`enterOutputs`) when it is run; who writes more, enters that,
/// too, and calls the job's `run` that leaves it to him.
///
/// ```swift
/// var files = DistinctFiles(photos: discovery) { $0.option }
/// files.reads(map, as: "--map")
/// try files.writes(report, as: "--output")
/// try search.enterOutputs(in: &files)
/// ```
package struct DistinctFiles {
    private struct Known {
        let role: String
        let path: FilePath
        let isNumbered: Bool
        let isInput: Bool
    }

    /// What the outputs of jobs are called in messages: the library's words, or options.
    private let words: (OutputRole) -> String
    private var photos: [PhotoDiscovery] = []
    private var known: [OutputIdentity: Known] = [:]

    package init(photos: PhotoDiscovery? = nil, words: @escaping (OutputRole) -> String = { $0.rawValue }) {
        self.words = words
        if let photos { reads(photos) }
    }

    /// Takes in photos that are read, and lists that name them.
    package mutating func reads(_ photos: PhotoDiscovery) { self.photos.append(photos) }

    /// Takes in a file that is read. `role`: what the user calls it, such as an option's name.
    package mutating func reads(_ path: FilePath, as role: String) {
        known[OutputIdentity(path)] = Known(role: role, path: path, isNumbered: false, isInput: true)
    }

    /// Takes in a file that will be written. `isNumbered`: with several groups the second's file has `-2` before the
    /// extension, and so on.
    ///
    /// - Throws: `invalidArgument` when it is one of the photos; `contradiction` when it is another file of the run, by
    ///   whatever path, or would be with a number.
    package mutating func writes(_ path: FilePath, as role: String, isNumbered: Bool = false) throws(FastPixError) {
        for photos in photos { try photos.refuseOverwriting(path) }
        guard !OutputIdentity.isDevice(path) else { return }
        let identity = OutputIdentity(path)
        if let other = known[identity] {
            let same = path == other.path ? path.string : "\(other.path.string) and \(path.string)"
            throw FastPixError(
                .contradiction,
                "\(other.role) and \(role) name the same file (\(same)); "
                    + (other.isInput ? "it would be replaced while it is needed; " : "")
                    + "give them different names")
        }
        let new = Known(role: role, path: path, isNumbered: isNumbered, isInput: false)
        for other in known.values
        where Self.isNumber(path, of: other) || isNumbered && Self.isNumber(other.path, of: new) {
            throw FastPixError(
                .contradiction,
                "with several groups of photos \(other.role) and \(role) could write the same file "
                    + "(\(other.path.string) and \(path.string)); give them different names")
        }
        known[identity] = new
    }

    /// The same for an output that a job may have.
    package mutating func writes(
        _ path: FilePath?, _ role: OutputRole, isNumbered: Bool = false
    ) throws(FastPixError) {
        if let path { try writes(path, as: words(role), isNumbered: isNumbered) }
    }

    /// Whether `path` is what the file of a further group would be called.
    private static func isNumber(_ path: FilePath, of file: Known) -> Bool {
        guard file.isNumbered, let name = file.path.lastComponent, let other = path.lastComponent,
            name.extension == other.extension, other.stem.hasPrefix("\(name.stem)-"),
            let number = Int(other.stem.dropFirst(name.stem.count + 1)), number > 1
        else { return false }
        return OutputIdentity(path.removingLastComponent().orHere)
            == OutputIdentity(file.path.removingLastComponent().orHere)
    }
}
