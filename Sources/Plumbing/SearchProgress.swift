/// How far a search is.
public struct SearchProgress: Sendable {
    public enum Stage: Sendable { case readingHeaders, decoding }
    public let stage: Stage
    public let photosDone: Int
    /// Grows when photos have to be decoded again because one was found damaged.
    public let photosInAll: Int

    package init(stage: Stage, photosDone: Int, photosInAll: Int) {
        self.stage = stage
        self.photosDone = photosDone
        self.photosInAll = photosInAll
    }
}
