import FastPixDetection
import FastPixPlatform
import FastPixPlumbing

/// What the classes and regions mean, for people who do not know the field.
enum PlainWords {
    static func meaning(_ kind: DefectClass) -> String {
        switch kind {
        case .stuck: "Shows nearly the same value whatever is photographed."
        case .dead: "Is black, or nearly black, whatever is photographed."
        case .hot: "Changes as its neighbours do, but is brighter."
        case .lowGain: "Changes as its neighbours do, but is darker."
        case .unstable: "Varies more than its neighbours: it blinks, or jumps between two levels."
        }
    }

    static func meaning(_ kind: ExcludedRegion.Kind) -> String {
        switch kind {
        case .clipped: "white in practically every photo"
        case .letterbox: "black bar"
        case .tooFewPixels: "the frame has too few pixels to tell what is usual among them"
        case .overlay: "the same in all photos: frame, date stamp, watermark"
        case .dust: "a spot larger than a pixel, as dust makes"
        case .blockPattern: "entries in the raster of the compression"
        case .staticScene: "the photos show the same view"
        }
    }

    /// The numbers as a sentence.
    static func comparison(_ defect: Defect) -> String {
        if defect.isLine { return String(printf: "On average %+.1f beside what is next to it.", defect.meanOffset) }
        let shift = defect.mean - defect.neighbourhoodMean
        let brightness = String(
            printf: "On average %.1f, where the pixels around it have %.1f (%+.1f).", defect.mean,
            defect.neighbourhoodMean, shift)
        guard defect.neighbourhoodVariance > 0 else { return brightness }
        let ratio = defect.variance / defect.neighbourhoodVariance
        let variance =
            (0.9...1.1).contains(ratio)
            ? " Varies as much as they do."
            : ratio < 0.1
                ? String(printf: " Varies 1/%.0f as much as they do.", min(9999, 1 / max(ratio, 1e-9)))
                : String(printf: " Varies %.2g times as much as they do.", ratio)
        return brightness + variance
    }

    static func certainty(_ defect: Defect) -> String {
        var text = String(printf: "Confidence %.0f %%.", 100 * defect.confidence)
        if let photos = defect.photosConfirming, let share = defect.signShare {
            text +=
                " Looked at in \(counted(photos, "photo")) one by one: on the same side of its neighbours in "
                + String(printf: "%.0f %% of them.", 100 * share)
        }
        return text
    }

    /// Since when it shows and what makes it grow; empty unless all photos were looked at.
    static func history(_ defect: Defect) -> String {
        guard let history = defect.history else { return "" }
        var sentences: [String] = []
        if let first = history.firstSeen {
            sentences.append(
                first.photosBefore == 0
                    ? "It shows from the first photo on."
                    : "It shows since \(first.time); \(counted(first.photosBefore, "photo")) before that do not have it."
            )
        }
        if let last = history.lastSeen, last.photosAfter > 0 {
            sentences.append(
                "It has healed: it shows until \(last.time); \(counted(last.photosAfter, "photo")) after that do not have it."
            )
        }
        if let share = history.shownShare {
            sentences.append(
                String(
                    printf: "It lies beyond all its neighbours in %.0f %% of the photos that could show it.",
                    100 * share))
        }
        for (dependence, setting) in [
            (history.iso, "more ISO"), (history.exposure, "longer exposure"), (history.temperature, "warmth"),
        ] {
            switch dependence.verdict {
            case .grows: sentences.append("It grows with \(setting).")
            case .shrinks: sentences.append("It shrinks with \(setting).")
            case .steady: sentences.append("It is the same with \(setting).")
            case .notEnoughVariety: break
            }
        }
        return sentences.joined(separator: " ")
    }
}
