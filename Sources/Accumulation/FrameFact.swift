import FastPixCodecs
import FastPixFrames

/// What is known of one photo as a whole, beside the sums that it is part of.
package struct FrameFact: Sendable, Hashable {
    /// Sum of the samples that `CoarseSums` looks at.
    package let level: Int64
    /// Sum of the differences, without sign, of samples that are a neighbour distance apart, in the rows that `CoarseSums`
    /// looks at.
    package let roughness: Int64
    /// Which half of `CoarseSums` it is in, 0 or 1: by its content, so that neither its name nor other photos matter.
    let half: Int
    package let exposureSeconds: Double?
    let iso: Int?
    /// By the camera's clock; texts in the order of time.
    let time: String?
    /// What its file says that it is.
    package var pictureKind: PictureKind? = nil

    /// Whether a photo of integer samples can have it: no more than all samples that are looked at, at their largest.
    func isPossible(_ shape: FrameShape) -> Bool {
        let most = CoarseSums.largestSum(shape, of: CoarseSums.rowCount(shape) * shape.width)
        return (0...1).contains(half) && (0...most).contains(level) && (0...most).contains(roughness)
    }

    /// An order that depends on nothing but what the facts say.
    package func precedes(_ other: FrameFact) -> Bool {
        let own = (level, roughness, half, exposureSeconds ?? -1, iso ?? -1, time ?? "")
        let its = (
            other.level, other.roughness, other.half, other.exposureSeconds ?? -1, other.iso ?? -1, other.time ?? ""
        )
        return own == its ? pictureKind?.rawValue ?? 0 < other.pictureKind?.rawValue ?? 0 : own < its
    }
}
