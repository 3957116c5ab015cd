import FastPixCodecs
import FastPixFrames

/// What a listed pixel shows, photo by photo.
package struct ResidualSeries: Sendable {
    struct Entry: Sendable {
        let path: String
        let capture: CaptureSettings
        /// The pixel less the middle of its neighbours, in samples.
        let residual: Double
        /// The middle of its neighbours, in samples.
        let neighbours: Double
        /// 1 when it lies above all its neighbours, -1 below all, 0 among them.
        let side: Int
    }

    /// In the order of time; among equals, and where no time is known, in that of their paths.
    let entries: [Entry]

    /// Standard deviation that rounding to whole samples alone gives to a residual; 0 of floating-point frames.
    let rounding: Double
    /// The largest sample that photos have, as far as is known.
    let white: Double

    /// `entries` in the order of their paths.
    init(entries: [Entry], sampleType: SampleType) {
        self.entries = entries.enumerated().sorted {
            ($0.element.capture.time ?? "", $0.offset) < ($1.element.capture.time ?? "", $1.offset)
        }.map(\.element)
        // A twelfth of the pixel's rounding, and no more than that of the middle of its neighbours'.
        rounding = sampleType == .f32 ? 0 : (2 / 12.0).squareRoot()
        white = sampleType == .u8 ? 255 : entries.map { max($0.neighbours, $0.neighbours + $0.residual) }.max() ?? 0
    }
}
