import CKernels
import Foundation
import Testing

extension KernelSuites {
    /// Results of OpenCV itself; Fixtures/make_gaussian_opencv.py says how they were made.
    @Suite struct GaussianGoldenTests {
        private struct Golden {
            let sample: String
            let size: Int
            let sigma: Double
            let width: Int
            let height: Int
            let channels: Int
            let hash: UInt64
            let spots: [Int]

            init?(_ line: Substring) {
                let fields = line.split(separator: " ")
                guard fields.count == 10, fields[0] != "#" else { return nil }
                sample = String(fields[0])
                size = Int(fields[1])!
                sigma = Double(fields[2])!
                width = Int(fields[3])!
                height = Int(fields[4])!
                channels = Int(fields[5])!
                hash = UInt64(fields[6], radix: 16)!
                spots = fields[7...].map { Int($0)! }
            }
        }

        private static func goldens(_ sample: String) throws -> [Golden] {
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "Fixtures/gaussian_opencv.txt")
            return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap(Golden.init)
                .filter { $0.sample == sample }
        }

        private func check<Sample: BlurredSample>(_ name: String, bits: Int, of _: Sample.Type) throws {
            let goldens = try Self.goldens(name)
            #expect(goldens.count == 60)
            for golden in goldens {
                let count = golden.width * golden.height * golden.channels
                let image: [Sample] = (0..<count).map { index in
                    let scattered: Int = (index * index % 65521 * 40503 + 12345) % 65536
                    return Sample(scattered >> (16 - bits))
                }
                var gaussian = fpx_gaussian()
                #expect(fpx_gaussian_prepare(&gaussian, golden.size, golden.sigma) == .ok)
                Level.walk { level in
                    var blurred = image
                    let stride = golden.width * golden.channels * MemoryLayout<Sample>.stride
                    let status = Sample.blur(
                        &blurred, stride, image, stride, golden.width, golden.height, golden.channels, &gaussian,
                        threads: 1)
                    #expect(status == .ok)
                    let spots = [0, count / 2, count - 1].map { Int(blurred[$0]) }
                    let hash = blurred.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
                        ($0 ^ UInt64($1)) &* 0x100_0000_01b3
                    }
                    #expect(spots == golden.spots && hash == golden.hash, "\(level), \(golden)")
                }
            }
        }

        @Test func bytes() throws { try check("u8", bits: 8, of: UInt8.self) }
        @Test func words() throws { try check("u16", bits: 16, of: UInt16.self) }
    }
}
