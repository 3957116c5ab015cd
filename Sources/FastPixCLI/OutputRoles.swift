import FastPix
import SystemPackage

extension OutputRole {
    /// The option that names it.
    var option: String {
        switch self {
        case .checkpoint: "--checkpoint"
        case .combinedState: "--save-state"
        case .page: "--report"
        case .variancePicture: "--variance-map"
        case .maps: "--save-maps"
        case .sums: "--save-sums"
        }
    }
}

/// Which files the options of a command name, by what users call them.
extension DistinctFiles {
    mutating func writes(_ path: String?, _ option: String) throws(FastPixError) {
        guard let path else { return }
        if path == "-", option == "--output" { return }
        try OutputName.refuseStandardOutput(path, option)
        try writes(ArgumentPaths.asGiven(path), as: option)
    }

    mutating func writes(_ exports: [DefectMapExport]) throws(FastPixError) {
        for export in exports where export.format != .rawtherapee {
            try writes(export.path, as: "--export", isNumbered: !export.format.holdsSeveralCameras)
        }
    }
}
