import Testing

@testable import FastPix
@testable import FastPixAccumulation
@testable import FastPixCodecs
@testable import FastPixDetection
@testable import FastPixDiscovery
@testable import FastPixFrames
@testable import FastPixMaps
@testable import FastPixPlumbing
@testable import FastPixReporting

struct TwoKindsTests {
    private static let shape = FrameShape(width: 64, height: 64, channels: 1, bitsPerSample: 16)

    private static func kinds(_ levels: [Double], exposures: [Double?] = [nil]) -> TwoKinds? {
        let samples = Double(CoarseSums.rowCount(shape) * shape.width)
        let facts = levels.enumerated().map { number, level in
            FrameFact(
                level: Int64(level * samples), roughness: 0, half: number % 2,
                exposureSeconds: exposures[number % exposures.count], iso: nil, time: nil)
        }
        return TwoKinds(facts, shape: shape)
    }

    @Test func levelsThatNothingLiesBetween() throws {
        let found = try #require(Self.kinds([200, 205, 210, 900, 910, 905, 907]))
        #expect(found.darker == 3 && found.brighter == 4)
        #expect(abs(found.darkerLevel - 205) < 1 && abs(found.brighterLevel - 905.5) < 1)
    }

    @Test func oneKindIsNoneOfTwo() {
        var noise = Noise(3)
        for _ in 0..<200 { #expect(Self.kinds((0..<12).map { _ in 100 + 900 * noise.uniform() }) == nil) }
        // Too few of one to be a kind, and exposure times that say why.
        #expect(Self.kinds([200, 205, 210, 203, 900]) == nil)
        #expect(Self.kinds([200, 900, 205, 910, 210, 905], exposures: [1, 4]) == nil)
        #expect(Self.kinds([200, 200, 200, 201, 201, 201]) == nil)
        #expect(Self.kinds([]) == nil)
    }
}
