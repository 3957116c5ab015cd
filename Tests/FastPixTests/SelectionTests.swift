import Testing

@testable import FastPixDetection

struct SelectionTests {
    /// Against sorting: few and many numbers, equal ones, sorted ones.
    @Test func ranksAreThoseOfSorting() {
        var noise = Noise(41)
        for count in [1, 2, 3, 8, 32, 49, 1000] {
            for values in [2.0, 10, 1e9] {
                let numbers = (0..<count).map { _ in (values * noise.uniform()).rounded(.down) }
                let sorted = numbers.sorted()
                for order in [numbers, sorted, sorted.reversed()] {
                    for rank in Set([0, count / 3, count / 2, count - 1]) {
                        var numbers = order
                        let found = numbers.withUnsafeMutableBufferPointer { Selection.value(at: rank, of: $0) }
                        #expect(found == sorted[rank])
                    }
                    #expect(Selection.median(order) == (sorted[(count - 1) / 2] + sorted[count / 2]) / 2)
                }
            }
        }
        #expect(Selection.median([Double]()) == 0)
    }

    /// Of what is not a number there is no order, but an end.
    @Test func numbersThatAreNoneEnd() {
        var numbers = (0..<60).map { $0 % 3 == 0 ? Double.nan : Double($0) }
        for rank in 0..<60 {
            _ = numbers.withUnsafeMutableBufferPointer { Selection.value(at: rank, of: $0) }
        }
        #expect(numbers.count { $0.isNaN } == 20)
    }
}
