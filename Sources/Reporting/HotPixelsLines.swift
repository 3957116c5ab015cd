import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixMaps
import FastPixPlumbing

extension HotPixelsReport {
    /// The report as JSON Lines: an object a line, told apart by `record`: one `report`, then for each group a `group` and
    /// its `defect`s, then each `skipped` file, each `odd` one that counts, and each `warning`. A program takes in a line at a
    /// time.
    var lines: String {
        var lines = [RecordLine.text("report", Head(self))]
        for group in groups {
            lines.append(RecordLine.text("group", GroupHead(group)))
            for defect in group.detection?.defects ?? [] {
                lines.append(
                    RecordLine.text(
                        "defect", GroupNumber(group: group.number),
                        SensorDefect(defect, in: group.shape, of: group.sensorFrame)))
            }
        }
        lines += skipped.map { RecordLine.text("skipped", $0) }
        lines += oddPhotos.map { RecordLine.text("odd", $0) }
        lines += warnings.map { RecordLine.text("warning", $0) }
        return lines.joined()
    }

    private struct Head: Encodable {
        let schema = "fastpix.hotpixels-lines/1"
        let version: String
        let settings: Settings
        let groups: Int
        let skipped: Int
        let selection: SelectionReport
        let failed: Bool

        init(_ report: HotPixelsReport) {
            version = report.version
            settings = report.settings
            groups = report.groups.count
            skipped = report.skipped.count
            selection = report.selection
            failed = report.failed
        }
    }

    /// What is known of a group besides its list.
    private struct GroupHead: Encodable {
        let group: Group

        enum CodingKeys: String, CodingKey {
            case group, name, camera, width, height, channels, channelNames, bitsPerSample, frames, defects, judgedShare
            case frameKind, isFixedView, limitOfDetection, limitReason, isTruncated, notJudged, standingShare
        }

        init(_ group: Group) { self.group = group }

        /// A value that is not known is written as null, so that a reader finds every key; the number of `defects` is null
        /// when they were not judged.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(group.number, forKey: .group)
            try container.encode(group.name, forKey: .name)
            try container.encode(group.camera, forKey: .camera)
            try container.encode(group.shape.width, forKey: .width)
            try container.encode(group.shape.height, forKey: .height)
            try container.encode(group.shape.channels, forKey: .channels)
            try container.encode(group.channelNames, forKey: .channelNames)
            try container.encode(group.shape.bitsPerSample, forKey: .bitsPerSample)
            try container.encode(group.frames, forKey: .frames)
            try container.encode(group.detection?.defects.count, forKey: .defects)
            try container.encode(group.detection?.judgedShare, forKey: .judgedShare)
            try container.encode(group.detection?.kind, forKey: .frameKind)
            try container.encode(group.detection?.isFixedView, forKey: .isFixedView)
            try container.encode(group.detection?.limitOfDetection, forKey: .limitOfDetection)
            try container.encode(group.detection?.limitReason, forKey: .limitReason)
            try container.encode(group.detection?.isTruncated, forKey: .isTruncated)
            try container.encode(group.notJudged, forKey: .notJudged)
            try container.encode(group.detection?.standingShare, forKey: .standingShare)
        }
    }
}
