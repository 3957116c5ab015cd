import FastPixBlending
import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixMaps
import FastPixPlumbing

// JSON Lines of jobs that write an image for each of many: a line for each as soon as it is done, then one for each file that
// was left out, and one of the whole.

extension RepairReport.Photo {
    /// As one line of JSON Lines, with its line break.
    package var line: String { RecordLine.text("photo", self) }
}

extension RepairReport {
    /// What follows the photos' lines.
    package var endLines: String {
        skipped.map { RecordLine.text("skipped", $0) }.joined()
            + RecordLine.text(
                "report",
                EndOfLines(schema: "fastpix.repair-lines/1", done: photos.count, skipped: skipped.count))
    }
}

extension BlendedImage {
    /// As one line of JSON Lines, with its line break.
    package var line: String { RecordLine.text("image", self) }
}

extension BlendReport {
    /// What follows the images' lines.
    package var endLines: String {
        skipped.map { RecordLine.text("skipped", $0) }.joined()
            + RecordLine.text(
                "report",
                EndOfLines(schema: "fastpix.addweighted-lines/1", done: images.count, skipped: skipped.count))
    }
}

private struct EndOfLines: Encodable {
    let schema: String
    let version = fastPixVersion
    /// Lines before it, of images that were made and of files that were left out.
    let done: Int
    let skipped: Int

    enum CodingKeys: String, CodingKey { case schema, version, done, skipped }
}
