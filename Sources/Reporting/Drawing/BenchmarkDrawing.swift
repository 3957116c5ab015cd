import FastPixPerformance
import FastPixPlatform
import FastPixPlumbing

/// Elapsed time against workers: a panel for each job, a line for each set of photos, and what an ideal machine would do.
package enum BenchmarkDrawing {
    private static let panelWidth = 420.0
    private static let panelHeight = 260.0
    private static let leftMargin = 86.0
    private static let gap = 40.0
    private static let columns = 2

    package static func drawing(of report: BenchmarkReport) -> Drawing {
        let jobs = report.series.reduce(into: [String]()) { if !$0.contains($1.job) { $0.append($1.job) } }
        let rows = (jobs.count + columns - 1) / columns
        let pitchX = leftMargin + panelWidth + gap
        let pitchY = panelHeight + 4 * Drawing.lineHeight
        let top = 4.5 * Drawing.lineHeight
        var drawing = Drawing(
            width: Int(pitchX * Double(min(columns, jobs.count))), height: Int(top + pitchY * Double(rows)),
            description: "Elapsed seconds against workers for \(report.groupName): \(jobs.joined(separator: ", "))")
        addLegend(report, to: &drawing)
        for (index, job) in jobs.enumerated() {
            let origin = Drawing.Point(
                x: leftMargin + pitchX * Double(index % columns),
                y: top + pitchY * Double(index / columns) + Drawing.lineHeight)
            addPanel(report.series.filter { $0.job == job }, origin, to: &drawing)
        }
        return drawing
    }

    private static func color(_ set: String) -> RGBColor { set == "small" ? Drawing.vermilion : Drawing.blue }

    private static func addLegend(_ report: BenchmarkReport, to drawing: inout Drawing) {
        let left = leftMargin
        var y = 1.5 * Drawing.lineHeight
        drawing.addText(report.groupName.asciiOnly, left, y, .start, Drawing.ink)
        y += 1.5 * Drawing.lineHeight
        var x = left
        func entry(_ text: String, _ color: RGBColor, dashed: Bool) {
            let middle = y - Drawing.capitalHeight / 2
            drawing.addLine(
                [.init(x: x, y: middle), .init(x: x + 34, y: middle)], color, width: dashed ? 2 : 3, isDashed: dashed)
            if !dashed { drawing.add(.disc(centre: .init(x: x + 17, y: middle), radius: 5, color: color)) }
            drawing.addText(text, x + 42, y, .start, Drawing.ink)
            x += 42 + Double(text.count + 2) * Drawing.characterWidth
        }
        var named: Set<String> = []
        for series in report.series where named.insert(series.set).inserted {
            entry(counted(series.photos, "photo"), color(series.set), dashed: false)
        }
        entry("ideal", Drawing.grey, dashed: true)
    }

    private static func addPanel(
        _ series: [BenchmarkReport.Series], _ origin: Drawing.Point, to drawing: inout Drawing
    ) {
        guard let first = series.first else { return }
        let workers = first.points.map { Double($0.workers) }
        let mostWorkers = max(2, workers.max() ?? 1)
        let longest = series.flatMap { $0.points.compactMap { $0.seconds.max() } }.max() ?? 1
        let step = niceStep(longest / 4)
        let top = max(1, (longest / step).rounded(.up)) * step
        // Half a worker of room at both sides.
        func x(_ workers: Double) -> Double { origin.x + panelWidth * (workers - 0.5) / mostWorkers }
        func y(_ seconds: Double) -> Double { origin.y + panelHeight * (1 - seconds / top) }

        drawing.addText("\(first.title), seconds", origin.x, origin.y - 10, .start, Drawing.ink)
        for tick in 0...Int((top / step).rounded()) {
            let value = Double(tick) * step
            drawing.addLine(
                [.init(x: origin.x, y: y(value)), .init(x: origin.x + panelWidth, y: y(value))], Drawing.faint)
            drawing.addText(
                label(value), origin.x - 8, y(value) + Drawing.capitalHeight / 2, .end, Drawing.ink)
        }
        for count in workers {
            drawing.addText(
                "\(Int(count))", x(count), origin.y + panelHeight + 8 + Drawing.capitalHeight, .middle, Drawing.ink)
        }
        drawing.addText(
            "workers", origin.x + panelWidth, origin.y + panelHeight + 12 + 2.3 * Drawing.capitalHeight, .end,
            Drawing.grey)
        for own in series {
            let serial = own.points[0].medianSeconds
            // The ideal is a curve: drawn through many points, not from one number of workers to the next.
            let ideal = (0...40).map { 1 + (mostWorkers - 1) * Double($0) / 40 }
            addDashedCurve(ideal.map { Drawing.Point(x: x($0), y: y(serial / $0)) }, to: &drawing)
            drawing.addLine(
                own.points.map { .init(x: x(Double($0.workers)), y: y($0.medianSeconds)) }, color(own.set), width: 3)
            for point in own.points {
                let column = x(Double(point.workers))
                // From the quickest to the slowest run.
                drawing.addLine(
                    [.init(x: column, y: y(point.seconds.min()!)), .init(x: column, y: y(point.seconds.max()!))],
                    color(own.set), width: 1.5)
                drawing.add(
                    .disc(centre: .init(x: column, y: y(point.medianSeconds)), radius: 5, color: color(own.set)))
            }
        }
    }

    /// Every other piece of the curve.
    private static func addDashedCurve(_ points: [Drawing.Point], to drawing: inout Drawing) {
        for index in stride(from: 0, to: points.count - 1, by: 2) {
            drawing.addLine([points[index], points[index + 1]], Drawing.grey, width: 2)
        }
    }

    /// 1, 2 or 5 times a power of ten, `wanted` or a little more.
    private static func niceStep(_ wanted: Double) -> Double {
        let power = pow(10, log10(max(wanted, 1e-6)).rounded(.down))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= wanted * (1 - 1e-9) } ?? 10 * power
    }

    private static func label(_ value: Double) -> String {
        let text = String(printf: "%.3f", value)
        let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return value == 0 ? "0" : String(String(short).reversed())
    }
}

extension String {
    /// For the bitmap font: other characters become question marks.
    fileprivate var asciiOnly: String { String(map { $0.isASCII ? $0 : "?" }) }
}
