import CKernels
import Foundation
import Testing

extension KernelSuites {
    /// Results of OpenCV itself; Fixtures/make_addweighted_opencv.py says how they were made.
    @Suite struct AddWeightedGoldenTests {
        private struct Golden {
            let sample: String
            let scalars: Scalars
            let hash: UInt64
            let spots: [Double]

            init?(_ line: Substring) {
                let fields = line.split(separator: " ")
                guard fields.count > 5, fields[0] != "#" else { return nil }
                sample = String(fields[0])
                scalars = Scalars(alpha: Double(fields[1])!, beta: Double(fields[2])!, gamma: Double(fields[3])!)
                hash = UInt64(fields[4], radix: 16)!
                spots = fields[5...].map { Double($0)! }
            }
        }

        private static let count = 65536
        private static let spotStep = 8191

        private static func goldens() throws -> [Golden] {
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "Fixtures/addweighted_opencv.txt")
            return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap(Golden.init)
        }

        private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for word in bytes.bindMemory(to: UInt64.self) { hash = (hash ^ word.littleEndian) &* 0x100_0000_01b3 }
            return hash
        }

        private func check<Sample: WeightedSample>(
            _ name: String, _ first: [Sample], _ second: [Sample], _ asDouble: (Sample) -> Double
        ) throws {
            let goldens = try Self.goldens().filter { $0.sample == name }
            #expect(goldens.count >= 60)
            var result = first
            Level.walk { level in
                for golden in goldens {
                    result.withUnsafeMutableBufferPointer {
                        _ = Sample.addWeighted($0.baseAddress!, first, second, Self.count, golden.scalars)
                    }
                    let spots = stride(from: 0, to: Self.count, by: Self.spotStep).map { asDouble(result[$0]) }
                    #expect(spots == golden.spots, "\(level), \(name), \(golden.scalars)")
                    #expect(
                        result.withUnsafeBytes { Self.hash($0) } == golden.hash, "\(level), \(name), \(golden.scalars)")
                }
            }
        }

        private let scattered = (0..<count).map { ($0 * 40503 + 12345) % count }

        @Test func bytes() throws {
            try check(
                "u8", (0..<Self.count).map { UInt8($0 % 256) }, (0..<Self.count).map { UInt8($0 / 256) },
                { Double($0) })
        }

        @Test func words() throws {
            try check("u16", (0..<Self.count).map { UInt16($0) }, scattered.map { UInt16($0) }, { Double($0) })
        }

        @Test func floats() throws {
            try check(
                "f32", (0..<Self.count).map { Float($0 - 32768) / 7 }, scattered.map { Float($0) / 3 },
                { Double($0) })
        }
    }
}
