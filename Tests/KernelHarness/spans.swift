// The overloads with Span and MutableSpan that Swift makes from the headers' annotations: results of a few, and no pointer.
import CKernels

func moments(of frame: Span<UInt8>) -> (sum: UInt32, squares: UInt64, status: fpx_status) {
    var sum: [UInt64] = [0], squares: [UInt64] = [0]
    var sumSpan = sum.mutableSpan, squaresSpan = squares.mutableSpan
    let status = fpx_channel_sums_u8(&sumSpan, &squaresSpan, frame, frame.count)
    return (UInt32(sum[0]), squares[0], status)
}

func merged(_ first: [UInt32], _ squares: [UInt32], with other: [UInt32], _ otherSquares: [UInt32]) -> [UInt32] {
    var sum = first, sumOfSquares = squares
    var sumSpan = sum.mutableSpan, squaresSpan = sumOfSquares.mutableSpan
    let status = fpx_moments_u8_merge_tile(&sumSpan, &squaresSpan, other.span, otherSquares.span)
    precondition(status == .ok)
    return sum + sumOfSquares
}

func blended(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    var blend = [UInt8](repeating: 0, count: first.count)
    var span = blend.mutableSpan
    let status = fpx_addweighted_u8(&span, first.span, second.span, 0.25, 0.75, 1)
    precondition(status == .ok)
    return blend
}

@main
struct Spans {
    static func main() {
        precondition(blended([0, 100, 255], [4, 200, 255]) == [4, 176, 255])
        precondition(merged([1, 2], [3, 4], with: [10, 20], [30, 40]) == [11, 22, 33, 44])
        let frame: [UInt8] = [1, 2, 3]
        precondition(moments(of: frame.span) == (6, 14, .ok))
        print("Span and MutableSpan")
    }
}
