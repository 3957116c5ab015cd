import ArgumentParser
import FastPix

/// The pictures and arrays of a group's moments, beside the report.
struct MapOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write a picture of the variance, log-scaled, as PNG.", valueName: "file.png"),
        completion: .file(extensions: ["png"]))
    var varianceMap: String?

    @Option(
        help: ArgumentHelp("Write mean.npy and variance.npy (float64) for NumPy.", valueName: "folder"),
        completion: .directory)
    var saveMaps: String?

    @Option(
        help: ArgumentHelp(
            "The form of these maps; may be given several times. (default: npy)",
            discussion:
                "tiff and fits are float32: offset and variance maps as programs of microscopes and telescopes read them.",
            valueName: "npy|tiff|fits"))
    var mapFormat: [MapFormat] = []

    func validate() throws {
        if saveMaps == nil, !mapFormat.isEmpty {
            throw ValidationError("--map-format is the form of what --save-maps writes; give that, too.")
        }
    }

    @Option(
        help: ArgumentHelp("Write sum.npy and sum_of_squares.npy, the exact integers.", valueName: "folder"),
        completion: .directory)
    var saveSums: String?

    /// Throws when an output is called like something that it is not.
    func checkNames() throws(FastPixError) {
        try OutputName.check(varianceMap, "--variance-map", ["png"], "a PNG picture")
        for (folder, option) in [(saveMaps, "--save-maps"), (saveSums, "--save-sums")] {
            try OutputName.refuseStandardOutput(folder, option, "folder")
            try OutputName.checkFolder(folder, option)
        }
    }

    func outputs(overwrites: Bool = false) -> MapOutputs {
        var outputs = MapOutputs(
            variancePicture: varianceMap.map(ArgumentPaths.asGiven), mapsFolder: saveMaps.map(ArgumentPaths.asGiven),
            sumsFolder: saveSums.map(ArgumentPaths.asGiven), overwrites: overwrites)
        var seen: Set<MapFormat> = []
        if !mapFormat.isEmpty { outputs.mapFormats = mapFormat.filter { seen.insert($0).inserted } }
        return outputs
    }
}

extension MapFormat: ExpressibleByArgument {}
