import FastPixPlatform
import FastPixPlumbing

/// The histogram of the variance as bars. Heights follow log(count + 1), so that a single subpixel still shows.
struct VarianceHistogramChart {
    let histogram: VarianceHistogram

    private static let width = 640.0
    private static let height = 160.0
    private static let left = 8.0

    var html: String {
        let highest = log1p(Double(histogram.counts.max() ?? 0))
        let pitch = Self.width / Double(VarianceHistogram.binCount)
        let bars = histogram.counts.enumerated().filter { $0.element > 0 }.map { bin, count in
            let height = max(2, Self.height * log1p(Double(count)) / max(highest, 1e-9))
            return bar(
                Self.left + Double(bin) * pitch, Self.height - height, pitch - 1, height, counted(count, "subpixel"))
        }
        var labelled = -Double.infinity
        let ticks = histogram.axis.ticks.sorted { $0.fraction < $1.fraction }.compactMap { tick -> String? in
            let x = Self.left + tick.fraction * Self.width
            guard x - labelled > 50 else { return nil }
            labelled = x
            let anchor = tick.fraction < 0.04 ? "start" : tick.fraction > 0.96 ? "end" : "middle"
            return "<line x1=\"\(form(x))\" x2=\"\(form(x))\" y1=\"160\" y2=\"166\"/>"
                + "<text x=\"\(form(x))\" y=\"182\" text-anchor=\"\(anchor)\">\(HTMLText.escaped(tick.label))</text>"
        }
        return """
            <svg class="chart" viewBox="0 0 656 190" role="img" aria-label="Histogram of the variance of all subpixels">
            <line x1="8" x2="648" y1="160" y2="160"/>
            \(bars.joined(separator: "\n"))
            \(ticks.joined(separator: "\n"))
            </svg>
            <p class="soft">Variance from left to right, number of subpixels upwards, both on log scales. A lone bar at the \
            left is what hardly varies.</p>
            """
    }

    private func bar(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ title: String) -> String {
        "<rect x=\"\(form(x))\" y=\"\(form(y))\" width=\"\(form(width))\" height=\"\(form(height))\"><title>\(title)"
            + "</title></rect>"
    }

    private func form(_ value: Double) -> String { String(printf: "%.1f", value) }
}
