/// How much speaks for a candidate, from all that was seen of it: the maps of all photos, the maps of the first half
/// of them, and each photo of the second half.
///
/// Every piece is divided by what a defect has to show, and the least of them counts: a defect stands out in all of
/// them, a scene or chance hardly ever does. 1 is enough for the list.
struct Evidence: Sendable {
    /// For a pixel brighter or darker than its neighbours.
    let ofMean: Double
    /// For a pixel that varies less or more than its neighbours.
    let ofVariance: Double

    var value: Double { max(ofMean, ofVariance) }

    /// `first`: the candidate in the maps of the first half; `witness`: the photos of the second; `nullSpread`: how
    /// far Student's t scatters where there is no defect.
    init(
        _ whole: Candidate, first: Candidate, witness: Witness, photos: Int, nullSpread: Double, shape: FrameShape
    ) {
        let scatter = shape.bitsPerSample == 8 ? 0.5 : 16.0
        let side = whole.meanShift < 0 ? -1.0 : 1.0
        let studentT = witness.studentT(channels: shape.channels, leastScatter: scatter) / max(1, nullSpread)
        ofMean = max(
            0,
            min(
                abs(whole.meanScore) / Self.meanScore,
                side * first.meanScore / Self.meanScoreOfHalf,
                side * studentT / Self.studentT(witness.count)))

        let sense = whole.varianceShift < 0 ? -1.0 : 1.0
        let least = Self.varianceShift(photos: photos)
        let second = witness.varianceShift(
            channels: shape.channels, offset: Double(ReliefBand.varianceOffset(shape)))
        ofVariance = max(
            0,
            min(
                abs(whole.varianceScore) / Self.varianceScore,
                abs(whole.varianceShift) / least,
                sense * first.varianceShift / (least * 0.75),
                sense * second.shift / (least * 0.75),
                sense * second.score / Self.varianceScoreOfWitness))
    }

    /// Without a second look only what no scene is likely to imitate counts.
    init(unconfirmed whole: Candidate) {
        ofMean = abs(whole.meanScore) / Self.meanScoreUnconfirmed
        ofVariance = min(
            abs(whole.varianceScore) / Self.meanScoreUnconfirmed,
            abs(whole.varianceShift) / Self.varianceShiftUnconfirmed)
    }

    private static let meanScore = 6.0
    private static let meanScoreOfHalf = 3.5
    private static let meanScoreUnconfirmed = 20.0
    private static let varianceShiftUnconfirmed = 1.2
    private static let varianceScore = 8.0
    private static let varianceScoreOfWitness = 3.0

    /// The t of few photos has long tails.
    private static func studentT(_ photos: Int) -> Double { 4.5 * (1 + 4 / Double(max(4, photos))) }

    /// Variances of few photos differ by chance.
    private static func varianceShift(photos: Int) -> Double { max(0.4, 3 / Double(photos).squareRoot()) }
}
