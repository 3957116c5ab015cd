import SystemPackage

/// Pictures that no build reads, by their names, and what their owners can do.
enum OtherPictureFormats {
    /// A phrase; nil for names of no such picture.
    static func wayOut(_ path: FilePath) -> String? {
        path.extension.flatMap { byExtension[$0.lowercased()] }
    }

    private static let byExtension: [String: String] = {
        let ways: [String: [String]] = [
            "convert to TIFF or PNG, as heif-convert and ImageMagick do": ["heic", "heif", "hif", "avif"],
            "convert to TIFF or PNG, as dwebp and ImageMagick do": ["webp"],
            "convert to TIFF or PNG, as djxl does": ["jxl"],
            "convert to TIFF or PNG, as ImageMagick does": [
                "bmp", "gif", "jp2", "j2k", "jpf", "pbm", "pgm", "ppm", "pnm", "pam", "psd", "psb", "tga", "exr", "hdr",
                "xcf",
                "jpx", "jxr", "dpx",
            ],
            "convert to DNG, as Adobe's DNG Converter does, or to TIFF": [
                "x3f", "gpr", "rwz", "bay", "cap", "eip", "ari",
            ],
            "convert to FITS or TIFF, as Siril and PixInsight do": ["ser", "xisf", "asdf"],
            "take the frames out as PNG or TIFF, as ffmpeg does": [
                "mp4", "mov", "avi", "mkv", "mts", "m2ts", "m4v", "mxf", "crm",
            ],
        ]
        return Dictionary(uniqueKeysWithValues: ways.flatMap { way, names in names.map { ($0, way) } })
    }()
}
