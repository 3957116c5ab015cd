import FastPixCodecs
import FastPixPlatform

/// Photos whose fixed patterns are of two kinds that do not agree: of a set that names no camera, a sign that it is of two
/// sensors, or of one that was turned or cropped otherwise in a part of the photos.
///
/// Two photos' differences from pixel to pixel correlate by as much as both show of one pattern. Photos of one sensor show
/// more of it or less; within two kinds and between them it is the same, so that the correlation between the kinds is the
/// geometric mean of those within them. Between two sensors it is nothing.
package struct TwoPatterns: Sendable, Equatable {
    /// The names of the photos that were looked at, in their order; the first kind has the first of all.
    package let first: [String]
    package let second: [String]

    /// Nil when there are no two kinds, or when exposures, or what the files say that they show, tell why.
    init?(_ samples: [(photo: PhotoFile, pattern: PatternSample)]) {
        let samples = samples.sorted { $0.photo.place < $1.photo.place }
        guard samples.count >= 2 * Self.fewest else { return nil }
        // Kinds are looked for in one half of the rows, and tested in the other.
        let searched = Correlations(samples.map(\.pattern), half: 0)
        let tested = Correlations(samples.map(\.pattern), half: 1)
        guard let isFirst = searched.partition(), tested.sampleCount > 0 else { return nil }
        guard tested.disagree(isFirst) else { return nil }
        let kinds = [true, false].map { kind in samples.indices.filter { isFirst[$0] == kind }.map { samples[$0].photo }
        }
        guard !Self.areExplained(kinds[0], kinds[1]) else { return nil }
        let ordered = isFirst[0] ? kinds : kinds.reversed()
        first = ordered[0].map(\.name)
        second = ordered[1].map(\.name)
    }

    /// Photos of a kind.
    fileprivate static let fewest = 3

    /// Long exposures have a pattern of their own, and so have flats.
    private static func areExplained(_ some: [PhotoFile], _ others: [PhotoFile]) -> Bool {
        let captures = [some, others].map { $0.map(\.header.capture) }
        let exposures = captures.map { $0.compactMap(\.exposureSeconds) }
        if exposures[0].count == some.count, exposures[1].count == others.count,
            exposures[0].max()! < exposures[1].min()! || exposures[1].max()! < exposures[0].min()!
        {
            return true
        }
        return Set(captures[0].map(\.pictureKind)).isDisjoint(with: captures[1].map(\.pictureKind))
    }
}

/// How the patterns of photos correlate with each other.
private struct Correlations {
    let count: Int
    let sampleCount: Int
    /// Row by row; 0 of a photo with itself.
    private let values: [Double]

    init(_ patterns: [PatternSample], half: Int) {
        count = patterns.count
        sampleCount = patterns.first?.count(half: half) ?? 0
        let squares = patterns.map { $0.product($0, half: half) }
        var values = [Double](repeating: 0, count: patterns.count * patterns.count)
        for left in patterns.indices {
            for right in patterns.indices where right > left && squares[left] > 0 && squares[right] > 0 {
                let product = patterns[left].product(patterns[right], half: half)
                values[left * patterns.count + right] = product / (squares[left] * squares[right]).squareRoot()
                values[right * patterns.count + left] = values[left * patterns.count + right]
            }
        }
        self.values = values
    }

    private init(count: Int, sampleCount: Int, values: [Double]) {
        self.count = count
        self.sampleCount = sampleCount
        self.values = values
    }

    /// The same by way of all other photos, in which faint patterns show better.
    private var squared: Correlations {
        var squares = [Double](repeating: 0, count: count * count)
        for left in 0..<count {
            for right in 0..<count where right != left {
                for between in 0..<count {
                    squares[left * count + right] += values[left * count + between] * values[between * count + right]
                }
            }
        }
        return Correlations(count: count, sampleCount: sampleCount, values: squares)
    }

