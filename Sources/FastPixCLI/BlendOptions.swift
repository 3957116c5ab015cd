import ArgumentParser
import FastPix

/// The formats that images are written in.
extension PhotoFormat: ExpressibleByArgument {
    public static var allValueStrings: [String] { ["jpeg", "png"] }

    public init?(argument: String) {
        switch argument {
        case "jpeg", "jpg": self = .jpeg
        case "png": self = .png
        default: return nil
        }
    }
}
extension BlendPlan.Pairing: ExpressibleByArgument {}

/// The forms in which `fastpix addweighted` tells what it did.
enum SummaryFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, jsonl
}

/// The arithmetic of `fastpix addweighted`.
struct BlendWeightOptions: ParsableArguments {
    // Unconditional: the next word is the value even when it begins with a minus sign.
    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of A.", valueName: "number"))
    var alpha = 0.7

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of B, or of the blurred A.", valueName: "number"))
    var beta = 0.3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Added to each sample: in steps of 1/255 of the range, for 16-bit images of 1/65535.",
            valueName: "number"))
    var gamma = 0.0

    @Option(
        help: ArgumentHelp(
            "Blend A with its own Gaussian blur of this many pixels, odd, 3 to 99.", valueName: "size"))
    var blur: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Standard deviation of the blur in pixels; 0: OpenCV's rule for the size. (default: 0)",
            valueName: "pixels"))
    var sigma: Double?

    var weights: BlendWeights { BlendWeights(alpha: alpha, beta: beta, gamma: gamma) }

    var gaussianBlur: GaussianBlur? { blur.map { GaussianBlur(size: $0, sigma: sigma ?? 0) } }
}

/// Which image goes with which.
struct BlendPairingOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Look into subfolders, too.")
    var recursive = false

    @Option(
        help: ArgumentHelp(
            "How the images of two folders are paired.",
            discussion: """
                name: by their path inside the folder without extension; images without a partner are named and left \
                out. order: first with first, in the order of their paths.
                """,
            valueName: "name|order"))
    var pairBy: BlendPlan.Pairing = .name

    @Flag(
        name: .customLong("resize-b"),
        help: ArgumentHelp(
            "Resize B to the size of A (bilinear). Without it, different sizes are an error."))
    var resizeSecond = false
}

/// What is written, and where.
struct BlendOutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Folder for the images, in which A's subfolders are repeated; for one image also a file, or - for standard output.",
            valueName: "path"),
        completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp(
            "Format of the images. (default: that of A, or of the output's name)", valueName: "png|jpeg"))
    var format: PhotoFormat?

    @Option(help: ArgumentHelp("Quality of JPEG files, 1 to 100.", valueName: "number"))
    var quality = EncodingSettings.defaultQuality

    @Option(
        help: ArgumentHelp("Compression of PNG files, 0 (none) to 9 (smallest, slowest).", valueName: "level"))
    var pngLevel = EncodingSettings.defaultPNGLevel

    @Option(
        help: ArgumentHelp("Put between a file's name and its extension, for example _soft.", valueName: "text"))
    var suffix = ""

    @Flag(help: "Replace files that exist already, inputs too.")
    var overwrite = false

    @Option(
        help: ArgumentHelp(
            "Form of the summary on stdout. jsonl: an object a line, for each image when it is done.",
            valueName: "text|json|jsonl"))
    var summary: SummaryFormat = .text

    @Flag(name: .shortAndLong, help: "No progress, notes or text summary; errors still are, and so is JSON.")
    var quiet = false

    /// `stream`: where the one image is made that goes to stdout.
    func naming(_ stream: StandardOutputPicture? = nil) -> BlendNaming {
        BlendNaming(
            output: stream?.path ?? ArgumentPaths.asGiven(output), isFolder: output.hasSuffix("/"), suffix: suffix,
            format: format)
    }
    var encoding: EncodingSettings { EncodingSettings(quality: quality, pngLevel: pngLevel) }
}
