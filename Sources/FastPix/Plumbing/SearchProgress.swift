/// How far a search is.
public struct SearchProgress: Sendable {
    public enum Stage: Sendable { case readingHeaders, decoding }
    public let stage: Stage
    public let photosDone: Int
    public let photosInAll: Int
}
