import FastPixDiscovery
import FastPixFrames
import FastPixPlatform
import FastPixPlumbing
import FastPixStatistics

extension StatisticsReport {
    /// The report in one of its forms, with a final line break.
    package func formatted(_ format: ReportFormat) -> String {
        switch format {
        case .text: text
        case .json: json
        case .jsonl: JSONText.line(of: self)
        case .csv: csv
        }
    }

    /// With a final line break.
    public var json: String { JSONText.of(self) }

    /// Tables for people, with a final line break.
    public var text: String {
        var parts = [headline]
        if inventory.all.photos > 0 {
            parts.append(table("format", inventory.formats) { $0.rawValue.uppercased() })
            parts.append(table("frame", inventory.shapes, \.name))
            parts.append(table("depth", inventory.bitDepths) { "\($0)-bit" })
            parts.append(table("camera", inventory.cameras, \.name))
        }
        if let moments { parts.append(text(of: moments)) }
        if !copies.isEmpty { parts.append(copiesText) }
        if !leftOut.isEmpty { parts.append("Left out: \(leftOut.text)") }
        parts.append(closing)
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var copies: [SkippedPhoto] { skipped.filter { $0.copyOf != nil } }

    private var copiesText: String {
        let shown = copies.count > Self.longestTable + 1 ? Self.longestTable : copies.count
        let lines = copies.prefix(shown).map { "  \($0.path.string.printable) is \($0.copyOf!.string.printable)" }
        let more = copies.count - shown
        let title = "\(counted(copies.count, "file")) with the content of another photo, which counts once:"
        let rest = more > 0 ? ["  and \(more) more; JSON and CSV list them all"] : []
        return ([title] + lines + rest).joined(separator: "\n")
    }

    private var headline: String {
        let found =
            "\(counted(inventory.all.photos, "photo")), \(size(inventory.all.bytesOnDisk)) on disk, "
            + "\(size(inventory.all.bytesDecoded)) decoded;"
        let others =
            counted(brokenCount, "broken file")
            + (unsupportedCount == 0 ? "" : ", \(unsupportedCount) of kinds that are not read")
        let fits = found.count + 1 + others.count <= TextTable.pageColumns
        return fits ? "\(found) \(others)" : "\(found.wrapped)\n\(others)"
    }

    /// Files that look like photos and are none, or damaged ones.
    public var brokenCount: Int { skipped.count { $0.isFailure && !$0.isUnsupported } }
    /// Sound ones of kinds that are not read, or not for what was asked: JPEGs with four inks, floating-point samples.
    public var unsupportedCount: Int { skipped.count(where: \.isUnsupported) }

    private func table<Property>(
        _ title: String, _ entries: [PhotoInventory.Entry<Property>], _ name: (Property) -> String
    ) -> String {
        let shown = entries.count > Self.longestTable + 1 ? Self.longestTable : entries.count
        func made(with size: (Int) -> String) -> TextTable {
            TextTable(
                columns: [.left(title), .right("photos"), .right("on disk"), .right("decoded")],
                rows: entries.prefix(shown).map { entry in
                    [
                        name(entry.property).printable, "\(entry.tally.photos)", size(entry.tally.bytesOnDisk),
                        size(entry.tally.bytesDecoded),
                    ]
                })
        }
        // Megabytes alone where the page would be too narrow for mebibytes, too.
        let full = made(with: size)
        let table = full.fits ? full : made { String(printf: "%.2f MB", Double($0) / 1e6) }
        let more = entries.count - shown
        return table.text + (more > 0 ? "\n  and \(more) more; JSON and CSV list them all" : "")
    }

    private static let longestTable = 20

    /// Megabytes are 10^6 bytes, mebibytes 2^20.
    private func size(_ bytes: Int) -> String {
        String(printf: "%.2f MB (%.2f MiB)", Double(bytes) / 1e6, Double(bytes) / 1_048_576)
    }

    // MARK: Moments

    private func text(of moments: Moments) -> String {
        guard !moments.channels.isEmpty else { return "No mean and standard deviation: no photo could be decoded." }
        let table = TextTable(
            columns: [
                .left("channel"), .right("photos"), .right("pixels"), .right("mean of 1"), .right("std of 1"),
                .right("mean of 255"), .right("std of 255"),
            ],
            rows: moments.channels.map { channel in
                ["\(channel.name)", "\(channel.photos)", "\(channel.pixels)"]
                    + [channel.mean, channel.standardDeviation].map { String(printf: "%.6f", $0) }
                    + [channel.meanOf255, channel.standardDeviationOf255].map { String(printf: "%.4f", $0) }
            })
        var parts = ["\(weighting(moments)); \(unit(moments))".wrapped, table.text]
        let colours = moments.channels.filter { $0.name != "grey" }
        if !colours.isEmpty {
            parts.append(
                "  mean=[\(list(colours.map(\.mean)))], std=[\(list(colours.map(\.standardDeviation)))]")
        }
        return parts.joined(separator: "\n\n")
    }

    private func weighting(_ moments: Moments) -> String {
        moments.weight == .pixel ? "Every pixel weighs alike" : "Every photo weighs alike"
    }

    /// What 1 stands for.
    private func unit(_ moments: Moments) -> String {
        switch Set(moments.channels.flatMap(\.bitsPerSample)) {
        case [8]: "samples are divided by 255"
        case [16]: "16-bit samples are divided by 65535"
        default: "8-bit samples are divided by 255, 16-bit samples by 65535"
        }
    }

    private func list(_ values: [Double]) -> String {
        values.map { String(printf: "%.4f", $0) }.joined(separator: ", ")
    }

    private var closing: String {
        let memory = "Peak memory \(peakMemoryBytes / 1_048_576) MiB."
        // Merged states: no photo was read.
        guard timing.probeSeconds > 0 || timing.decodeSeconds > 0 else {
            return String(printf: "Wall time: %.2f s. ", timing.totalSeconds) + memory
        }
        let seconds =
            String(printf: "headers %.2f s", timing.probeSeconds)
            + (settings.decoded ? String(printf: ", decoding %.2f s", timing.decodeSeconds) : "")
        return "Wall time: \(seconds) with \(counted(settings.workers, "worker")). " + memory
    }
}

extension FrameShape {
    /// "4000 x 3000, 8-bit RGB"
    var name: String { "\(width) x \(height), \(samples())" }
}
