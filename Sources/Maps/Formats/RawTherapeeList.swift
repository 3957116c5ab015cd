import FastPixCodecs
import FastPixPlatform

/// `<make> <model> <serial>.badpixels` in RawTherapee's folder of dark frames (without the serial number: for all
/// bodies of the model). The first line is a number that RawTherapee adds to both coordinates; each other one `x y`,
/// 0-based from the top left of the raw frame. Lines that do not begin with two numbers are passed over.
/// Columns and rows are lists of their pixels.
/// Source: `scanBadPixelsFile` and `getBadPixels` in rtengine/dfmanager.cc.
enum RawTherapeeList {
    static func text(_ frame: RawFrame) -> String {
        // The offset is in the positions already, because it may differ between columns and rows.
        (["0"] + frame.comments + frame.positions.map { "\($0.column) \($0.row)" }).joined(separator: "\n") + "\n"
    }

    /// The name RawTherapee looks for; nil when the photos do not name make and model.
    static func fileName(of camera: Camera) -> String? {
        guard let exifMake = camera.make, let exifModel = camera.model else { return nil }
        // The rules of `identify` in dcraw.c, which RawTherapee's decoder follows.
        let make = exifModel.lowercased().hasPrefix("pentax") ? "Pentax" : shortMake(exifMake)
        var model = exifModel
        for prefix in [make + " ", "FinePix ", "Digital Camera "] {
            if model.lowercased().hasPrefix(prefix.lowercased()) { model.removeFirst(prefix.count) }
        }
        let name = ([make, model] + [camera.serial].compactMap { $0 }).joined(separator: " ")
        return name.contains("/") || name.contains("\0") ? nil : name + ".badpixels"
    }

    /// RawTherapee's decoder (dcraw) names makers so, whatever company form the photos give.
    private static let makes = [
        "AgfaPhoto", "Canon", "Casio", "Epson", "Fujifilm", "Mamiya", "Minolta", "Motorola", "Kodak", "Konica",
        "Leica", "Nikon", "Nokia", "Olympus", "Pentax", "Phase One", "Ricoh", "Samsung", "Sigma", "Sinar", "Sony",
    ]

    private static func shortMake(_ make: String) -> String {
        makes.first { make.lowercased().contains($0.lowercased()) } ?? make
    }

    static func entry(_ line: Substring, offset: Int) -> DefectMap.Entry? {
        let numbers = line.split(whereSeparator: \.isWhitespace).map { Int($0) }
        guard numbers.count == 2, let column = numbers[0], let row = numbers[1] else { return nil }
        return DefectMap.Entry(row: row, column: column).moved(rows: offset, columns: offset)
    }
}
