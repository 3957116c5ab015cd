/// Many subpixels at a time: a call between rooms costs more than what it does for a single one.
extension MomentsReader {
    /// The means of these samples, in their order.
    package func means(_ samples: Range<Int>) -> [Double] { samples.map { mean($0) } }

    /// The variances of these samples, in their order; NaN with a single photo.
    package func variancesOrNaN(_ samples: Range<Int>) -> [Double] { samples.map { varianceOrNaN($0) } }
}
