import FastPixFrames

/// Sums of more photos than 32 bits hold: states of any width in, and what can be read and judged out.
extension Accumulators {
    /// Adds `count` samples of another set's arrays, from `sample` on and in one row, in the order of
    /// `AccumulatorContents.elementBytes`, as `contents` has them. False, with accumulators that are worthless, when no
    /// `frameCount` frames have such sums.
    func merge(
        sample: Int, _ count: Int, _ arrays: [UnsafeMutableRawPointer], of other: AccumulatorContents, frameCount: Int
    ) -> Bool {
        guard contents.isWide || other.isWide else {
            return mergeMoments(sample, count, sums: arrays[0], squares: arrays[1], frameCount: frameCount)
                && (!contents.hasExtremes
                    || mergeExtremes(sample, count, counters: arrays[2...], frameCount: frameCount))
        }
        let isPossible: Bool
        switch (other.isWide, shape.bitsPerSample) {
        case (true, _): isPossible = mergeMoments(sample, count, arrays, UInt64.self, UInt64.self, frameCount)
        case (false, 8): isPossible = mergeMoments(sample, count, arrays, UInt32.self, UInt32.self, frameCount)
        case (false, _): isPossible = mergeMoments(sample, count, arrays, UInt32.self, UInt64.self, frameCount)
        }
        guard isPossible, contents.hasExtremes else { return isPossible }
        return other.isWide
            ? mergeCounters(sample, count, arrays, UInt32.self, frameCount)
            : mergeCounters(sample, count, arrays, UInt16.self, frameCount)
    }

    private func mergeMoments<Sum: FixedWidthInteger & UnsignedInteger, Square: FixedWidthInteger & UnsignedInteger>(
        _ sample: Int, _ count: Int, _ arrays: [UnsafeMutableRawPointer], _: Sum.Type, _: Square.Type, _ frameCount: Int
    ) -> Bool {
        let sums = UnsafePointer(arrays[0].assumingMemoryBound(to: Sum.self))
        let squares = UnsafePointer(arrays[1].assumingMemoryBound(to: Square.self))
        let frames = UInt128(frameCount)
        let largest = UInt128(shape.bitsPerSample == 8 ? 255 : 65535)
        for index in 0..<count {
            let (sum, square) = (UInt128(sums[index]), UInt128(squares[index]))
            guard sum <= frames * largest, square <= sum * largest, frames * square >= sum * sum else { return false }
        }
        if contents.isWide {
            Self.add(sums, to: wideSum(at: sample), count)
            Self.add(squares, to: wideSumOfSquares(at: sample), count)
        } else {
            Self.add(sums, to: sum(at: sample), count)
            if shape.bitsPerSample == 8 {
                Self.add(squares, to: sumOfSquares8(at: sample), count)
            } else {
                Self.add(squares, to: sumOfSquares16(at: sample), count)
            }
        }
        return true
    }

    private func mergeCounters<Count: FixedWidthInteger & UnsignedInteger>(
        _ sample: Int, _ count: Int, _ arrays: [UnsafeMutableRawPointer], _: Count.Type, _ frameCount: Int
    ) -> Bool {
        let others = arrays[2...].map { UnsafePointer($0.assumingMemoryBound(to: Count.self)) }
        // As `mergeExtremes` has it.
        for (one, other) in [(0, 1), (0, 2), (1, 3)].map({ (others[$0.0], others[$0.1]) }) {
            for index in 0..<count where Int(one[index]) + Int(other[index]) > frameCount { return false }
        }
        for (counter, other) in others.enumerated() {
            if contents.isWide {
                Self.add(other, to: wideCounter(counter, at: sample), count)
            } else {
                let own = [above(at: sample), below(at: sample), blindAbove(at: sample), blindBelow(at: sample)][
                    counter]
                Self.add(other, to: own, count)
            }
        }
        return true
    }

    /// No sum overflows: both sets together obey `maximumFrames`.
    private static func add<Other: FixedWidthInteger, Own: FixedWidthInteger>(
        _ other: UnsafePointer<Other>, to own: UnsafeMutablePointer<Own>, _ count: Int
    ) {
        for index in 0..<count { own[index] &+= Own(truncatingIfNeeded: other[index]) }
    }

    /// Fills `rows` of these accumulators, which hold rounded moments, with what wide ones have: mean and M2, each the exact
    /// value rounded once, and the counters as shares of 65,535 frames, rounded down. Defects are judged as in so many
    /// frames, with the mean and the variance of all.
    func fill(rows: Range<Int>, from wide: Accumulators) {
        precondition(kind == .welford && wide.contents.isWide)
        let frames = UInt128(wide.frameCount)
        let most = UInt64(UInt16.max)
        for row in rows {
            let sample = row * shape.samplesPerRow
            let (sums, squares) = (wide.wideSum(at: sample), wide.wideSumOfSquares(at: sample))
            let (means, deviations) = (mean(at: sample), m2(at: sample))
            for index in 0..<shape.samplesPerRow {
                let sum = UInt128(sums[index])
                means[index] = Double(sums[index]) / Double(frames)
                deviations[index] = Double(frames * UInt128(squares[index]) - sum * sum) / Double(frames)
            }
            guard contents.hasExtremes else { continue }
            let counters = [above(at: sample), below(at: sample), blindAbove(at: sample), blindBelow(at: sample)]
            for (counter, own) in counters.enumerated() {
                let counts = wide.wideCounter(counter, at: sample)
                for index in 0..<shape.samplesPerRow {
                    own[index] = UInt16(UInt64(counts[index]) * most / UInt64(frames))
                }
            }
        }
    }
}
