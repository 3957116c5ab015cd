/// The extremes and the mean of the variance over a frame, and its subpixels of lowest variance.
public struct VarianceSummary: Sendable, Equatable {
    /// The first in order of row, column, channel among equals.
    public let minimum: SubpixelMoments
    /// As `minimum`.
    public let maximum: SubpixelMoments
    /// Mean of the variance over all subpixels; nil with a single photo.
    public let meanVariance: Double?
    /// Ordered by variance, then row, column, channel.
    public let lowest: [SubpixelMoments]

    package init(
        minimum: SubpixelMoments, maximum: SubpixelMoments, meanVariance: Double?, lowest: [SubpixelMoments]
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.meanVariance = meanVariance
        self.lowest = lowest
    }
}
