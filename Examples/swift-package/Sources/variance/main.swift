// Calls fastpix's kernels from a package of one's own: the variance of each sample over four frames.
import CKernels
import Foundation

let frames: [[UInt8]] = [[10, 200, 7], [12, 200, 9], [14, 200, 11], [16, 200, 250]]
let sampleCount = frames[0].count

var sum = [UInt32](repeating: 0, count: sampleCount)
var sumOfSquares = [UInt32](repeating: 0, count: sampleCount)

// The kernels read frames where they lie; here they are copied once to memory that keeps its address.
let copies = frames.map { frame in
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: sampleCount)
    copy.initialize(from: frame, count: sampleCount)
    return copy
}
defer { for copy in copies { copy.deallocate() } }
let pointers = copies.map { UnsafePointer($0) }

// Tiles of 4096 samples, on as many threads as there are processors.
let status = fpx_moments_u8_accumulate(&sum, &sumOfSquares, pointers, frames.count, sampleCount, 4096, 0)
guard status == FPX_OK else { fatalError(String(cString: fpx_status_message(status))) }

var scaledM2 = [UInt64](repeating: 0, count: sampleCount)
fpx_moments_u8_scaled_m2(&scaledM2, sum, sumOfSquares, frames.count, sampleCount)

let count = Double(frames.count)
for sample in 0..<sampleCount {
    let mean = Double(sum[sample]) / count
    let variance = Double(scaledM2[sample]) / (count * (count - 1))
    print("sample \(sample): " + String(format: "mean %.3f, variance %.3f", mean, variance))
}
print("SIMD level \(String(cString: fpx_isa_name(fpx_isa_selected()))), OpenMP \(fpx_parallel_has_openmp())")