    private func mean(of photo: Int, with others: [Int]) -> Double {
        let others = others.filter { $0 != photo }
        return others.isEmpty ? 0 : others.reduce(0) { $0 + values[photo * count + $1] } / Double(others.count)
    }

    private func meanWithin(_ kind: [Int]) -> Double {
        kind.reduce(0) { $0 + mean(of: $1, with: kind) } / Double(kind.count)
    }

    private func meanBetween(_ some: [Int], _ others: [Int]) -> Double {
        some.reduce(0) { $0 + mean(of: $1, with: others) } / Double(some.count)
    }

    private static func split(_ isFirst: [Bool]) -> (first: [Int], second: [Int]) {
        (isFirst.indices.filter { isFirst[$0] }, isFirst.indices.filter { !isFirst[$0] })
    }

    /// The two kinds that have most in common within and least between them: for each photo those that are most like it
    /// are tried, few and many, and photos go over to the kind that they are more like. Nil when none is large enough.
    func partition() -> [Bool]? {
        var best: (gain: Double, isFirst: [Bool])?
        for likeness in [self, squared] {
            for photo in 0..<count {
                let others = (0..<count).filter { $0 != photo }.sorted {
                    let (left, right) = (likeness.values[photo * count + $0], likeness.values[photo * count + $1])
                    return left == right ? $0 < $1 : left > right
                }
                for size in TwoPatterns.fewest - 1...count - 1 - TwoPatterns.fewest {
                    var isFirst = [Bool](repeating: false, count: count)
                    for index in [photo] + others.prefix(size) { isFirst[index] = true }
                    isFirst = settled(isFirst)
                    let (first, second) = Self.split(isFirst)
                    guard min(first.count, second.count) >= TwoPatterns.fewest else { continue }
                    let gain = gain(first, second)
                    if gain > best?.gain ?? -.infinity { best = (gain, isFirst) }
                }
            }
        }
        return best?.isFirst
    }

    private func settled(_ isFirst: [Bool]) -> [Bool] {
        var isFirst = isFirst
        // Few rounds: what has not settled then is no clear kind.
        for _ in 0..<5 {
            let (first, second) = Self.split(isFirst)
            let next = (0..<count).map { mean(of: $0, with: first) > mean(of: $0, with: second) }
            let firstCount = next.count { $0 }
            guard next != isFirst, min(firstCount, count - firstCount) >= TwoPatterns.fewest else { break }
            isFirst = next
        }
        return isFirst
    }

    private func gain(_ first: [Int], _ second: [Int]) -> Double {
        let (firstCount, secondCount) = (Double(first.count), Double(second.count))
        return meanWithin(first) * firstCount * firstCount / 2 + meanWithin(second) * secondCount * secondCount / 2
            - meanBetween(first, second) * firstCount * secondCount
    }

    /// Whether either kind has a pattern, and they do not agree, beyond what chance does.
    func disagree(_ isFirst: [Bool]) -> Bool {
        let (first, second) = Self.split(isFirst)
        // Of independent noise a correlation deviates by the root of its samples' number.
        func deviation(_ pairs: Int) -> Double { 1 / (Double(sampleCount) * Double(pairs)).squareRoot() }
        let within = [first, second].map { kind in
            (mean: meanWithin(kind), deviation: deviation(kind.count * (kind.count - 1) / 2))
        }
        guard within.allSatisfy({ $0.mean >= Self.leastDeviations * $0.deviation }) else { return false }
        let ofOneSensor = (within[0].mean * within[1].mean).squareRoot()
        let between = meanBetween(first, second)
        return between + 3 * deviation(first.count * second.count) < Self.mostAgreement * ofOneSensor
    }

    /// Below it a pattern may be chance.
    private static let leastDeviations = 5.0
    /// The agreement of two kinds, 1 for one pattern. Photos of one of nine sensors, divided so that they agree least, have
    /// 0.68 or more, and of two of them together 0.28 or less (photos, dark frames, infrared; 0.03 to 0.8 megapixels).
    private static let mostAgreement = 0.4
}
