/// How far a search is.
public struct SearchProgress: Sendable {
    public enum Stage: Sendable { case readingHeaders, decoding }
    public let stage: Stage
    public let photosDone: Int
    /// Grows when photos have to be decoded again because one was found damaged.
    public let photosInAll: Int
    /// Of the files' bytes, which tell more than their number where photos differ in size; 0 in all when not counted.
    public let bytesDone: Int
    public let bytesInAll: Int

    init(stage: Stage, photosDone: Int, photosInAll: Int, bytesDone: Int = 0, bytesInAll: Int = 0) {
        self.stage = stage
        self.photosDone = photosDone
        self.photosInAll = photosInAll
        self.bytesDone = bytesDone
        self.bytesInAll = bytesInAll
    }
}
