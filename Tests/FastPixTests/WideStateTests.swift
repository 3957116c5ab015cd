import FastPix
import FastPixCodecs
import FastPixDetection
import FastPixFrames
import FastPixPlumbing
import FastPixReporting
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixAccumulation
@testable import FastPixDiscovery

/// More photos than sums of 32 bits hold: states of parts, made from numbers, added up.
@Suite(.timeLimit(.minutes(10)))
struct WideStateTests {
    /// Two of them are more than 16 bits count.
    private static let count = 33_000

    private static func hash(_ number: Int) -> ContentHash {
        withUnsafeBytes(of: (UInt64(0), UInt64(number &* 0x9e37_79b9 & 0xffff_ffff).byteSwapped)) {
            ContentHash(bytes: $0)
        }
    }

    /// In `count` photos a sample has one of two values, each in half of them; the counters are some that fit.
    private static func values(_ sample: Int, _ part: Int, _ shape: FrameShape) -> (UInt64, UInt64) {
        let largest = UInt64(shape.bitsPerSample == 8 ? 255 : 65535)
        let low = UInt64(sample * 7 + part) % (largest / 2)
        return (low, sample % 31 == 0 ? largest : low + largest / 3)
    }

    private static func counters(_ sample: Int, _ part: Int) -> [Int] {
        sample == 500 ? [count, 0, 0, 0] : [(sample + part) % 9000, 4000 - part, sample % 3, 0]
    }

    private static func state(_ part: Int, _ shape: FrameShape, in folder: URL) throws -> FilePath {
        let accumulators = try Accumulators(
            shape: shape, contents: AccumulatorContents(kind: .exact, hasExtremes: true))
        let half = UInt64(count / 2)
        for sample in 0..<shape.sampleCount {
            let (low, high) = values(sample, part, shape)
            accumulators.sum(at: sample).pointee = UInt32(half * (low + high))
            let squares = half * (low * low + high * high)
            if shape.bitsPerSample == 8 {
                accumulators.sumOfSquares8(at: sample).pointee = UInt32(squares)
            } else {
                accumulators.sumOfSquares16(at: sample).pointee = squares
            }
            let counters = counters(sample, part).map { UInt16($0) }
            accumulators.above(at: sample).pointee = counters[0]
            accumulators.below(at: sample).pointee = counters[1]
            accumulators.blindAbove(at: sample).pointee = Int(counters[0]) == count ? 0 : counters[2]
        }
        let photos = (0..<count).map { number in
            StatePhoto(
                hash: hash(part * count + number), name: "\(number).jpg",
                fact: FrameFact(level: 5, roughness: 3, half: number % 2, exposureSeconds: nil, iso: 100, time: nil))
        }
        let path = FilePath(folder.appendingPathComponent("\(part).state").path)
        let group = PhotoGroup(camera: Camera(make: "Maker"), shape: shape, channels: .all, photos: [])
        try StateWriter.write(
            accumulators, CoarseSums(shape),
            StateManifest(group, codedUnit: CodedUnit(width: 1, height: 1), hasExtremes: true, photos: photos), to: path
        )
        return path
    }

    /// To the last bit; and in whatever order and steps they are merged, equal sets make equal files.
    @Test func sumsOfManyPhotosAreExact() throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 21, height: 40, channels: 3, bitsPerSample: 16)
            let paths = try (0..<2).map { try Self.state($0, shape, in: folder) }
            let frames = 2 * Self.count
            let sums = FilePath(folder.appendingPathComponent("sums").path)
            let combined = FilePath(folder.appendingPathComponent("combined").path)
            let report = try StateMerge(
                detection: DetectionSettings(), maps: MapOutputs(mapsFolder: sums, sumsFolder: sums),
                combined: combined
            ).run(paths.reversed())
            #expect(report.groups[0].frames == frames)
            #expect(report.groups[0].detection != nil)
            let array = try Data(contentsOf: URL(fileURLWithPath: sums.string + "/sum.npy"))
            #expect(String(decoding: array.prefix(64), as: UTF8.self).contains("<u8"))

            let sum = try StateSum([combined], judging: true)
            #expect(sum.header.photoCount == frames && sum.header.sumBits == 64)
            #expect(sum.facts.count == frames)
            let read = try sum.addUp(
                needsAllRows: true, inFile: false, workers: 2, adding: { _, _ in }, reading: { _, _ in })
            let half = UInt64(Self.count / 2)
            for sample in 0..<shape.sampleCount {
                let all = (0..<2).map { Self.values(sample, $0, shape) }
                let expected = all.reduce(0) { $0 + half * ($1.0 + $1.1) }
                let squares = all.reduce(0) { $0 + half * ($1.0 * $1.0 + $1.1 * $1.1) }
                #expect(read.exact.wideSum(at: sample).pointee == expected)
                #expect(read.exact.wideSumOfSquares(at: sample).pointee == squares)
                let mean = Double(expected) / Double(frames)
                #expect(read.read.mean(at: sample).pointee == mean)
                let m2 = Double(squares) - Double(expected) * mean
                #expect(abs(read.read.m2(at: sample).pointee - m2) <= 1e-9 * Double(squares))
                let above = (0..<2).reduce(0) { $0 + Self.counters(sample, $1)[0] }
                #expect(Int(read.exact.wideCounter(0, at: sample).pointee) == above)
                #expect(Int(read.read.above(at: sample).pointee) == above * 65535 / frames)
            }
            // What is in it cannot be added once more.
            #expect(throws: FastPixError.self) { try StateSum([combined, paths[1]], judging: false) }
        }
    }

    /// Of states of both widths.
    @Test(.enabled(if: LongTests.areWanted, "takes half a minute"))
    func treesOfMergesAgree() throws {
        try withTemporaryFolder { folder in
            let shape = FrameShape(width: 40, height: 37, channels: 1, bitsPerSample: 8)
            let paths = try (0..<3).map { try Self.state($0, shape, in: folder) }
            func merge(_ paths: [FilePath], _ name: String) throws -> FilePath {
                let path = FilePath(folder.appendingPathComponent(name).path)
                _ = try StateMerge(combined: path).run(paths)
                return path
            }
            let whole = try merge(paths.reversed(), "whole")
            let lower = try merge([paths[0], paths[2]], "lower")
            let upper = try merge([paths[1], lower], "upper")
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: whole.string))
                    == Data(contentsOf: URL(fileURLWithPath: upper.string)))
        }
    }
}
