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
        help: ArgumentHelp("Write sum.npy and sum_of_squares.npy, the exact integers.", valueName: "folder"),
        completion: .directory)
    var saveSums: String?

    func outputs(overwrites: Bool) -> MapOutputs {
        MapOutputs(
            variancePicture: varianceMap.map(ArgumentPaths.asGiven), mapsFolder: saveMaps.map(ArgumentPaths.asGiven),
            sumsFolder: saveSums.map(ArgumentPaths.asGiven), overwrites: overwrites)
    }
}
