import FastPix
import SystemPackage

extension Console {
    /// Says so when paths were named twice or were links to photos already found.
    func noteRepeated(_ paths: Int) {
        guard paths > 0 else { return }
        note("\(counted(paths, "path")) led to photos already listed; each photo counts once")
    }

    /// Says how many sound photos were left out, reason by reason: copies, groups that are too small.
    func noteUnwanted(_ skipped: [SkippedPhoto]) {
        let unwanted = Dictionary(grouping: skipped.filter { !$0.isFailure }, by: \.reason)
        for (reason, photos) in unwanted.sorted(by: { $0.key < $1.key }) {
            note("\(counted(photos.count, "photo")) left out: \(reason)")
        }
    }
}

extension Console {
    /// Says so when the folder for outputs was left out of the inputs.
    func noteLeftOut(_ folder: FilePath?) {
        guard let folder else { return }
        note("\(folder): the output folder lies among the inputs and was left out of them")
    }

    /// Names pictures that no command reads, and what their owner can do.
    func noteNotRead(_ files: [LeftOutFiles]) {
        guard !files.isEmpty else { return }
        note("left out: \(files.text)")
    }
}

extension PhotoOptions {
    /// Why there is no photo to work on, when there is none.
    func nothingRead(_ discovery: PhotoDiscovery) -> String {
        if discovery.files.isEmpty && !discovery.skipped.isEmpty { return "nothing to read" }
        if discovery.files.isEmpty {
            let hint = recursive ? "" : " (subfolders are searched with --recursive)"
            let others = discovery.leftOut.isEmpty ? "" : "; left out: \(discovery.leftOut.text)"
            let selected = discovery.unselected > 0 ? "; not selected: \(counted(discovery.unselected, "file"))" : ""
            let places = (paths + selecting.filesFrom.map { $0 == "-" ? "standard input" : $0 }).joined(separator: ", ")
            return "no photos in \(places)\(paths.isEmpty ? "" : hint)\(others)\(selected)"
        }
        return discovery.files.count == 1
            ? "the file could not be used; the line above says why"
            : "not one of \(discovery.files.count) files could be used; the lines above say why"
    }
}
