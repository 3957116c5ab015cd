import FastPixPlatform
import FastPixPlumbing

/// Hands out jobs, and the images being worked on to workers that have no job of their own.
final class BlendBoard: @unchecked Sendable {
    private let condition = Condition()
    // Guarded by `condition`.
    private let jobCount: Int
    private let workerCount: Int
    private var nextJob = 0
    /// Jobs taken whose image is not open yet.
    private var opening = 0
    private var open: [Helped] = []

    private struct Helped {
        let image: ImageBlend
        var helpers: Int
    }

    init(jobCount: Int, workerCount: Int) {
        self.jobCount = jobCount
        self.workerCount = workerCount
    }

    /// The next job, and whether other workers will soon have nothing to do but help; nil when all have been taken.
    func takeJob() -> (index: Int, expectsHelp: Bool)? {
        condition.lock()
        defer { condition.unlock() }
        guard nextJob < jobCount else { return nil }
        defer { nextJob += 1 }
        opening += 1
        return (nextJob, jobCount - nextJob - 1 < workerCount - 1)
    }

    /// Every job that was taken must be opened; nil when that failed.
    func opened(_ image: ImageBlend?) {
        condition.lock()
        defer { condition.unlock() }
        opening -= 1
        if let image { open.append(Helped(image: image, helpers: 0)) }
        condition.broadcast()
    }

    func closed(_ image: ImageBlend) {
        condition.lock()
        defer { condition.unlock() }
        open.removeAll { $0.image === image }
        condition.broadcast()
    }

    /// An image that could do with one more worker, the one with the fewest helpers; waits for one being opened. Nil
    /// when there will be none any more.
    func imageToHelp() -> ImageBlend? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let unfinished = open.indices.filter { !open[$0].image.isOver }
            if let index = unfinished.min(by: { open[$0].helpers < open[$1].helpers }) {
                open[index].helpers += 1
                return open[index].image
            }
            if opening == 0 { return nil }
            condition.wait()
        }
    }
}
