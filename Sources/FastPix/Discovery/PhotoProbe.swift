import Synchronization
import SystemPackage

/// Reads the headers of many files, several at once.
enum PhotoProbe {
    struct Outcome: Sendable {
        /// In the order of the paths given.
        var photos: [PhotoFile] = []
        var failed: [SkippedPhoto] = []
    }

    /// `maximumPixels` bounds width x height (0: no bound). `progress` gets the number of files done and of files in all, from any thread.
    static func run(
        _ paths: [FilePath], channels: ChannelSelection = .all, maximumPixels: UInt64, workers: Int,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) -> Outcome {
        let results = Mutex([Result<PhotoFile, FastPixError>?](repeating: nil, count: paths.count))
        let next = Atomic(0)
        WorkerTeam.run(workers: min(workers, max(1, paths.count), OpenFile.limit)) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < paths.count else { return }
                let result = Result { () throws(FastPixError) in
                    try PhotoFile(probing: paths[index], channels: channels, maximumPixels: maximumPixels)
                }
                results.withLock { $0[index] = result }
                progress(index + 1, paths.count)
            }
        }
        var outcome = Outcome()
        for (path, result) in zip(paths, results.withLock({ $0 })) {
            switch result! {
            case .success(let photo): outcome.photos.append(photo)
            case .failure(let error):
                outcome.failed.append(SkippedPhoto(path: path.string, reason: error.reason))
            }
        }
        return outcome
    }
}
