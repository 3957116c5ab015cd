/// What a listed pixel shows, photo by photo.
struct ResidualSeries: Sendable {
    struct Entry: Sendable {
        let path: String
        let capture: CaptureSettings
        /// The pixel less the middle of its neighbours, in samples.
        let residual: Double
    }

    /// In the order of time.
    let entries: [Entry]
}
