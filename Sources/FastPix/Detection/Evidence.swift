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

    /// Whether all photos have been looked at, one by one.
    enum AllPhotos {
        case no
        /// They will be: how strong the evidence may become.
        case notYet
        case yes(Witness)
    }

    /// `first`: the candidate in the maps of the first half; `witness`: the photos of the second; `all`: every photo;
    /// `nullSpread`: how far Student's t scatters where there is no defect.
    init(
        _ whole: Candidate, first: Candidate, witness: Witness, all: AllPhotos, photos: Int, nullSpread: Double,
        shape: FrameShape
    ) {
        let scatter = shape.bitsPerSample == 8 ? 0.5 : 16.0
        let side = whole.meanShift < 0 ? -1.0 : 1.0
        // Of all photos t is larger by the root of 2 for a defect, and so it has to be: half of these photos have made
        // the pixel a candidate, and do not count as evidence by themselves.
        let ofHalf = witness.studentT(channels: shape.channels, leastScatter: scatter)
        let ofAll: Double
        var agreement = side * ofHalf / Self.leastStudentTOfHalf
        switch all {
        case .no:
            ofAll = ofHalf
            agreement = .infinity
        case .notYet: ofAll = side * .infinity
        case .yes(let all): ofAll = all.studentT(channels: shape.channels, leastScatter: scatter) / 2.0.squareRoot()
        }
        let studentT = ofAll / max(NullSpread.least, nullSpread)
        ofMean = max(
            0,
            min(
                abs(whole.meanScore) / Self.meanScore,
                side * first.meanScore / Self.meanScoreOfHalf,
                side * studentT / Self.studentT(witness.count), agreement))

        let sense = whole.varianceShift < 0 ? -1.0 : 1.0
        let least = Self.varianceShift(photos: photos)
        let second = witness.varianceShift(
            channels: shape.channels, offset: Double(ReliefBand.varianceOffset(shape)))
        ofVariance = max(
            0,
            min(
                abs(whole.varianceScore) / Self.varianceScore,
                abs(whole.varianceShift) / least,
                sense * first.varianceShift / Self.leastVarianceShiftOfHalf(photos: photos),
                sense * second.shift / Self.leastVarianceShiftOfHalf(photos: photos),
                sense * second.score / Self.varianceScoreOfWitness))
    }

    /// Without a second look only what no scene is likely to imitate counts.
    init(unconfirmed whole: Candidate) {
        ofMean = abs(whole.meanScore) / Self.meanScoreUnconfirmed
        ofVariance = min(
            abs(whole.varianceScore) / Self.meanScoreUnconfirmed,
            abs(whole.varianceShift) / Self.varianceShiftUnconfirmed)
    }

    // What a defect has to show, chosen on planted defects so that at 1 practically every entry is true.
    private static let meanScore = 4.8
    private static let meanScoreOfHalf = 2.8
    private static let meanScoreUnconfirmed = 20.0
    private static let leastStudentTOfHalf = 3.0
    private static let varianceShiftUnconfirmed = 1.2
    private static let varianceScore = 8.0
    private static let varianceScoreOfWitness = 3.0

    /// The t of few photos has long tails.
    private static func studentT(_ photos: Int) -> Double { 3.6 * (1 + 4 / Double(max(4, photos))) }

    /// What each half of this many photos has to show.
    static func leastVarianceShiftOfHalf(photos: Int) -> Double { 0.75 * varianceShift(photos: photos) }

    /// Variances of few photos differ by chance.
    private static func varianceShift(photos: Int) -> Double { max(0.4, 3 / Double(photos).squareRoot()) }
}
