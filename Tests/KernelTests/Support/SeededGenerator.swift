import Foundation

/// SplitMix64: the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// What all random tests start from; set FASTPIX_TEST_SEED to the number that a failure printed to replay it.
    static let seed = ProcessInfo.processInfo.environment["FASTPIX_TEST_SEED"].flatMap { UInt64($0) } ?? 20_240_607

    /// `stream` keeps the numbers of one test apart from those of another.
    init(stream: UInt64) { state = Self.seed &+ stream &* 0x9e37_79b9_7f4a_7c15 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func integers<Sample: FixedWidthInteger>(_ count: Int) -> [Sample] {
        (0..<count).map { _ in Sample(truncatingIfNeeded: next()) }
    }

    mutating func floats(_ count: Int, in range: ClosedRange<Float>) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }
}
