import FastPixPlumbing
import SystemPackage

/// Where and how often a run keeps what it has accumulated, so that another run can go on from there.
public struct CheckpointSettings: Sendable {
    /// The state file. When photos of several cameras or frame shapes are given, the further ones go to files with
    /// `-2`, `-3`... before the extension.
    public var path: FilePath
    /// Seconds between two saves, at least.
    public var interval: Double

    /// What `interval` is unless it is given.
    public static let defaultInterval = 60.0

    /// A large state on a slow disk is saved less often: at least so many times as long as saving took pass before the next
    /// time, so that it never takes more than about a twentieth of the time.
    package static let longestShare = 20.0

    /// A checkpoint in this file; nothing is looked up yet.
    public init(path: FilePath, interval: Double = defaultInterval) {
        self.path = path
        self.interval = interval
    }

    package func validate() throws(FastPixError) {
        guard !path.isEmpty else {
            throw FastPixError(.invalidArgument, "the checkpoint has an empty name; give the path of a file")
        }
        guard interval >= 0, interval.isFinite else {
            throw FastPixError(.invalidArgument, "the checkpoint interval must be 0 seconds or more, not \(interval)")
        }
    }
}
