import FastPixPerformance
import FastPixPlatform
import FastPixPlumbing

extension BenchmarkReport {
    /// The measurements in one of the report's forms, with a final line break.
    package func formatted(_ format: ReportFormat) -> String {
        switch format {
        case .text: text
        case .json: JSONText.of(self)
        case .jsonl: JSONText.line(of: self)
        case .csv: csv
        }
    }

    /// Whether every job gave the same result with every number of workers, every time.
    package var resultsAgree: Bool { series.allSatisfy(\.resultsAgree) }

    private var csv: String {
        var lines = [
            "job,set,photos,workers,median_seconds,minimum_seconds,maximum_seconds,photos_per_second,speed_up,efficiency,"
                + "processor_seconds,peak_memory_bytes,page_faults,results_agree"
        ]
        for own in series {
            for point in own.points {
                let numbers = [
                    point.medianSeconds, point.seconds.min()!, point.seconds.max()!, own.photosPerSecond(point),
                    own.speedUp(point), own.efficiency(point), point.processorSeconds.median,
                ]
                let fields =
                    [own.job, own.set, "\(own.photos)", "\(point.workers)"] + numbers.map { "\($0)" }
                    + ["\(point.peakMemoryBytes)", "\(Int(point.pageFaults.map(Double.init).median))"]
                lines.append((fields + ["\(own.resultsAgree)"]).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var text: String {
        ([headline] + series.map(text(of:)) + [closing]).joined(separator: "\n\n") + "\n"
    }

    private var headline: String {
        "\(groupName), \(settings.processors) processors;\n"
            + "medians of \(counted(settings.runs, "run")) after a warm-up, each a process of its own"
    }

    private func text(of own: Series) -> String {
        let table = TextTable(
            columns: [
                .right("workers"), .right("seconds"), .right("least"), .right("most"), .right("photos/s"),
                .right("speed-up"), .right("effic."), .right("CPU s"), .right("peak MB"), .right("faults"),
            ],
            rows: own.points.map { point in
                [
                    "\(point.workers)", decimal(point.medianSeconds, 3), decimal(point.seconds.min()!, 3),
                    decimal(point.seconds.max()!, 3), decimal(own.photosPerSecond(point), 1),
                    decimal(own.speedUp(point), 2), decimal(100 * own.efficiency(point), 0) + " %",
                    decimal(point.processorSeconds.median, 2), decimal(Double(point.peakMemoryBytes) / 1e6, 0),
                    "\(Int(point.pageFaults.map(Double.init).median))",
                ]
            })
        let verdict = own.resultsAgree ? "same result in every run" : "RESULTS DIFFER BETWEEN RUNS"
        return
            "\(own.title), \(own.set) set of \(counted(own.photos, "photo")): \(verdict)\n(\(own.command))\n\(table.text)"
    }

    /// A first pass that took much longer than these read from the disk.
    private var laterPasses: String {
        let decoding = series.last { $0.job == "decode" }?.points.last { $0.workers <= settings.processors }
        guard let decoding else { return "" }
        return ", later ones \(decimal(decoding.medianSeconds, 3)) s with \(counted(decoding.workers, "worker"))"
    }

    private func decimal(_ value: Double, _ digits: Int) -> String { String(printf: "%.\(digits)f", value) }

    private var closing: String {
        let before = cache.residentBefore.map { String(printf: "%.0f %% of the photos' pages", 100 * $0) }
        let after = cache.residentAfter.map { String(printf: ", %.0f %% at the end", 100 * $0) } ?? ""
        let known = before.map { "\($0) were cached before the first read\(after)." }
        return (known ?? "The system does not tell whether the photos were in the page cache.")
            + String(printf: "\nThe first pass over them took %.3f s", cache.firstPassSeconds) + laterPasses + "."
    }
}
