import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// The rows of a state in their order, read from its file one after the other. Belongs to one thread at a time; its file
/// stays open as long as it is used.
final class StateRows {
    let layout: PackedRows
    /// The row that is read next.
    private(set) var next = 0
    private let descriptor: Int32
    private let path: FilePath
    private let height: Int
    /// Where the next row's blocks begin, and where all rows end.
    private var offset: Int
    private let end: Int
    /// The widths of the next row, and where its arrays are.
    private var head: [UInt8]
    private var places: [Range<Int>] = []
    /// Of all bytes read so far.
    private let checksum: SharedChecksum?

    /// `bytes`: where the rows are. Throws when the first one cannot be there.
    init(
        _ descriptor: Int32, _ path: FilePath, _ layout: PackedRows, height: Int, bytes: Range<Int>,
        checksum: SharedChecksum?
    ) throws(FastPixError) {
        self.descriptor = descriptor
        self.path = path
        self.layout = layout
        self.height = height
        self.checksum = checksum
        end = bytes.upperBound
        guard bytes.count >= layout.headByteCount else { throw Self.tooShort(path) }
        head = [UInt8](repeating: 0, count: layout.headByteCount)
        offset = bytes.lowerBound + layout.headByteCount
        try StateReader.read(descriptor, path, bytes.lowerBound, layout.headByteCount, into: &head)
        try findPlaces()
    }

    /// Reads the next row. Returns where its arrays are in `row`. Throws when it is not there, or no row.
    func read(into row: PackedBytes) throws(FastPixError) -> [Range<Int>] {
        precondition(next < height, "more rows than there are")
        let (places, byteCount) = (places, places.last!.upperBound)
        // The widths of the row behind it come with it.
        let more = next + 1 < height ? layout.headByteCount : 0
        row.demand(byteCount + more)
        head.withUnsafeBytes { row.start.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        try StateReader.read(
            descriptor, path, offset,
            into: UnsafeMutableRawBufferPointer(
                start: row.start + layout.headByteCount, count: byteCount - layout.headByteCount + more))
        checksum?.value.add(UnsafeRawBufferPointer(start: row.start, count: byteCount))
        head.withUnsafeMutableBytes {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: row.start + byteCount, count: more))
        }
        try goOn(byteCount + more - layout.headByteCount)
        return places
    }

    /// Leaves out the next row. Throws as `read` does.
    func skip() throws(FastPixError) {
        precondition(next < height && checksum == nil, "rows that are hashed are read")
        let byteCount = places.last!.upperBound - layout.headByteCount
        let more = next + 1 < height ? layout.headByteCount : 0
        if more > 0 { try StateReader.read(descriptor, path, offset + byteCount, more, into: &head) }
        try goOn(byteCount + more)
    }

    private func goOn(_ byteCount: Int) throws(FastPixError) {
        offset += byteCount
        next += 1
        if next < height {
            try findPlaces()
        } else if offset != end {
            throw StateReader.damaged(path, "its length does not match its frame")
        }
    }

    /// Sees that the next row is in the file, with the widths of the one behind it.
    private func findPlaces() throws(FastPixError) {
        guard let places = head.withUnsafeBytes({ layout.places($0) }) else {
            throw StateReader.damaged(path, "it has rows that cannot be read")
        }
        let more = next + 1 < height ? layout.headByteCount : 0
        guard places.last!.upperBound - layout.headByteCount + more <= end - offset else { throw Self.tooShort(path) }
        self.places = places
    }

    private static func tooShort(_ path: FilePath) -> FastPixError {
        StateReader.damaged(path, "its length does not match its frame")
    }
}

/// A checksum that several share; in a class, because what cannot be copied cannot be there or not. Belongs to one thread at
/// a time.
final class SharedChecksum {
    let value: Checksum
    init() throws(FastPixError) { value = try Checksum() }
}
