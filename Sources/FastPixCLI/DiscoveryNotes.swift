import FastPix

extension Console {
    /// Says so when paths were named twice or were links to photos already found.
    func noteRepeated(_ discovery: PhotoDiscovery) {
        guard discovery.repeatedPaths > 0 else { return }
        note("\(counted(discovery.repeatedPaths, "path")) led to photos already listed; each photo counts once")
    }
}

extension PhotoOptions {
    /// Why there is no photo to work on, when there is none.
    func nothingRead(_ discovery: PhotoDiscovery) -> String {
        if discovery.files.isEmpty && !discovery.skipped.isEmpty { return "nothing to read" }
        if discovery.files.isEmpty {
            let hint = recursive ? "" : " (subfolders are searched with --recursive)"
            let others = discovery.leftOut.isEmpty ? "" : "; left out: \(discovery.leftOut.text)"
            return "no photos in \(paths.joined(separator: ", "))\(hint)\(others)"
        }
        return "not one of \(counted(discovery.files.count, "file")) could be read as a photo"
    }
}
