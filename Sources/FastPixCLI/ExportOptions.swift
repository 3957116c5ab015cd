import ArgumentParser
import FastPix
import Foundation

/// Lists of defects for other programs.
struct ExportOptions: ParsableArguments {
    @Option(
        name: .customLong("export"),
        help: ArgumentHelp(
            "Write the list of defects for another program; may be given several times.",
            discussion: """
                The extension tells the form: .json, .csv, .png (mask), .badpixels (dcraw, LibRaw), .lst (Siril), .txt \
                (PixInsight), .jpegpixi; a folder, with a slash at its end, gets files for RawTherapee.
                """,
            valueName: "file"),
        completion: .file())
    var paths: [String] = []

    @Option(
        name: .customLong("export-format"),
        help: ArgumentHelp(
            "The form of an export, when its name does not tell it; once for each --export.",
            valueName: "form"))
    var formats: [DefectMapFormat] = []

    @Option(
        name: .customLong("export-offset"),
        help: ArgumentHelp(
            "Where the photos' upper left pixel lies in the frame of the raw files. (default: 0,0)",
            discussion: """
                Raw converters count in the raw frame, which has a border that photos from the camera lack; its width \
                depends on the camera. Added to the positions for dcraw, RawTherapee, Siril and PixInsight.
                """,
            valueName: "column,row"))
    var offset: ExportOffset?

    func validate() throws {
        if !formats.isEmpty && formats.count != paths.count {
            throw ValidationError("Give --export-format once for each --export, in the same order, or leave it out.")
        }
        if formats.isEmpty, let path = paths.first(where: { Self.format(of: $0) == nil }) {
            throw ValidationError("The name of \(path) does not tell its form; give it with --export-format.")
        }
        if offset != nil, !exports.contains(where: \.format.countsInRawFrame) {
            throw ValidationError(
                "--export-offset is for positions in raw files: dcraw, RawTherapee, Siril, PixInsight; none is asked for."
            )
        }
    }

    var exports: [DefectMapExport] {
        paths.enumerated().compactMap { index, path in
            guard let format = formats.isEmpty ? Self.format(of: path) : formats[index] else { return nil }
            return DefectMapExport(
                path: path, format: format, columnOffset: offset?.column ?? 0, rowOffset: offset?.row ?? 0)
        }
    }

    private static func format(of path: String) -> DefectMapFormat? {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return .rawtherapee
        }
        return DefectMapFormat(path: path)
    }
}

extension DefectMapFormat: ExpressibleByArgument {}

/// The value of `--export-offset`.
struct ExportOffset: ExpressibleByArgument {
    let column: Int
    let row: Int

    /// Larger than any sensor, and small enough that no sum overflows.
    private static let allowed = -1_000_000...1_000_000

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let column = numbers[0], let row = numbers[1], Self.allowed.contains(column),
            Self.allowed.contains(row)
        else { return nil }
        self.column = column
        self.row = row
    }
}
