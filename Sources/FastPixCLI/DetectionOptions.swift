import ArgumentParser
import FastPix

/// How defects are looked for, in photos and in states.
struct DetectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How little a defect may show. (default: normal)",
            discussion: "low lists strong defects only, high weak and less certain ones, too.",
            valueName: "low|normal|high"))
    var sensitivity: DetectionSensitivity?

    @Option(
        help: ArgumentHelp(
            "Which defects to list, separated by commas. (default: all)",
            valueName: "stuck|dead|hot|low-gain|unstable,..."),
        completion: .list(DefectClasses.allValueStrings))
    var classes: DefectClasses?

    @Option(
        help: ArgumentHelp(
            "What the frames show. (default: auto)",
            discussion: """
                auto tells it from the frames. scenes: photos of different things. darks: lens cap on. flats: an even \
                light. sky: stars.
                """,
            valueName: "auto|scenes|darks|flats|sky"),
        completion: .list(FramesArgument.allValueStrings))
    var frames: FramesArgument?

    @Option(
        help: ArgumentHelp(
            "List only what lies at least this far from its neighbours in the mean, in sample values.",
            valueName: "offset"))
    var above: Double?

    func validate() throws {
        if let above, !(above >= 0 && above.isFinite) {
            throw ValidationError("--above takes 0 or more, in sample values, not \(above).")
        }
    }

    /// Whether something was asked for.
    var isUsed: Bool { sensitivity != nil || classes != nil || frames != nil || above != nil }

    var settings: DetectionSettings {
        DetectionSettings(
            sensitivity: sensitivity ?? .normal, classes: (classes ?? .all).wanted, frames: frames?.kind,
            leastOffset: above)
    }
}
