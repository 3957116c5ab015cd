import FastPixCodecs
import FastPixPlumbing
import SystemPackage

/// The forms in which drawings are written, told by the file's name.
package enum DrawingFormat: String, Sendable, CaseIterable {
    case png, svg

    /// Throws when the name ends in neither.
    package init(path: String) throws(FastPixError) {
        guard let known = Self.allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) }) else {
            throw FastPixError(
                .invalidArgument, path: path, "pictures are PNG or SVG; give a name that ends in .png or .svg")
        }
        self = known
    }
}

/// A picture to be written when there is something to draw. It appears when it is complete.
package struct PictureFile: Sendable {
    package let path: FilePath
    private let format: DrawingFormat
    private let overwrites: Bool

    /// Sees whether the file can be written, before the work starts. Throws when it cannot, when its name is of no known
    /// form, and, unless it `overwrites`, when it is there already.
    package init(_ path: FilePath, overwrites: Bool = true) throws(FastPixError) {
        self.path = path
        self.overwrites = overwrites
        format = try DrawingFormat(path: path.string)
        StagedFile.removeAbandoned(targets: [path])
        _ = try StagedFile(target: path, replacing: overwrites)
    }

    package func write(_ drawing: Drawing) throws(FastPixError) {
        var file = try StagedFile(target: path, replacing: overwrites)
        switch format {
        case .svg: try file.write(drawing.svg)
        case .png: try Self.writePNG(drawing, to: &file, path: path)
        }
        try file.commit()
    }

    private static func writePNG(_ drawing: Drawing, to file: inout StagedFile, path: FilePath) throws(FastPixError) {
        let result: Result<Void, FastPixError> = withUnsafeMutablePointer(to: &file) { pointer in
            Result { () throws(FastPixError) in
                let png = try PNGOutput(
                    file: pointer, path: path, width: drawing.width, height: drawing.height,
                    description: drawing.description)
                for row in DrawingCanvas(drawing).rows { try png.write(row: row) }
                try png.finish()
            }
        }
        try result.get()
    }
}
