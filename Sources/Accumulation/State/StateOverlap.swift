import FastPixPlumbing
import SystemPackage

/// Finds photos that are in two states, by content: photos come in their common order, in which those of the same content
/// follow each other.
package struct StateOverlap {
    private let paths: [FilePath]
    private var last: StatePhoto.Identity?
    /// The states that have the photo of this identity.
    private var holders: [(state: Int, name: String)] = []
    /// By state: how many photos are in an earlier one, too, and one of them.
    private var shared: [Int: (count: Int, name: String, origin: Int, nameThere: String)] = [:]

    /// `paths`: of the states.
    package init(_ paths: [FilePath]) { self.paths = paths }

    /// The next photo, which is in the state of this place.
    package mutating func add(_ photo: StatePhoto, from state: Int) {
        if photo.identity == last {
            holders.append((state, photo.name))
        } else {
            countShared()
            last = photo.identity
            holders = [(state, photo.name)]
        }
    }

    private mutating func countShared() {
        guard holders.count > 1 else { return }
        let first = holders.min { $0.state < $1.state }!
        for holder in holders where holder.state != first.state {
            let known = shared[holder.state] ?? (0, holder.name, first.state, first.name)
            shared[holder.state] = (known.count + 1, known.name, known.origin, known.nameThere)
        }
    }

    /// After the last photo: throws when one is in two states.
    package mutating func refuse() throws(FastPixError) {
        countShared()
        guard let (state, found) = shared.min(by: { $0.key < $1.key }) else { return }
        let there = found.nameThere == found.name ? "" : ", which is \(found.nameThere) there"
        throw FastPixError(
            .invalidArgument, path: paths[state],
            "\(counted(found.count, "photo")) of this state \(found.count == 1 ? "is" : "are") in "
                + "\(paths[found.origin].string) or another state before it, too (\(found.name)\(there)); a photo may "
                + "count only once, so merge states of different photos (copies under other names come into "
                + "different shards: make one of the states anew without the copy)")
    }
}
