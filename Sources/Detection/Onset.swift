/// Finds from which photo on, and up to which one, a defect shows.
enum Onset {
    /// The indices of `strengths`, which are in the order of time, at which a defect shows: all, or from the place on at which
    /// they become larger, or up to that at which they become smaller, or both.
    /// `rounding`: see `ResidualSeries`.
    static func shown(_ strengths: [Double], rounding: Double) -> Range<Int> {
        let count = strengths.count
        let begin = step(strengths, rounding: rounding)
        let end = step(strengths.reversed(), rounding: rounding)
        // The clearer step first: of what is left the other one may be seen better.
        if end.score > begin.score {
            let last = count - end.index
            return step(Array(strengths[..<last]), rounding: rounding).index..<last
        }
        return begin.index..<count - step(strengths[begin.index...].reversed(), rounding: rounding).index
    }

    /// Of all places to cut the series in two, the one with the largest two-sample t (the maximum likelihood estimate of a
    /// step in the mean, Hinkley 1970), as the index of the first of `strengths` from which on they are larger; 0 when there
    /// is no clear step upwards. The score is a normal deviate, 0 without a step.
    private static func step(_ strengths: [Double], rounding: Double) -> (index: Int, score: Double) {
        let none = (index: 0, score: 0.0)
        let values = limited(strengths, rounding)
        let count = values.count
        guard count >= 2 * fewest else { return none }
        let sum = values.reduce(0, +)
        let squares = values.reduce(0) { $0 + $1 * $1 }
        var best = none
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
        best.score = Deviate.ofStudent(best.score, freedom: Double(count - 2))
        guard best.score >= needed else { return none }
        let before = Selection.median(Array(strengths[..<best.index]))
        let after = Selection.median(Array(strengths[best.index...]))
        return after > 0 && before <= largestShareBefore * after ? best : none
    }

    /// A single odd photo must not make a step: values are limited to six times the median deviation from the median, which
    /// is four standard deviations: noise alone is hardly ever cut.
    private static func limited(_ values: [Double], _ rounding: Double) -> [Double] {
        guard !values.isEmpty else { return [] }
        let middle = Selection.median(values)
        let deviation = max(rounding, Selection.median(values.map { abs($0 - middle) }))
        return values.map { min(middle + 6 * deviation, max(middle - 6 * deviation, $0)) }
    }

    /// Photos on either side of a step: of 12 in all, three are the largest and the last by chance once in 220.
    private static let fewest = 3
    /// Of a defect that has no step, to be given one on either side: lists of a hundred have a false date once in a hundred
    /// times.
    private static let falseAlarm = 0.5e-4
    /// What shows before, of what shows after: more than that is a defect that grows, not one that begins.
    private static let largestShareBefore = 0.5
}
