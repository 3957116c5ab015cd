import CKernels
import Foundation

/// What the tests need to treat the two sample types alike.
protocol BlurredSample: FixedWidthInteger & UnsignedInteger & BitwiseCopyable {
    static func blur(
        _ destination: UnsafeMutablePointer<Self>, _ destinationStride: Int, _ source: UnsafePointer<Self>,
        _ sourceStride: Int, _ width: Int, _ height: Int, _ channels: Int, _ gaussian: UnsafePointer<fpx_gaussian>,
        threads: Int
    ) -> fpx_status
    static func blurRows(
        _ destination: UnsafeMutablePointer<Self>, _ destinationStride: Int, _ rows: [UnsafePointer<Self>],
        _ rowCount: Int, _ width: Int, _ channels: Int, _ gaussian: UnsafePointer<fpx_gaussian>
    ) -> fpx_status
}

extension UInt8: BlurredSample {
    static func blur(
        _ destination: UnsafeMutablePointer<UInt8>, _ destinationStride: Int, _ source: UnsafePointer<UInt8>,
        _ sourceStride: Int, _ width: Int, _ height: Int, _ channels: Int, _ gaussian: UnsafePointer<fpx_gaussian>,
        threads: Int
    ) -> fpx_status {
        fpx_gaussian_u8_image(
            destination, destinationStride, source, sourceStride, width, height, channels, gaussian, threads)
    }
    static func blurRows(
        _ destination: UnsafeMutablePointer<UInt8>, _ destinationStride: Int, _ rows: [UnsafePointer<UInt8>],
        _ rowCount: Int, _ width: Int, _ channels: Int, _ gaussian: UnsafePointer<fpx_gaussian>
    ) -> fpx_status {
        fpx_gaussian_u8_rows(destination, destinationStride, rows, rowCount, width, channels, gaussian)
    }
}

extension UInt16: BlurredSample {
    static func blur(
        _ destination: UnsafeMutablePointer<UInt16>, _ destinationStride: Int, _ source: UnsafePointer<UInt16>,
        _ sourceStride: Int, _ width: Int, _ height: Int, _ channels: Int, _ gaussian: UnsafePointer<fpx_gaussian>,
        threads: Int
    ) -> fpx_status {
        fpx_gaussian_u16_image(
            destination, destinationStride, source, sourceStride, width, height, channels, gaussian, threads)
    }
    static func blurRows(
        _ destination: UnsafeMutablePointer<UInt16>, _ destinationStride: Int, _ rows: [UnsafePointer<UInt16>],
        _ rowCount: Int, _ width: Int, _ channels: Int, _ gaussian: UnsafePointer<fpx_gaussian>
    ) -> fpx_status {
        fpx_gaussian_u16_rows(destination, destinationStride, rows, rowCount, width, channels, gaussian)
    }
}

/// The blur once more, from the formulas and without the kernels: along the rows first, in 64-bit integers.
struct GaussianReference {
    let size: Int
    let sigma: Double

    /// All `size` weights in units of 2^-fractionBits.
    func weights(fractionBits: Int) -> [UInt64] {
        let tables: [Int: [Double]] = [
            3: [64, 128], 5: [16, 64, 96], 7: [8, 28, 56, 72], 9: [4, 13, 30, 51, 60],
        ]
        let radius = size / 2
        let one = Double(1 << fractionBits)
        let real: [Double]
        if sigma == 0, let table = tables[size] {
            real = table.map { $0 / 256 }
        } else {
            let width = sigma == 0 ? 0.3 * (Double(size - 1) * 0.5 - 1) + 0.8 : sigma
            let values = (0...radius).map { exp(-pow(Double(radius - $0), 2) / (2 * width * width)) }
            let sum = 2 * values.dropLast().reduce(0, +) + 1
            real = values.map { $0 / sum }
        }
        var error = 0.0
        var half: [UInt64] = []
        for value in real.dropLast() {
            let adjusted = value * one + error
            half.append(UInt64(adjusted.rounded(.toNearestOrEven)))
            error = adjusted - Double(half.last!)
        }
        return half + [UInt64(1 << fractionBits) - 2 * half.reduce(0, +)] + half.reversed()
    }

    /// Steps back inside at one border after the other.
    static func reflect(_ index: Int, _ count: Int) -> Int {
        if count == 1 { return 0 }
        var inside = index
        while inside < 0 || inside >= count { inside = inside < 0 ? -inside : 2 * count - 2 - inside }
        return inside
    }

    func blur<Sample: BlurredSample>(_ image: [Sample], width: Int, height: Int, channels: Int) -> [Sample] {
        let fractionBits = UInt64(Sample.bitWidth)
        let weights = self.weights(fractionBits: Sample.bitWidth)
        let radius = size / 2
        let taps = weights.indices.filter { weights[$0] != 0 }
        var alongRows = [UInt64](repeating: 0, count: image.count)
        for row in 0..<height {
            for column in 0..<width {
                for tap in taps {
                    let from = (row * width + Self.reflect(column + tap - radius, width)) * channels
                    let to = (row * width + column) * channels
                    for channel in 0..<channels {
                        alongRows[to + channel] += weights[tap] * UInt64(image[from + channel])
                    }
                }
            }
        }
        var result = image
        let rowCount = width * channels
        for row in 0..<height {
            let sources = taps.map { (Self.reflect(row + $0 - radius, height) * rowCount, weights[$0]) }
            for place in 0..<rowCount {
                var sum: UInt64 = 1 << (2 * fractionBits - 1)
                for (start, weight) in sources { sum += weight * alongRows[start + place] }
                result[row * rowCount + place] = Sample(sum >> (2 * fractionBits))
            }
        }
        return result
    }
}
