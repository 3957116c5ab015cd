import FastPixPerformance
import FastPixPlatform
import FastPixPlumbing

extension TuningReport {
    /// The measurements in one of the report's forms, with a final line break.
    package func formatted(_ format: ReportFormat) -> String {
        switch format {
        case .text: text
        case .json: JSONText.of(self)
        case .jsonl: JSONText.line(of: self)
        case .csv: csv
        }
    }

    private var csv: String {
        let lines = measurements.map { measurement in
            "\(measurement.batch),\(measurement.tileSamples),\(measurement.rowsPerStrip),\(measurement.seconds),"
                + "\(measurement.ratioToBest),\(measurement.isDefault)"
        }
        return (["batch,tile_samples,rows_per_strip,seconds,ratio_to_best,is_default"] + lines).joined(separator: "\n")
            + "\n"
    }

    private var text: String {
        let table = TextTable(
            columns: [
                .right("batch"), .right("tile"), .right("rows"), .right("seconds"), .right("slower by"), .left(""),
            ],
            rows: measurements.map { measurement in
                let percent = (measurement.ratioToBest - 1) * 100
                let bar = String(repeating: "#", count: min(Self.longestBar, max(0, Int(percent.rounded()))))
                let remarks = [measurement.isBest(of: self) ? "best" : nil, measurement.isDefault ? "default" : nil]
                return [
                    "\(measurement.batch)", "\(measurement.tileSamples)", "\(measurement.rowsPerStrip)",
                    String(printf: "%.3f", measurement.seconds), String(printf: "%.1f %%", percent),
                    ([bar] + remarks.compactMap { $0 }).filter { !$0.isEmpty }.joined(separator: " "),
                ]
            })
        return """
            \(groupName):
            \(counted(photos, "photo")), \(counted(workers, "worker")), median of \(counted(runs, "run")); \
            one # for each per cent above the best

            \(table.text)

            Best here: --batch \(best.batch) --tile \(best.tileSamples)
            The default (--batch \(standard.batch), tile \(standard.tileSamples)) takes \
            \(String(printf: "%.3f", standard.ratioToBest)) times as long.

            """
    }

    /// So that the lines fit the page.
    private static let longestBar = 30
}

extension TuningReport.Measurement {
    fileprivate func isBest(of outcome: TuningReport) -> Bool {
        batch == outcome.best.batch && tileSamples == outcome.best.tileSamples
    }
}
