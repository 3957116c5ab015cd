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
        name: .customLong("export-offset"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Where the photos' upper left pixel lies in the frame of the raw files. (default: 0,0)",
            discussion: """
                Once for all exports, or once for each --export, in the same order. Raw converters count in the raw \
                frame, which has a border that photos from the camera lack; its width depends on the camera and on the \
                program. Added to the positions for dcraw, RawTherapee, Siril and PixInsight.
                """,
            valueName: "column,row"))
    var offsets: [FrameOffset] = []

    func validate() throws {
        if !formats.isEmpty && formats.count != paths.count {
            throw ValidationError("Give --export-format once for each --export, in the same order, or leave it out.")
        }
        if formats.isEmpty, let path = paths.first(where: { Self.format(of: $0) == nil }) {
            throw ValidationError("The name of \(path) does not tell its form; give it with --export-format.")
        }
        for (path, format) in zip(paths, formats) { try OutputName.checkExport(path, format) }
        if offsets.count > 1 && offsets.count != paths.count {
            throw ValidationError(
                "Give --export-offset once for all exports, or once for each --export, in the same order.")
        }
        if !offsets.isEmpty, !exports().contains(where: \.format.countsInRawFrame) {
            throw ValidationError(
                "--export-offset is for positions in raw files: dcraw, RawTherapee, Siril, PixInsight; none is asked for."
            )
        }
        if offsets.count > 1,
            let export = zip(exports(), offsets).first(where: { !$0.format.countsInRawFrame && $1 != FrameOffset() })?.0
        {
            throw ValidationError(
                "\(export.path) counts in the photos' own frame; give 0,0 as its --export-offset.")
        }
    }

    func exports(overwrites: Bool = false) -> [DefectMapExport] {
        paths.enumerated().compactMap { index, path in
            guard let format = formats.isEmpty ? Self.format(of: path) : formats[index] else { return nil }
            let offset = (offsets.count > 1 ? offsets[index] : offsets.first) ?? FrameOffset()
            return DefectMapExport(
                path: ArgumentPaths.asGiven(path), format: format, columnOffset: offset.column, rowOffset: offset.row,
                overwrites: overwrites)
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
