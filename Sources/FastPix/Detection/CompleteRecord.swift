/// What was recorded of chosen pixels in all photos, and which photos these are.
struct CompleteRecord: Sendable {
    let recorder: WitnessRecorder
    /// In the order of the recorder's photos.
    let photos: [PhotoFile]

    /// A pixel's residuals with what EXIF says of each photo; nil when it was not recorded.
    func series(row: Int, column: Int) -> ResidualSeries? {
        recorder.residuals(row: row, column: column).map { residuals in
            ResidualSeries(
                zip(photos, residuals).compactMap { photo, residual in
                    residual.map {
                        ResidualSeries.Entry(path: photo.name, capture: photo.header.capture, residual: $0)
                    }
                })
        }
    }
}

/// How far one pixel lies above its neighbours, photo by photo, in sample units.
struct ResidualSeries: Sendable {
    struct Entry: Sendable {
        let path: String
        let capture: CaptureSettings
        let residual: Double
    }

    /// In the order of time; among equals, and where no time is known, in that of their paths.
    let entries: [Entry]

    /// `entries` in the order of their paths.
    init(_ entries: [Entry]) {
        self.entries = entries.enumerated().sorted {
            ($0.element.capture.time ?? "", $0.offset) < ($1.element.capture.time ?? "", $1.offset)
        }.map(\.element)
    }
}
