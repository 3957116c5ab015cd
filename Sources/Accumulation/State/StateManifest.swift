import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// What a state says of its sums, with the photos that are in them.
@dynamicMemberLookup
package struct StateManifest: Sendable {
    package let header: StateHeader
    /// Those that are in the moments with all their rows, ordered by hash, then name. A photo that was given twice as two
    /// files is here twice.
    package let photos: [StatePhoto]
    /// Those of which only upper rows are in the moments, in the same order.
    let unfinished: [StatePhoto]

    /// `photos` may be whole or unfinished; with `hasExtremes` whole ones have facts.
    init(_ group: PhotoGroup, codedUnit: CodedUnit, hasExtremes: Bool, photos: some Sequence<StatePhoto>) {
        let sorted = photos.sorted { $0.precedes($1) }
        let whole = sorted.filter(\.isWhole)
        let unfinished = sorted.filter { !$0.isWhole }
        let header = StateHeader(
            group, codedUnit: codedUnit, hasExtremes: hasExtremes, photoCount: whole.count,
            unfinishedCount: unfinished.count,
            photoBytes: sorted.reduce(0) { $0 + StatePhotoRecord.byteCount($1) })
        self.init(header, photos: whole, unfinished: unfinished)
    }

    /// Both in order.
    init(_ header: StateHeader, photos: [StatePhoto], unfinished: [StatePhoto]) {
        self.header = header
        self.photos = photos
        self.unfinished = unfinished
    }

    package subscript<Value>(dynamicMember member: KeyPath<StateHeader, Value>) -> Value { header[keyPath: member] }

    /// Whether moments of both may be added up.
    package func matches(_ group: PhotoGroup) -> Bool { header.matches(group) }

    /// Rows of the frame in whose moments the same number of photos is, and that number; from top to bottom.
    var bands: [(rows: Range<Int>, photoCount: Int)] {
        var bands: [(rows: Range<Int>, photoCount: Int)] = []
        var first = 0
        var photoCount = header.photoCount + header.unfinishedCount
        for end in unfinished.compactMap(\.rows).sorted() + [header.frame.height] {
            if end > first { bands.append((first..<end, photoCount)) }
            first = end
            photoCount -= 1
        }
        return bands
    }
}
