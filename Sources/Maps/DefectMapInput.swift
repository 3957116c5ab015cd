import SystemPackage

/// A file with a list of defects, and what its reader knows about it that the file may not say.
public struct DefectMapInput: Sendable {
    /// The file.
    public var path: FilePath
    /// The size of the photos that the list is for; nil when only the file can tell. A file that says something else is
    /// refused.
    package var size: FrameSize?
    /// Where the photos' upper left pixel lies in the frame that the list counts in; likewise.
    package var offset: FrameOffset?
    /// Where the list counts its rows from; nil: the file tells, or else its form.
    package var rowOrigin: RowOrigin?

    /// A list that says itself what has to be known.
    public init(_ path: FilePath) { self.init(path, size: nil, offset: nil) }

    /// A list for photos of this size, whose upper left pixel lies at `offset` in the frame that the list counts in; nil:
    /// the file tells. A file that says something else is refused.
    public init(
        _ path: FilePath, size: (width: Int, height: Int), offset: (column: Int, row: Int)? = nil
    ) {
        self.init(
            path, size: FrameSize(width: size.width, height: size.height),
            offset: offset.map { FrameOffset(column: $0.column, row: $0.row) })
    }

    package init(
        _ path: FilePath, size: FrameSize?, offset: FrameOffset? = nil, rowOrigin: RowOrigin? = nil
    ) {
        self.rowOrigin = rowOrigin
        self.path = path
        self.size = size
        self.offset = offset
    }
}

/// The row that a list counts from, as the frame lies in its file: 0 is the first one, or the last.
package enum RowOrigin: String, Sendable, CaseIterable {
    case top, bottom
}
