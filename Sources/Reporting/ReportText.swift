import FastPixAccumulation
import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixMaps
import FastPixPlatform
import FastPixPlumbing

extension HotPixelsReport {
    /// The report in one of its forms, with a final line break.
    package func formatted(_ format: ReportFormat) -> String {
        switch format {
        case .text: text
        case .json: json
        case .jsonl: lines
        case .csv: csv
        }
    }

    /// With a final line break.
    public var json: String { JSONText.of(self) }

    // MARK: CSV

    /// One line per subpixel of lowest variance and then one per defect, for all groups. Only defects have a class, a shape and
    /// pixels ("row:column", separated by blanks). `judged_share`: of the group's frame; empty when nothing was judged.
    public var csv: String {
        var lines = [
            "make,model,serial,width,height,channels,bits_per_sample,frames,rank,row,column,channel,mean,variance,m2,"
                + "class,confidence,neighbourhood_mean,neighbourhood_variance,\(DefectTable.shapeColumns),judged_share"
        ]
        for group in groups {
            let camera = [group.camera.make, group.camera.model, group.camera.serial].map { CSVText.field($0 ?? "") }
            let shape = group.shape
            let judgedShare = group.detection.map { "\($0.judgedShare)" } ?? ""
            let counts = [shape.width, shape.height, shape.channels, shape.bitsPerSample, group.frames]
            for (index, subpixel) in group.summary.lowest.enumerated() {
                let position = [index + 1, subpixel.row, subpixel.column, subpixel.channel]
                let values = ["\(subpixel.mean)", subpixel.variance.map { "\($0)" } ?? "", "\(subpixel.m2)"]
                let fields =
                    camera + (counts + position).map(String.init) + values
                    + [String](repeating: "", count: 10) + [judgedShare]
                lines.append(fields.joined(separator: ","))
            }
            for (index, defect) in (group.detection?.defects ?? []).enumerated() {
                let position = [index + 1, defect.row, defect.column, defect.channel]
                let moments = [defect.mean, defect.variance, defect.variance * Double(group.frames - 1)]
                let judgement = [defect.confidence, defect.neighbourhoodMean, defect.neighbourhoodVariance]
                let fields =
                    camera + (counts + position).map(String.init) + moments.map { "\($0)" } + [defect.class.rawValue]
                    + judgement.map { "\($0)" } + DefectTable.shapeFields(defect) + [judgedShare]
                lines.append(fields.joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Text

    /// Tables for people, with a final line break.
    public var text: String {
        (groups.map(text(of:)) + [summaryText]).joined(separator: "\n")
    }

    private func text(of group: Group) -> String {
        let summary = group.summary
        let extremes = TextTable(
            columns: [.left("Variance"), .right(""), .right("row"), .right("column"), .left("channel")],
            rows: [
                ["lowest", number(summary.minimum.variance)] + position(summary.minimum, group),
                ["mean", number(summary.meanVariance), "", "", ""],
                ["highest", number(summary.maximum.variance)] + position(summary.maximum, group),
            ])
        var parts = ["\(group.name), \(counted(group.frames, "photo"))"]
        if let sensitivity = settings.sensitivity { parts.append(detectionText(of: group, at: sensitivity)) }
        parts.append(extremes.text)
        if !summary.lowest.isEmpty {
            let lowest = TextTable(
                columns: [
                    .right("rank"), .right("row"), .right("column"), .left("channel"), .right("mean"),
                    .right("variance"),
                ],
                rows: summary.lowest.enumerated().map { index, subpixel in
                    ["\(index + 1)"] + position(subpixel, group)
                        + [number(subpixel.mean), number(subpixel.variance)]
                })
            parts.append("Subpixels of lowest variance\n" + lowest.text)
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func position(_ subpixel: SubpixelMoments, _ group: Group) -> [String] {
        ["\(subpixel.row)", "\(subpixel.column)", group.channelNames[subpixel.channel]]
    }

    private func number(_ value: Double?) -> String {
        value.map(TextTable.number) ?? "undefined"
    }

    private var summaryText: String {
        let frames = groups.reduce(0) { $0 + $1.frames }
        let seconds = timing
        let others = leftOut.isEmpty ? "" : "\nLeft out: \(leftOut.text)"
        return """
            \(counted(frames, "photo")) in \(counted(groups.count, "group")), \(skipped.count) skipped.\(others)
            Wall time: \(duration(seconds.totalSeconds)) with \(counted(settings.workers, "worker")): \
            headers \(duration(seconds.probeSeconds)), decoding \(duration(seconds.decodeSeconds)),
            accumulating \(duration(seconds.accumulateSeconds)), \
            waiting \(duration(seconds.waitSeconds + seconds.idleSeconds)), \
            analysis \(duration(seconds.analysisSeconds)).
            Peak memory \(peakMemoryBytes / 1_048_576) MiB.

            """
    }

    private func duration(_ seconds: Double) -> String { String(printf: "%.2f s", seconds) }
}
