import FastPix
import SystemPackage

/// Which files the options of a command name, by what users call them.
extension DistinctFiles {
    mutating func writes(_ path: String?, _ option: String, isNumbered: Bool = false) throws(FastPixError) {
        guard let path else { return }
        if path == "-", option == "--output" { return }
        try Self.refuseStandardOutput(path, option)
        try writes(ArgumentPaths.asGiven(path), as: option, isNumbered: isNumbered)
    }

    private static func refuseStandardOutput(_ path: String, _ option: String, _ what: String = "file")
        throws(FastPixError)
    {
        guard path == "-" else { return }
        throw FastPixError(
            .contradiction,
            "\(option) needs a \(what): - is standard output, for --output alone (a \(what) called - is ./-)")
    }

    mutating func writes(_ maps: MapOptions) throws(FastPixError) {
        try writes(maps.varianceMap, "--variance-map", isNumbered: true)
        for (folder, option, names) in [
            (maps.saveMaps, "--save-maps", maps.outputs().mapNames),
            (maps.saveSums, "--save-sums", ["sum.npy", "sum_of_squares.npy"]),
        ] {
            guard let folder else { continue }
            try Self.refuseStandardOutput(folder, option, "folder")
            for name in names { try writes(ArgumentPaths.asGiven(folder).appending(name), as: option) }
        }
    }

    mutating func writes(_ exports: [DefectMapExport]) throws(FastPixError) {
        for export in exports where export.format != .rawtherapee {
            try writes(export.path, as: "--export", isNumbered: !export.format.holdsSeveralCameras)
        }
    }
}
