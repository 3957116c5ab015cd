import FastPixBlending
import FastPixPlatform
import FastPixPlumbing

extension BlendReport {
    /// With a final line break.
    public var json: String { JSONText.of(self) }

    /// A few lines for people, with a final line break.
    public var text: String {
        let made =
            counted(totals.images, "image")
            + String(
                printf: ", %.1f megapixels, in %.2f s: %.1f megapixels per second", totals.megapixels,
                timing.totalSeconds, totals.megapixelsPerSecond)
        let left = skipped.isEmpty ? "" : "\n\(counted(skipped.count, "file")) left out, named on stderr"
        return "\(made)\n\(Self.bytes(totals.bytesIn)) read, \(Self.bytes(totals.bytesOut)) written\(left)\n"
    }

    private static func bytes(_ count: Int) -> String {
        count < 1_000_000
            ? String(printf: "%.1f kB", Double(count) / 1e3) : String(printf: "%.1f MB", Double(count) / 1e6)
    }
}

extension BlendPlan {
    /// A line for each image that is to be made, and how many there are, with a final line break.
    public var text: String {
        let lines = jobs.map { job in
            let second: String
            switch job.second {
            case .image(let path): second = " and \(path.string.printable)"
            case .blur(let blur): second = " and its blur of \(blur.size)"
            }
            return "\(job.first.string.printable)\(second) -> \(job.output.string.printable)"
        }
        return (lines + ["\(counted(jobs.count, "image")) would be made, \(counted(skipped.count, "file")) left out"])
            .joined(separator: "\n") + "\n"
    }
}
