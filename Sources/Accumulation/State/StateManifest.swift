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

    /// How many photos are in the moments of this row.
    func photoCount(row: Int) -> Int { header.photoCount + unfinished.count { row < $0.rows ?? 0 } }
}
