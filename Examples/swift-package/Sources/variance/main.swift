// Calls fastpix's kernels from a package of one's own: the variance of each sample over four frames.
import CKernels
import Foundation

// Frames of three samples, one after the other.
let frames: [UInt8] = [10, 200, 7, 12, 200, 9, 14, 200, 11, 16, 200, 250]
let sampleCount = 3
let frameCount = frames.count / sampleCount

var sum = [UInt32](repeating: 0, count: sampleCount)
var sumOfSquares = [UInt32](repeating: 0, count: sampleCount)

// Tiles of 4096 samples, on as many threads as there are processors. Frames that lie apart are given by their addresses
// (fpx_moments_u8_accumulate).
var team = fpx_parallel_team(0)
let status = fpx_moments_u8_accumulate_strided(
    &sum, &sumOfSquares, frames, sampleCount, frameCount, sampleCount, 4096, &team)
guard status == .ok else { fatalError(String(cString: fpx_status_message(status))) }

var scaledM2 = [UInt64](repeating: 0, count: sampleCount)
fpx_moments_u8_scaled_m2(&scaledM2, sum, sumOfSquares, frameCount, sampleCount)

let count = Double(frameCount)
for sample in 0..<sampleCount {
    let mean = Double(sum[sample]) / count
    let variance = Double(scaledM2[sample]) / (count * (count - 1))
    print("sample \(sample): " + String(format: "mean %.3f, variance %.3f", mean, variance))
}
print("SIMD level \(String(cString: fpx_isa_name(fpx_isa_selected()))), OpenMP \(fpx_parallel_has_openmp())")
