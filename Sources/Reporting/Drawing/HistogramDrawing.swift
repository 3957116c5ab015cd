import FastPixStatistics

/// Histograms as bars, one panel for each channel and depth.
package enum HistogramDrawing {
    private static let bins = 256
    private static let panelHeight = 150.0
    private static let margin = 24.0
    private static let binWidth = 3.0

    /// 256 bars a panel, whose height is the share of the highest; of 16-bit samples 256 values fall in one bar.
    package static func drawing(of histograms: [ChannelHistogram]) -> Drawing {
        let panelWidth = binWidth * Double(bins)
        let pitch = panelHeight + 3.5 * Drawing.lineHeight
        var drawing = Drawing(
            width: Int(panelWidth + 2 * margin), height: Int(margin + pitch * Double(histograms.count)),
            description: "Histograms of the samples: "
                + histograms.map { "\($0.channel) (\($0.bitsPerSample) bits)" }.joined(separator: ", "))
        for (index, histogram) in histograms.enumerated() {
            addPanel(histogram, top: margin + pitch * Double(index), panelWidth: panelWidth, to: &drawing)
        }
        return drawing
    }

    private static func addPanel(
        _ histogram: ChannelHistogram, top: Double, panelWidth: Double, to drawing: inout Drawing
    ) {
        let valuesPerBin = histogram.counts.count / bins
        let counts = (0..<bins).map { bin in
            histogram.counts[bin * valuesPerBin..<(bin + 1) * valuesPerBin].reduce(0, +)
        }
        let highest = Double(max(1, counts.max() ?? 1))
        let samples = Double(max(1, counts.reduce(0, +)))
        let base = top + Drawing.lineHeight + panelHeight
        let highestShare = "highest bar: \((1000 * highest / samples).rounded() / 10) % of the samples"
        drawing.addText(
            "\(histogram.channel), \(histogram.bitsPerSample)-bit", margin, top + Drawing.capitalHeight, .start,
            Drawing.ink)
        drawing.addText(highestShare, margin + panelWidth, top + Drawing.capitalHeight, .end, Drawing.grey)
        drawing.addRectangle(margin, base - panelHeight, panelWidth, panelHeight, Drawing.faint)
        for (bin, count) in counts.enumerated() where count > 0 {
            // Something that occurs shows, however rare it is.
            let height = max(1, panelHeight * Double(count) / highest)
            drawing.addRectangle(
                margin + Double(bin) * binWidth, base - height, binWidth, height, color(histogram.channel))
        }
        let lastValue = histogram.counts.count - 1
        for value in [0, (lastValue + 1) / 4, (lastValue + 1) / 2, 3 * ((lastValue + 1) / 4), lastValue] {
            let x = margin + panelWidth * (Double(value) + 0.5) / Double(histogram.counts.count)
            drawing.addRectangle(x.rounded(), base, 1, 6, Drawing.ink)
            let anchor: Drawing.Anchor = value == 0 ? .start : value == lastValue ? .end : .middle
            drawing.addText("\(value)", x, base + 10 + Drawing.capitalHeight, anchor, Drawing.ink)
        }
    }

    private static func color(_ channel: String) -> RGBColor {
        switch channel {
        case "red": Drawing.vermilion
        case "green": Drawing.green
        case "blue": Drawing.blue
        default: Drawing.grey
        }
    }
}
