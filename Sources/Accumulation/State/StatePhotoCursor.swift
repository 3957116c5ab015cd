import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// The photos of a state in their order, read from its file one after the other: few of them are in memory at a time. Belongs
/// to one thread; its file stays open as long as it is used.
package final class StatePhotoCursor {
    private let descriptor: Int32
    private let path: FilePath
    private let wanted: Int
    private let contradiction: (StatePhoto, _ place: Int) -> String?
    private var offset: Int
    private let end: Int
    private var buffer: [UInt8] = []
    private var used = 0
    private var count = 0
    private var last: StatePhoto?

    /// `bytes`: where the records are. `contradiction`: says what the state's photo of this place cannot be; nil when all
    /// is well.
    package init(
        _ descriptor: Int32, _ path: FilePath, bytes: Range<Int>, count: Int,
        contradiction: @escaping (StatePhoto, _ place: Int) -> String?
    ) {
        self.descriptor = descriptor
        self.path = path
        self.contradiction = contradiction
        wanted = count
        offset = bytes.lowerBound
        end = bytes.upperBound
    }

    private static let pieceByteCount = 8 << 10

    /// The whole photos, then the unfinished ones; nil behind the last. Throws when the file cannot be read, or tells of
    /// photos that no state has.
    package func next() throws(FastPixError) -> StatePhoto? {
        guard count < wanted else {
            guard used == buffer.count, offset == end else { throw damaged("more photos than it says") }
            return nil
        }
        if buffer.count - used < StatePhotoRecord.fixedByteCount { try fill(Self.pieceByteCount) }
        var read = record()
        if read == nil {
            try fill(max(Self.pieceByteCount, StatePhotoRecord.longest))
            read = record()
        }
        guard let (photo, byteCount) = read else { throw damaged("photos that cannot be read") }
        used += byteCount
        if let what = contradiction(photo, count) { throw damaged(what) }
        if let last, last.isWhole == photo.isWhole, photo.precedes(last) { throw damaged("photos out of order") }
        count += 1
        last = photo
        return photo
    }

    private func record() -> (photo: StatePhoto, byteCount: Int)? {
        buffer.withUnsafeBytes { StatePhotoRecord.read(UnsafeRawBufferPointer(rebasing: $0[used...])) }
    }

    /// Sees to it that so many bytes are there, or all that are left.
    private func fill(_ wanted: Int) throws(FastPixError) {
        buffer.removeFirst(used)
        used = 0
        let more = min(end - offset, wanted - buffer.count)
        guard more > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: more)
        try StateReader.read(descriptor, path, offset, more, into: &bytes)
        buffer += bytes
        offset += more
    }

    private func damaged(_ what: String) -> FastPixError { StateReader.damaged(path, "it tells of \(what)") }
}

/// The photos of several states, in their common order.
package struct StatePhotoMerge {
    private struct Head {
        let photo: StatePhoto
        let state: Int

        func precedes(_ other: Head) -> Bool {
            if photo.precedes(other.photo) { return true }
            return !other.photo.precedes(photo) && state < other.state
        }
    }

    private let cursors: [StatePhotoCursor]
    /// The next photo of each state that has one: a heap, the first of all on top.
    private var heads: [Head] = []

    package init(_ cursors: [StatePhotoCursor]) throws(FastPixError) {
        self.cursors = cursors
        for (state, cursor) in cursors.enumerated() {
            guard let photo = try cursor.next() else { continue }
            heads.append(Head(photo: photo, state: state))
            rise(heads.count - 1)
        }
    }

    /// Nil behind the last.
    package mutating func next() throws(FastPixError) -> (photo: StatePhoto, state: Int)? {
        guard let first = heads.first else { return nil }
        if let photo = try cursors[first.state].next() {
            heads[0] = Head(photo: photo, state: first.state)
        } else {
            heads.swapAt(0, heads.count - 1)
            heads.removeLast()
        }
        sink()
        return (first.photo, first.state)
    }

    private mutating func rise(_ index: Int) {
        var index = index
        while index > 0, heads[index].precedes(heads[(index - 1) / 2]) {
            heads.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink() {
        var index = 0
        while true {
            var first = index
            for child in [2 * index + 1, 2 * index + 2] where child < heads.count && heads[child].precedes(heads[first])
            {
                first = child
            }
            guard first != index else { return }
            heads.swapAt(index, first)
            index = first
        }
    }
}
