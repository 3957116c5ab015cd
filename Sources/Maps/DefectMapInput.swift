import SystemPackage

/// A file with a list of defects, and what its reader knows about it that the file may not say.
public struct DefectMapInput: Sendable {
    public var path: FilePath
    /// The size of the photos that the list is for; nil when only the file can tell. A file that says something else is
    /// refused.
    public var size: FrameSize?
    /// Where the photos' upper left pixel lies in the frame that the list counts in; likewise.
    public var offset: FrameOffset?

    public init(_ path: FilePath, size: FrameSize? = nil, offset: FrameOffset? = nil) {
        self.path = path
        self.size = size
        self.offset = offset
    }
}
