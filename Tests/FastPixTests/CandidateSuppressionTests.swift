import Testing

@testable import FastPix

/// One candidate for each smear.
struct CandidateSuppressionTests {
    private static func candidate(_ row: Int, _ column: Int, _ score: Double) -> Candidate {
        Candidate(row: row, column: column, meanShift: score, meanScore: score, varianceShift: 0, varianceScore: 0)
    }

    private static func kept(_ candidates: [Candidate], _ width: Int, _ height: Int, limit: Int = 100) -> [[Int]] {
        CandidateSuppression.strongest(
            candidates, codedUnit: CodedUnit(width: width, height: height), limit: limit
        ).map { [$0.row, $0.column] }
    }

    @Test func losslessPhotosKeepAllButDirectNeighbours() {
        let candidates = [
            Self.candidate(10, 10, 9), Self.candidate(11, 11, 8), Self.candidate(10, 12, 7), Self.candidate(9, 9, 20),
        ]
        // 9, 9 suppresses 10, 10; of the two that are left the stronger suppresses the other.
        #expect(Self.kept(candidates, 1, 1) == [[9, 9], [11, 11]])
    }

    @Test func aCodedUnitKeepsOne() {
        // Rows 16 to 31, columns 32 to 47 are one unit of 16 x 16.
        let candidates = [Self.candidate(16, 32, 50), Self.candidate(31, 47, 10), Self.candidate(32, 48, 9)]
        #expect(Self.kept(candidates, 16, 16) == [[16, 32], [32, 48]])
        // Units of 16 x 8: the same columns, but the next row of units, out of reach.
        #expect(Self.kept(candidates, 16, 8) == [[16, 32], [31, 47]])
    }

    /// Half as prominent and three pixels away is another defect, unless both are weak.
    @Test func twoDefectsOfOneUnitAreKept() {
        let first = Self.candidate(20, 36, 50)
        #expect(Self.kept([first, Self.candidate(20, 39, 25)], 16, 16) == [[20, 36], [20, 39]])
        #expect(Self.kept([first, Self.candidate(20, 38, 25)], 16, 16) == [[20, 36]])
        #expect(Self.kept([first, Self.candidate(20, 39, 24)], 16, 16) == [[20, 36]])
        #expect(Self.kept([Self.candidate(20, 36, 7), Self.candidate(20, 40, 7)], 16, 16) == [[20, 36]])
    }

    @Test func reachIsHalfAUnitAcrossItsBorders() {
        let candidates = [Self.candidate(15, 15, 50), Self.candidate(16, 23, 10), Self.candidate(16, 24, 9)]
        #expect(Self.kept(candidates, 16, 16) == [[15, 15], [16, 24]])
    }

    @Test func orderAndLimitAreByProminence() {
        let candidates = [Self.candidate(10, 10, 5), Self.candidate(50, 50, -9), Self.candidate(90, 90, 7)]
        #expect(Self.kept(candidates, 1, 1, limit: 2) == [[50, 50], [90, 90]])
        #expect(Self.kept(candidates.reversed(), 1, 1, limit: 2) == [[50, 50], [90, 90]])
    }
}
