import ArgumentParser
import FastPix
import SystemPackage

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Draws what photos have at a place of the sensor, enlarged.",
        usage: "fastpix show [<options>] <report> <row> <column> --output <file>",
        discussion: """
            Reads a JSON result of fastpix hotpixels and up to 25 of the photos that it names, and draws the 25 x 25 pixels \
            around a place: their mean, stretched, their variance, dark where it is low, and five of the photos as they are.

            Example:
              fastpix hotpixels my-photos/ --output report.json
              fastpix show report.json 889 355 --output crop.png
            """)

    @Argument(help: "A JSON result of fastpix hotpixels.", completion: .file(extensions: ["json"]))
    var report: String

    @Argument(help: "Row of the pixel, from 0 at the top.")
    var row: Int

    @Argument(help: "Column of the pixel, from 0 at the left.")
    var column: Int

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Where the picture goes, PNG or SVG; - is standard output, as PNG.", valueName: "file.png|svg"),
        completion: .file(extensions: ["png", "svg"]))
    var output: String

    @Option(
        help: ArgumentHelp("Number of the report's group. (default: the first that has the place)", valueName: "number")
    )
    var group: Int?

    @Flag(help: "Replace the picture if it is there already. Photos that are read are never replaced.")
    var overwrite = false

    @Flag(name: .shortAndLong, help: "No notes on stderr; errors still are.")
    var quiet = false

    @Option(help: ArgumentHelp("Leave out photos of more pixels than this; 0 takes any.", valueName: "pixels"))
    var maxPixels = AccumulationSettings.defaultMaximumPixels

    func validate() throws {
        try validating { () throws(FastPixError) in if output != "-" { _ = try DrawingFormat(path: output) } }
    }

    func run() throws {
        let console = Console(isQuiet: quiet)
        try console.reportingErrors { () throws(FastPixError) in
            let path = ArgumentPaths.asGiven(report)
            var files = DistinctFiles()
            files.reads(path, as: "the report")
            try files.writes(output, "--output")
            let stream = try StandardOutputPicture(output)
            let target = stream.map { FilePath($0.path.string + ".png") } ?? ArgumentPaths.asGiven(output)
            let picture = try PictureFile(target, overwrites: overwrite)
            let shown = try PlacePicture(
                report: path, row: row, column: column, group: group, maximumPixels: maxPixels
            ).draw()
            console.skipped(shown.skipped)
            try picture.write(shown.drawing)
            try stream?.send(target)
            console.note("\(output): mean and variance of \(counted(shown.photos, "photo"))")
            return shown.skipped.isEmpty ? .success : .someFilesFailed
        }
    }
}
