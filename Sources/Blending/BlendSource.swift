import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// One image that is read for a blend: its rows, top to bottom, in the form they are blended in. Belongs to one thread
/// at a time.
final class BlendSource {
    let path: FilePath
    let format: PhotoFormat
    /// As stored, alpha included.
    let storedShape: FrameShape
    let file: OpenFile
    private let decoder: PhotoDecoder
    private let readAhead: ReadAhead
    private var rowsDecoded = 0
    private var layout: SampleLayout
    /// A row as decoded, when it has to be changed before it is blended.
    private var decodedRow: RowRing?
    private var resizing: Resizing?

    /// The source rows between which the next output rows lie.
    private struct Resizing {
        let resize: BilinearResize
        let ring: RowRing
        var rowsRead = 0
        var rowsMade = 0
    }

    init(_ path: FilePath, settings: BlendSettings) throws(FastPixError) {
        self.path = path
        try AddressSpace.demand(0, for: "this photo")
        file = try OpenFile(path)
        decoder = try PhotoDecoder(
            file, page: .first(PhotoReadingChoice(isStrict: settings.isStrict)), keepsAlpha: true,
            maximumPixels: settings.maximumPixels)
        format = decoder.format
        storedShape = decoder.shape
        readAhead = ReadAhead(file, rows: decoder.shape.height)
        guard decoder.shape.sampleType != .f32 else {
            throw FastPixError(
                .unsupported, path: path,
                "has floating-point samples, which have no range to blend in; convert it to 8 or 16 bits")
        }
        layout = SampleLayout(source: decoder.shape, colour: decoder.shape)
    }

    var byteCount: Int { file.state.byteCount }
    /// What was odd in the file; complete after `finish`.
    var oddities: [PhotoOddity] { decoder.oddities }
    var hasAlpha: Bool { layout.hasAlpha }
    var colourChannels: Int { layout.sourceColourChannels }

    /// What its format makes special: a stack, of which the first picture is taken, and colours of a mosaic, of which `blurs`
    /// says whether neighbours are mixed.
    func notes(blurs: Bool, maximumPixels: UInt64) -> [String] {
        var notes: [String] = []
        if format == .tiff || format == .fits {
            let found = PhotoProbe.probe(path, channels: .all, maximumPixels: maximumPixels)
            let others = found.photos.count + found.failed.count - 1
            if others > 0 { notes.append("only the first of its \(others + 1) pictures was taken") }
        }
        if blurs && storedShape.pattern != nil {
            notes.append("its samples are a mosaic of colours, which the blur has mixed")
        }
        return notes
    }

    /// Says in which form rows are wanted: `shape` is without alpha and has at least as many channels and bits. With
    /// another size than the stored one the image is resized. To be called before the first row is read.
    func prepare(as shape: FrameShape) throws(FastPixError) {
        let stored = FrameShape(
            width: storedShape.width, height: storedShape.height, channels: shape.channels,
            bitsPerSample: shape.bitsPerSample)
        layout = SampleLayout(source: storedShape, colour: stored)
        if !layout.isIdentity { decodedRow = try RowRing(capacity: 1, bytesPerRow: storedShape.bytesPerRow) }
        if stored != shape {
            resizing = Resizing(
                resize: BilinearResize(from: stored, to: shape),
                ring: try RowRing(capacity: 2, bytesPerRow: stored.bytesPerRow))
        }
    }

    /// The next `count` rows as rows `y`... of `colours` and, when wanted, `alpha`.
    func read(_ count: Int, at y: Int, into colours: RowRing, alpha: RowRing?) throws(FastPixError) {
        if resizing != nil {
            for row in y..<y + count { try readResized(into: colours.row(row)) }
        } else if decodedRow == nil {
            var row = y
            while row < y + count {
                let part = colours.contiguous(from: row, atMost: y + count - row)
                try decode(part, into: colours.row(row), stride: colours.stride)
                row += part
            }
        } else {
            for row in y..<y + count { try readUnpacked(into: colours.row(row), alpha: alpha?.row(row)) }
        }
    }

    private func readUnpacked(
        into colours: UnsafeMutableRawPointer, alpha: UnsafeMutableRawPointer?
    ) throws(FastPixError) {
        guard let decoded = decodedRow?.row(0) else { return try decode(1, into: colours) }
        try decode(1, into: decoded)
        layout.unpack(decoded, colours: colours, alpha: alpha)
    }

    private func readResized(into output: UnsafeMutableRawPointer) throws(FastPixError) {
        guard var state = resizing else { return }
        let last = state.resize.lastRow(forOutput: state.rowsMade)
        while state.rowsRead <= last {
            try readUnpacked(into: state.ring.row(state.rowsRead), alpha: nil)
            state.rowsRead += 1
        }
        state.resize.resize(
            row: state.rowsMade, upper: state.ring.row(state.resize.firstRow(forOutput: state.rowsMade)),
            lower: state.ring.row(last), into: output)
        state.rowsMade += 1
        resizing = state
    }

    /// Checks, after the last row, that what was decoded was one complete file.
    func finish() throws(FastPixError) {
        if let resizing {
            var rowsRead = resizing.rowsRead
            while rowsRead < storedShape.height {
                try readUnpacked(into: resizing.ring.row(rowsRead), alpha: nil)
                rowsRead += 1
            }
        }
        try decoder.finish()
        try file.demandUnchanged()
    }

    private func decode(
        _ count: Int, into rows: UnsafeMutableRawPointer, stride: Int? = nil
    ) throws(FastPixError) {
        rowsDecoded += count
        readAhead.advance(toRow: rowsDecoded)
        try decoder.readRows(count, into: rows, stride: stride ?? storedShape.bytesPerRow)
    }
}
