/// The rows that a search for defects looks at together, band by band.
struct DetectionBands: Sendable {
    /// After the first half of the photos; none where the photos are not taken in halves.
    let scouted: [Range<Int>]
    /// After all photos.
    let judged: [Range<Int>]

    init(_ shape: FrameShape, inHalves: Bool) {
        func rows(ofBand band: Int, reaching reach: Int) -> Range<Int> {
            let rows = ReliefBand.rows(ofBand: band, shape)
            return max(0, rows.lowerBound - reach)..<min(shape.height, rows.upperBound + reach)
        }
        let bands = 0..<ReliefBand.count(shape)
        scouted = inHalves ? bands.map { rows(ofBand: $0, reaching: Neighbourhood.margin) } : []
        judged = bands.map { rows(ofBand: $0, reaching: DefectJudgement.reach) }
    }

    var areInHalves: Bool { !scouted.isEmpty }
}
