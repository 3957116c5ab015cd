import FastPixAccumulation
import Foundation
import TestSupport
import Testing

@testable import FastPixPlumbing

/// How much memory there is, and which file systems lie in it.
struct MachineMemoryTests {
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
