import FastPixDiscovery
import FastPixPlumbing
import FastPixStatistics

extension StatisticsReport {
    /// One figure a line: which part of the report, of what, which figure, and its value.
    ///
    /// One form for all parts, so that a spreadsheet or a data frame can filter and pivot it: photos by camera are the
    /// lines whose section is `camera` and whose measure is `photos`.
    public var csv: String {
        var lines = ["section,name,measure,value"]
        func add(_ section: String, _ name: String, _ measures: [(String, String)]) {
            for (measure, value) in measures {
                lines.append([section, CSVText.field(name), measure, CSVText.field(value)].joined(separator: ","))
            }
        }
        add(
            "all", "",
            measures(inventory.all) + [
                ("broken_files", "\(brokenCount)"), ("unsupported_files", "\(unsupportedCount)"),
            ])
        for entry in inventory.formats { add("format", entry.property.rawValue, measures(entry.tally)) }
        for entry in inventory.shapes { add("shape", entry.property.name, measures(entry.tally)) }
        for entry in inventory.bitDepths { add("bit_depth", "\(entry.property)", measures(entry.tally)) }
        for entry in inventory.cameras { add("camera", entry.property.name, measures(entry.tally)) }
        for kind in leftOut { add("left_out", kind.extension, [("files", "\(kind.files)")]) }
        for photo in skipped { add("skipped", photo.path.string, [("reason", photo.reason)]) }
        for channel in moments?.channels ?? [] { add("channel", channel.name, measures(channel)) }
        for histogram in moments?.histograms ?? [] {
            add(
                "histogram", "\(histogram.channel) \(histogram.bitsPerSample)-bit",
                histogram.counts.enumerated().map { ("\($0.offset)", "\($0.element)") })
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func measures(_ tally: PhotoTally) -> [(String, String)] {
        [
            ("photos", "\(tally.photos)"), ("bytes_on_disk", "\(tally.bytesOnDisk)"),
            ("bytes_decoded", "\(tally.bytesDecoded)"),
        ]
    }

    private func measures(_ channel: ChannelMoments) -> [(String, String)] {
        [
            ("photos", "\(channel.photos)"), ("pixels", "\(channel.pixels)"), ("mean", "\(channel.mean)"),
            ("standard_deviation", "\(channel.standardDeviation)"), ("mean_255", "\(channel.meanOf255)"),
            ("standard_deviation_255", "\(channel.standardDeviationOf255)"), ("sum", "\(channel.sum)"),
            ("sum_of_squares", "\(channel.sumOfSquares)"), ("sample_maximum", "\(channel.sampleMaximum)"),
        ]
    }
}
