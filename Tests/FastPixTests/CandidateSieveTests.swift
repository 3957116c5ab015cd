import Testing

@testable import FastPix

/// Candidates that come band by band, against all at once.
struct CandidateSieveTests {
    private static let shape = FrameShape(width: 300, height: 400, channels: 3, bitsPerSample: 8)

    /// So many that nearly all have one in their reach, in chains across bands, and more than may be kept.
    private static func candidates(seed: UInt64, count: Int, steps: UInt64 = 40) -> [Candidate] {
        var generator = SplitMix64(state: seed)
        var places = Set<Int>()
        while places.count < count { places.insert(Int(generator.next() % UInt64(shape.width * shape.height))) }
        return places.sorted().map { place in
            // Few steps, so that many are equally prominent.
            let score = Double(8 + generator.next() % steps) / 2
            return Candidate(
                row: place / shape.width, column: place % shape.width, meanShift: score, meanScore: score,
                varianceShift: 0, varianceScore: 0)
        }
    }

    @Test(
        arguments: [CodedUnit(width: 1, height: 1), CodedUnit(width: 8, height: 8), CodedUnit(width: 16, height: 16)],
        [50, 500, 5000, 12_000])
    func theStrongestAreThoseOfTheWholeFrame(_ codedUnit: CodedUnit, _ count: Int) {
        var generator = SplitMix64(state: 8)
        // Strong candidates near each other are different defects; weak ones are not.
        for steps in [8, 8, 40, 40] as [UInt64] {
            let candidates = Self.candidates(seed: generator.next(), count: count, steps: steps)
            let expected = CandidateSuppression.strongest(
                candidates, codedUnit: codedUnit, limit: CandidateSearch.limit(Self.shape))
            let sieve = CandidateSieve(Self.shape, codedUnit: codedUnit)
            var kept: [Candidate] = []
            for band in (0..<ReliefBand.count(Self.shape)).shuffled(using: &generator) {
                let rows = ReliefBand.rows(ofBand: band, Self.shape)
                kept += sieve.add(candidates.filter { rows.contains($0.row) }, of: rows)
            }
            #expect(sieve.strongest == expected)
            let keptPlaces = Set(kept.map(\.position))
            #expect(expected.allSatisfy { keptPlaces.contains($0.position) })
        }
    }

    /// Most of what is suppressed is known to be so at once.
    @Test func mostAreLeftOutAtOnce() {
        let codedUnit = CodedUnit(width: 16, height: 16)
        let candidates = Self.candidates(seed: 1, count: 5000)
        let sieve = CandidateSieve(Self.shape, codedUnit: codedUnit)
        let kept = (0..<ReliefBand.count(Self.shape)).reduce(0) { count, band in
            let rows = ReliefBand.rows(ofBand: band, Self.shape)
            return count + sieve.add(candidates.filter { rows.contains($0.row) }, of: rows).count
        }
        #expect(kept < 1500)
        #expect(sieve.strongest.count <= CandidateSearch.limit(Self.shape))
    }
}
