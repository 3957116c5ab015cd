import FastPixDiscovery
import FastPixPlumbing
import SystemPackage

/// Which image is blended with which.
struct BlendPairs {
    typealias Pair = (first: BlendInputs.Image, second: BlendInputs.Image)

    private(set) var pairs: [Pair] = []
    /// Images without a partner.
    private(set) var skipped: [SkippedPhoto] = []

    /// Folders are paired image by image; one second image goes with each first one.
    init(_ first: BlendInputs, _ second: BlendInputs, by pairing: BlendPlan.Pairing) throws(FastPixError) {
        if !second.isFolder {
            pairs = first.images.flatMap { image in second.images.map { (image, $0) } }
        } else if !first.isFolder {
            throw FastPixError(
                .invalidArgument, path: second.root,
                "is a folder and the first input one image; name the folder first and the image second")
        } else if pairing == .order {
            guard first.images.count == second.images.count else {
                throw FastPixError(
                    .invalidArgument, path: second.root,
                    "holds \(counted(second.images.count, "image")) and \(first.root.string) "
                        + "\(first.images.count); pairing by order needs as many in both")
            }
            pairs = Array(zip(first.images, second.images))
        } else {
            pairByName(first, second)
        }
    }

    /// By relative path, and where that gives no partner, by relative path without extension.
    private mutating func pairByName(_ first: BlendInputs, _ second: BlendInputs) {
        let exact = Dictionary(second.images.map { ($0.relative, $0) }) { earlier, _ in earlier }
        let taken = Set(first.images.map(\.relative).filter { exact[$0] != nil })
        let alone = first.images.filter { !taken.contains($0.relative) }
        let firstsByStem = Dictionary(grouping: alone, by: \.stem)
        let secondsByStem = Dictionary(grouping: second.images.filter { !taken.contains($0.relative) }, by: \.stem)
        for image in first.images {
            if let partner = exact[image.relative] {
                pairs.append((image, partner))
                continue
            }
            let partners = secondsByStem[image.stem] ?? []
            if partners.count == 1, firstsByStem[image.stem]?.count == 1 {
                pairs.append((image, partners[0]))
            } else {
                skip(image, partners.isEmpty, other: second.root)
            }
        }
        for image in second.images where !taken.contains(image.relative) {
            let partners = firstsByStem[image.stem] ?? []
            if partners.count != 1 || secondsByStem[image.stem]?.count != 1 {
                skip(image, partners.isEmpty, other: first.root)
            }
        }
    }

    private mutating func skip(_ image: BlendInputs.Image, _ isAlone: Bool, other: FilePath) {
        let reason =
            isAlone
            ? "not paired: no image called \(image.stem.string) in \(other.string)"
            : "not paired: several images are called \(image.stem.string) and differ in their extensions only"
        skipped.append(SkippedPhoto(path: image.path, reason: reason))
    }
}
