import ArgumentParser
import FastPix
import SystemPackage

/// The frame of lists of defects that do not tell it.
struct MapFrameOptions: ParsableArguments {
    @Option(
        name: .customLong("map-size"),
        help: ArgumentHelp(
            "The size of the photos that a list is for, when it does not say so; once for all lists, or once for each.",
            discussion: """
                Lists for PixInsight have no place for it, and those of other programs do not name it. A list that says \
                another size is refused.
                """,
            valueName: "widthxheight"))
    var sizes: [FrameSize] = []

    @Option(
        name: .customLong("map-offset"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Where the photos' upper left pixel lies in the frame that a list counts in; likewise.",
            discussion: """
                Raw converters count in the visible frame of a raw file, of which a photo from the camera may lack a \
                border. 0,0 when the list counts in the photos.
                """,
            valueName: "column,row"))
    var offsets: [FrameOffset] = []

    @Option(
        name: .customLong("map-rows"),
        help: ArgumentHelp(
            "Where a list counts its rows from, when it does not say so; likewise. (default: top)",
            discussion:
                "Siril counts those of FITS files from the bottom; its lists for them are refused without this.",
            valueName: "top|bottom"))
    var rowOrigins: [RowOrigin] = []

    /// The lists with what was said of them. Throws when the options are more or fewer than the lists.
    func inputs(_ paths: [FilePath]) throws -> [DefectMapInput] {
        for (name, count) in [
            ("--map-size", sizes.count), ("--map-offset", offsets.count), ("--map-rows", rowOrigins.count),
        ]
        where count > 1 && count != paths.count {
            throw ValidationError("Give \(name) once for all lists, or once for each of them, in the same order.")
        }
        return paths.enumerated().map { index, path in
            DefectMapInput(
                path, size: sizes.count > 1 ? sizes[index] : sizes.first,
                offset: offsets.count > 1 ? offsets[index] : offsets.first,
                rowOrigin: rowOrigins.count > 1 ? rowOrigins[index] : rowOrigins.first)
        }
    }
}

extension RowOrigin: ExpressibleByArgument {}

/// "4000x3000"
extension FrameSize: ExpressibleByArgument {
    package init?(argument: String) {
        let numbers = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
            (1...FrameOffset.largest).contains(width), (1...FrameOffset.largest).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }
}

/// "72,-38"
extension FrameOffset: ExpressibleByArgument {
    /// Larger than any sensor, and small enough that no sum overflows.
    fileprivate static let largest = 1_000_000

    package init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let allowed = -Self.largest...Self.largest
        guard numbers.count == 2, let column = numbers[0], let row = numbers[1], allowed.contains(column),
            allowed.contains(row)
        else { return nil }
        self.init(column: column, row: row)
    }
}
