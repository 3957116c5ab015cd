import FastPixCodecs
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// Where blended rows go: brings them into the form of the output's format and encodes them. Belongs to one thread at
/// a time.
final class BlendOutput {
    let format: PhotoFormat
    /// As written, alpha included.
    let shape: FrameShape
    /// Whether rows of the first image's alpha are wanted beside the colours.
    let keepsAlpha: Bool
    /// What could not be carried over, in words.
    let notes: [String]
    private let encoder: PhotoEncoder
    private let replaces: Bool
    private let packing: SampleLayout
    private let isNarrowed: Bool
    /// A row as written, when it differs from the blended one.
    private let packedRow: RowRing?

    init(
        _ job: BlendJob, first: BlendSource, second: BlendSource?, colour: FrameShape, settings: BlendSettings
    ) throws(FastPixError) {
        format = job.format ?? first.format
        keepsAlpha = first.hasAlpha && format == .png
        isNarrowed = format == .jpeg && colour.bitsPerSample == 16
        shape = FrameShape(
            width: colour.width, height: colour.height, channels: colour.channels + (keepsAlpha ? 1 : 0),
            bitsPerSample: isNarrowed ? 8 : colour.bitsPerSample)
        packing = SampleLayout(source: shape, colour: colour)
        replaces = settings.overwrites

        let metadata = try PhotoMetadata(first.file, maximumPixels: settings.maximumPixels)
        var other: PhotoMetadata?
        if let second, first.colourChannels < colour.channels {
            other = try PhotoMetadata(second.file, maximumPixels: settings.maximumPixels)
        }
        metadata.fitProfile(toColourChannels: colour.channels, orElse: other)
        encoder = try PhotoEncoder(
            job.output, format: format, shape: shape, metadata: metadata, settings: settings.encoding)
        var notes = metadata.notes + encoder.notes
        if first.hasAlpha && !keepsAlpha {
            notes.append("its transparency has no place in a JPEG and was left out")
        }
        if isNarrowed { notes.append("the blend's 16-bit samples were rounded to the 8 bits of a JPEG") }
        self.notes = notes
        packedRow =
            keepsAlpha || isNarrowed ? try RowRing(capacity: 1, bytesPerRow: shape.bytesPerRow) : nil
    }

    var byteCount: Int { encoder.byteCount }

    /// Encodes `rows`, which are the next ones.
    func write(_ rows: Range<Int>, colours: RowRing, alpha: RowRing?) throws(FastPixError) {
        if let packed = packedRow?.row(0) {
            for row in rows {
                pack(colours.row(row), alpha?.row(row), into: packed)
                try encoder.write(packed, stride: shape.bytesPerRow, rowCount: 1)
            }
            return
        }
        var row = rows.lowerBound
        while row < rows.upperBound {
            let part = colours.contiguous(from: row, atMost: rows.upperBound - row)
            try encoder.write(colours.row(row), stride: colours.stride, rowCount: part)
            row += part
        }
    }

    private func pack(
        _ colours: UnsafeRawPointer, _ alpha: UnsafeRawPointer?, into packed: UnsafeMutableRawPointer
    ) {
        if let alpha {
            packing.pack(colours: colours, alpha: alpha, into: packed)
        } else {
            packing.narrow(colours, into: packed)
        }
    }

    /// Ends the file and gives it its name.
    func commit() throws(FastPixError) { try encoder.commit(replacing: replaces) }
}
