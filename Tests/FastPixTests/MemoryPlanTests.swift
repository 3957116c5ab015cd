import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPix

/// How a pass is divided to stay within its memory, and how much memory there is.
struct MemoryPlanTests {
    private static func plan(
        _ limit: Int, workers: Int = 4, batch: Int = 16, accumulator: AccumulatorKind = .exact, otherBytes: Int = 0
    ) throws -> AccumulationPlan {
        let photos = PhotoAccumulationTests.example
        return try AccumulationPlan.fitting(
            photos, shape: photos[0].header.shape,
            settings: AccumulationSettings(
                workers: workers, batch: batch, accumulator: accumulator, memoryLimit: limit), otherBytes: otherBytes)
    }

    @Test func enoughMemoryLeavesTheSettingsAlone() throws {
        let plan = try Self.plan(1 << 30, workers: 3, batch: 4)
        #expect(plan.workers == 3 && plan.batch == 4 && plan.framesPerWorker == 4 && !plan.keepsAccumulatorsInFile)
        let shape = PhotoAccumulationTests.example[0].header.shape
        #expect(plan.rowsPerStrip == AccumulationSettings(batch: 4).rowsPerStrip(shape: shape, batch: 4))
    }

    /// What is given up, in this order: photos in step, workers, accumulators in memory; and nothing comes back.
    @Test func lessMemoryTakesBatchesThenWorkersThenAccumulators() throws {
        let accumulatorBytes = 896 * 384 * 3 * 8
        var last = try Self.plan(1 << 30)
        var leastInMemory = last
        for limit in stride(from: 96 << 20, to: AccumulationPlan.programBytes, by: -100_000) {
            guard let plan = try? Self.plan(limit) else { continue }
            if plan.keepsAccumulatorsInFile {
                #expect(limit < AccumulationPlan.programBytes + accumulatorBytes + (2 << 20))
            } else {
                #expect(!last.keepsAccumulatorsInFile)
                #expect(plan.workers < last.workers || plan.workers == last.workers && plan.batch <= last.batch)
                leastInMemory = plan
            }
            last = plan
        }
        #expect(leastInMemory.workers == 1 && leastInMemory.batch == 1)
        #expect(last.keepsAccumulatorsInFile && last.workers == 1 && last.batch == 1)
    }

    @Test func roundedMomentsKeepTheirBlocks() throws {
        for limit in stride(from: 96 << 20, to: AccumulationPlan.programBytes, by: -1_000_000) {
            guard let plan = try? Self.plan(limit, batch: 30, accumulator: .welford) else { continue }
            #expect(plan.batch % plan.multiple == 0 && plan.batch > 0)
        }
    }

    /// The message says what would be enough, and that is enough.
    @Test func whatIsTooLittleNamesWhatIsEnough() throws {
        let error = #expect(throws: FastPixError.self) { try Self.plan(60 << 20, otherBytes: 30 << 20) }
        #expect(error?.code == .outOfMemory)
        let message = try #require(error?.message)
        let words = message.split(separator: " ")
        let least = try #require(words.firstIndex(of: "least"))
        let enough = try #require(Int(words[least + 1]))
        #expect(enough > 60)
        #expect(throws: Never.self) { try Self.plan(enough << 20, otherBytes: 30 << 20) }
        #expect(throws: FastPixError.self) { try Self.plan((enough - 1) << 20, otherBytes: 30 << 20) }
    }

    // MARK: Accumulators in a file

    @Test(arguments: [AccumulatorKind.exact, .welford])
    func accumulatorsInAFileHoldTheSameBits(_ kind: AccumulatorKind) throws {
        let photos = PhotoAccumulationTests.sixteenBit
        func bytes(inFile: Bool) throws -> [[UInt8]] {
            let accumulators = try Accumulators(shape: photos[0].header.shape, kind: kind, inFile: inFile)
            #expect((accumulators.fileByteCount > 0) == inFile)
            let samples = [UInt16](repeating: 7, count: accumulators.shape.sampleCount).indices.map {
                UInt16(truncatingIfNeeded: $0 &* 40_503)
            }
            samples.withUnsafeBytes { frame in
                for _ in 0..<3 {
                    accumulators.accumulate(
                        0..<samples.count, frames: [frame.baseAddress!], framesBefore: 0, tileSampleCount: 999)
                    // Comes back from the file, and the neighbours of a page with it.
                    accumulators.release(samples.count / 3..<samples.count / 2)
                }
            }
            accumulators.release(rows: -5..<accumulators.shape.height + 5)
            return accumulators.arrays.map { [UInt8]($0) }
        }
        #expect(try bytes(inFile: true) == bytes(inFile: false))
    }

    // MARK: What there is

    @Test func controlGroupsOfBothVersionsLimit() throws {
        try withTemporaryFolder { folder in
            func write(_ path: String, _ text: String) throws {
                let file = folder.appendingPathComponent(path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: file, atomically: false, encoding: .utf8)
            }
            try write("memory.max", "max\n")
            try write("system.slice/memory.max", "3000000\n")
            try write("system.slice/fastpix.service/memory.max", "max\n")
            try write("memory/memory.limit_in_bytes", "9223372036854771712\n")
            try write("memory/job/memory.limit_in_bytes", "2000000\n")
            func limit(_ groups: String) -> Int? { ControlGroups.limit(groups, root: folder.path) }
            #expect(limit("0::/system.slice/fastpix.service\n") == 3_000_000)
            #expect(limit("0::/\n") == nil)
            #expect(limit("4:memory:/job\n0::/\n") == 2_000_000)
            #expect(limit("4:cpu,memory:/job/sub\n") == 2_000_000)
            #expect(limit("4:cpu:/job\n") == nil)
            // In a container: the host's path is not there.
            #expect(limit("4:memory:/docker/abc\n") == 9_223_372_036_854_771_712)
            #expect(limit("") == nil)
            #expect(limit("nonsense\n::\n") == nil)
        }
    }

    @Test func theMachineHasMemory() {
        #expect(MachineMemory.byteCount > 64 << 20)
        #expect(AccumulationSettings.defaultMemoryLimit == MachineMemory.byteCount / 4 * 3)
    }

    @Test func fileSystemsInMemoryAreKnown() {
        let mounts = """
            22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            30 22 0:25 / /dev/shm rw,nosuid shared:4 - tmpfs tmpfs rw
            31 22 0:301 / /run rw - ramfs none rw
            """
        func device(_ major: UInt64, _ minor: UInt64) -> UInt64 { major << 8 | minor & 0xff | (minor & ~0xff) << 12 }
        #expect(!TemporaryFile.isInMemory(device: device(254, 0), mounts: mounts))
        #expect(TemporaryFile.isInMemory(device: device(0, 25), mounts: mounts))
        #expect(TemporaryFile.isInMemory(device: device(0, 301), mounts: mounts))
        #expect(!TemporaryFile.isInMemory(device: device(8, 1), mounts: mounts))
    }
}
