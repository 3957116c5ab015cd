import FastPixCodecs

/// What a listed pixel shows, photo by photo.
package struct ResidualSeries: Sendable {
    struct Entry: Sendable {
        let path: String
        let capture: CaptureSettings
        /// The pixel less the middle of its neighbours, in samples.
        let residual: Double
    }

    /// In the order of time; among equals, and where no time is known, in that of their paths.
    let entries: [Entry]

    /// `entries` in the order of their paths.
    init(entries: [Entry]) {
        self.entries = entries.enumerated().sorted {
            ($0.element.capture.time ?? "", $0.offset) < ($1.element.capture.time ?? "", $1.offset)
        }.map(\.element)
    }
}
