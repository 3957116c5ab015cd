/// How far a job is.
public struct JobProgress: Sendable {
    package enum Stage: Sendable { case readingHeaders, working }
    package let stage: Stage
    /// Photos, images, rows, states or lists of defects; begins again at 0 when headers are read and decoding begins.
    public let done: Int
    /// Grows when photos have to be decoded again because one was found damaged.
    public let total: Int
    /// Of the files' bytes, which tell more than their number where photos differ in size; 0 in all when not counted.
    public let bytesDone: Int
    /// What `bytesDone` is in the end; 0 when not counted.
    public let bytesInAll: Int

    package init(stage: Stage = .working, done: Int, total: Int, bytesDone: Int = 0, bytesInAll: Int = 0) {
        self.stage = stage
        self.done = done
        self.total = total
        self.bytesDone = bytesDone
        self.bytesInAll = bytesInAll
    }
}
