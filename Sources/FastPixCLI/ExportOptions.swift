import ArgumentParser
import FastPix
import FastPixPlatform

/// Lists of defects for other programs.
struct ExportOptions: ParsableArguments {
    @Option(
        name: .customLong("export"),
        help: ArgumentHelp(
            "Write the list of defects for another program; may be given several times.",
            discussion: """
                The extension tells the form: .json, .csv, .png, .tif, .fits (masks), .badpixels (dcraw, LibRaw), .lst (Siril), .txt \
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
            "Where the photos' upper left pixel lies in the visible frame of the raw files.",
            discussion: """
                Once for all exports, or once for each --export, in the same order. Raw converters count in the visible \
                frame of raw files, without the sensor's masked border; photos from the camera may show less of it. Added \
                to the positions for dcraw, RawTherapee, Siril and PixInsight. Lists found on raw files need none. \
                (default: what --raw-sample says, else 0,0)
                """,
            valueName: "column,row"))
    var offsets: [FrameOffset] = []

    @Option(
        help: ArgumentHelp(
            "A raw file of the camera that took the photos: tells --export-offset.",
            discussion: "It must say where pictures of the photos' size lie in its visible frame, or have that size.",
            valueName: "file"),
        completion: .file())
    var rawSample: String?

    func validate() throws {
        if paths.contains("-") {
            throw ValidationError(
                "--export needs a file: - is standard output, for --output alone (a file called - is ./-).")
        }
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
        if rawSample != nil, !offsets.isEmpty {
            throw ValidationError("--raw-sample and --export-offset say the same thing; leave one of them out.")
        }
        if rawSample != nil, !forms.contains(where: \.countsInRawFrame) {
            throw ValidationError(
                "--raw-sample is for positions in raw files: dcraw, RawTherapee, Siril, PixInsight; none is asked for.")
        }
        if !offsets.isEmpty, !forms.contains(where: \.countsInRawFrame) {
            throw ValidationError(
                "--export-offset is for positions in raw files: dcraw, RawTherapee, Siril, PixInsight; none is asked for."
            )
        }
        if offsets.count > 1,
            let index = zip(forms, offsets).enumerated().first(where: {
                !$0.element.0.countsInRawFrame && $0.element.1 != FrameOffset()
            })?.offset
        {
            throw ValidationError(
                "\(paths[index]) counts in the photos' own frame; give 0,0 as its --export-offset.")
        }
    }

    /// One for each path, once `validate` has passed.
    private var forms: [DefectMapFormat] { formats.isEmpty ? paths.compactMap(Self.format) : formats }

    /// Enters what the exports read.
    func enterInputs(in files: inout DistinctFiles) {
        if let rawSample { files.reads(ArgumentPaths.asGiven(rawSample), as: "--raw-sample") }
    }

    /// Throws when the raw sample cannot be read.
    func exports(overwrites: Bool = false) throws(FastPixError) -> [DefectMapExport] {
        let sample = try rawSample.map { path throws(FastPixError) in try RawSample(ArgumentPaths.asGiven(path)) }
        return zip(paths, forms).enumerated().map { index, export in
            DefectMapExport(
                path: ArgumentPaths.asGiven(export.0), format: export.1,
                offset: offsets.count > 1 ? offsets[index] : offsets.first, rawSample: sample, overwrites: overwrites)
        }
    }

    private static func format(of path: String) -> DefectMapFormat? {
        var information = stat()
        if stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR { return .rawtherapee }
        return DefectMapFormat(path: path)
    }
}

extension DefectMapFormat: ExpressibleByArgument {}
