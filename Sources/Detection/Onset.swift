/// Finds the photo from which on a defect shows.
enum Onset {
    /// Index of the first of `strengths`, which are in the order of time, from which on they are larger: of all places
    /// to cut the series in two, the one with the largest two-sample t (the maximum likelihood estimate of a step in
    /// the mean, Hinkley 1970); 0 when there is no clear step upwards.
    /// `rounding`: see `ResidualSeries`.
    static func find(_ strengths: [Double], rounding: Double) -> Int {
        let values = limited(strengths, rounding)
        let count = values.count
        guard count >= 2 * fewest else { return 0 }
        let sum = values.reduce(0, +)
        let squares = values.reduce(0) { $0 + $1 * $1 }
        var best = (index: 0, score: 0.0)
        var sumBefore = 0.0
        for index in 1...(count - fewest) {
            sumBefore += values[index - 1]
            guard index >= fewest else { continue }
            let before = sumBefore / Double(index)
            let after = (sum - sumBefore) / Double(count - index)
            guard after > before else { continue }
            let rest = squares - Double(index) * before * before - Double(count - index) * after * after
            let variance = max(rounding * rounding, rest / Double(count - 2))
            let score = (after - before) / (variance * (1 / Double(index) + 1 / Double(count - index))).squareRoot()
            if score > best.score { best = (index, score) }
        }
        // Any of the places could have been the best by chance (Bonferroni).
        let needed = Deviate.exceeded(with: falseAlarm / Double(count - 2 * fewest + 1))
        guard Deviate.ofStudent(best.score, freedom: Double(count - 2)) >= needed else { return 0 }
        let before = median(strengths[..<best.index])
        let after = median(strengths[best.index...])
        return after > 0 && before <= largestShareBefore * after ? best.index : 0
    }

    private static func median(_ values: some Sequence<Double>) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// A single odd photo must not make a step: values are limited to six times the median deviation from the median, which
    /// is four standard deviations: noise alone is hardly ever cut.
    private static func limited(_ values: [Double], _ rounding: Double) -> [Double] {
        guard !values.isEmpty else { return [] }
        let middle = median(values)
        let deviation = max(rounding, median(values.map { abs($0 - middle) }))
        return values.map { min(middle + 6 * deviation, max(middle - 6 * deviation, $0)) }
    }

    /// Photos on either side of a step: of 12 in all, three are the largest and the last by chance once in 220.
    private static let fewest = 3
    /// Of a defect that has no step, to be given one: lists of a hundred have a false date once in a hundred times.
    private static let falseAlarm = 1e-4
    /// What shows before, of what shows after: more than that is a defect that grows, not one that begins.
    private static let largestShareBefore = 0.5
}
