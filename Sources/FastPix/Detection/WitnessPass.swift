import Synchronization

/// Decodes photos once more, only to record the neighbourhoods of chosen pixels.
enum WitnessPass {
    /// Rows decoded at a time: whole coded units.
    private static let rowsPerStrip = 32

    /// Records `positions` in all photos, each photo for itself besides. A photo that can no longer be read is left out: its samples are in the
    /// statistics, and the others confirm them as well.
    static func run(
        _ photos: [PhotoFile], shape: FrameShape, positions: some Sequence<WitnessRecorder.Position>,
        settings: AccumulationSettings
    ) -> WitnessRecorder {
        let recorder = WitnessRecorder(shape: shape, positions: positions, photoCount: photos.count)
        let next = Atomic(0)
        WorkerTeam.run(workers: min(settings.workerCount, max(1, photos.count), OpenFile.limit)) { _ in
            let reader = WitnessReader(recorder, frames: 1, rowsPerStrip: rowsPerStrip)
            let rows = UnsafeMutableRawPointer.allocate(byteCount: rowsPerStrip * shape.bytesPerRow, alignment: 64)
            defer { rows.deallocate() }
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < photos.count else { return }
                record(photos[index], number: index, shape, settings, reader, rows)
            }
        }
        return recorder
    }

    private static func record(
        _ photo: PhotoFile, number: Int, _ shape: FrameShape, _ settings: AccumulationSettings,
        _ reader: WitnessReader, _ rows: UnsafeMutableRawPointer
    ) {
        var done = 0
        do throws(FastPixError) {
            try read(photo, shape, settings, rows) { range in
                reader.read(rows: range, of: 0, from: rows, photo: number)
                done = range.upperBound
            }
        } catch {
            // What went in comes out again, as far as it can still be read.
            let wanted = done
            try? read(photo, shape, settings, rows) { range in
                if range.upperBound <= wanted { reader.read(rows: range, of: 0, from: rows, sign: -1, photo: number) }
            }
        }
    }

    private static func read(
        _ photo: PhotoFile, _ shape: FrameShape, _ settings: AccumulationSettings, _ rows: UnsafeMutableRawPointer,
        _ strip: (Range<Int>) -> Void
    ) throws(FastPixError) {
        let file = try OpenFile(photo.path)
        let decoder = try PhotoDecoder(
            file, page: photo.page, channels: settings.channels, maximumPixels: settings.maximumPixels)
        guard decoder.shape == shape else {
            throw FastPixError(.corrupt, path: photo.path.string, "the file changed while it was being read; run again")
        }
        for start in stride(from: 0, to: shape.height, by: rowsPerStrip) {
            let range = start..<min(shape.height, start + rowsPerStrip)
            try decoder.readRows(range.count, into: rows)
            strip(range)
        }
    }
}
