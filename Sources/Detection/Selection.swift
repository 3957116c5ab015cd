/// The middle of many numbers, and other ranks, without sorting all of them.
enum Selection {
    /// The number that would stand at `rank` if they were sorted; they are left in another order. `rank` must be one of
    /// theirs. Hoare's method: each pass leaves the part that holds the rank.
    static func value(at rank: Int, of numbers: UnsafeMutableBufferPointer<Double>) -> Double {
        precondition(numbers.indices.contains(rank))
        var first = 0
        var last = numbers.count - 1
        while first < last {
            // The middle one of three keeps numbers that are sorted already from being the worst case.
            let middle = numbers[(first + last) / 2]
            let (low, high) = (min(numbers[first], numbers[last]), max(numbers[first], numbers[last]))
            let pivot = max(low, min(high, middle))
            var (left, right) = (first, last)
            // Every scan ends at the pivot, or at what an earlier exchange has left behind; what is not a number ends it, too.
            while left <= right {
                while numbers[left] < pivot { left += 1 }
                while pivot < numbers[right] { right -= 1 }
                guard left <= right else { break }
                numbers.swapAt(left, right)
                left += 1
                right -= 1
            }
            if rank <= right {
                last = right
            } else if rank >= left {
                first = left
            } else {
                break
            }
        }
        return numbers[rank]
    }

    /// The middle one, or the mean of the two middle ones; they are left in another order. At least one.
    static func median(_ numbers: UnsafeMutableBufferPointer<Double>) -> Double {
        let upper = value(at: numbers.count / 2, of: numbers)
        guard numbers.count % 2 == 0 else { return upper }
        // Those before it are no larger.
        return ((numbers[..<(numbers.count / 2)].max() ?? upper) + upper) / 2
    }

    /// The same of an array; 0 of none.
    static func median(_ numbers: [Double]) -> Double {
        guard !numbers.isEmpty else { return 0 }
        var numbers = numbers
        return numbers.withUnsafeMutableBufferPointer { median($0) }
    }
}
