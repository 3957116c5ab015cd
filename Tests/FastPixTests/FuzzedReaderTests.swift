import Foundation
import SystemPackage
import TestSupport
import Testing

/// The inputs that fuzzing begins with, and many small changes of them. `scripts/fuzz` goes on from here.
struct FuzzedReaderTests {
    private static func accepts(_ reader: FuzzedReader, _ input: [UInt8], in folder: URL) throws -> Bool {
        reader.accepts(FilePath(try folder.addFile("input", Data(reader.file(of: input))).path))
    }

    /// Otherwise the fuzzer would be at the first check for ever.
    @Test(arguments: FuzzedReader.allCases) func seedsAreSound(_ reader: FuzzedReader) throws {
        try withTemporaryFolder { folder in
            let seeds = try reader.seeds()
            #expect(seeds.count >= 4)
            for (number, seed) in seeds.enumerated() {
                let isAccepted = try Self.accepts(reader, seed, in: folder)
                #expect(isAccepted, "seed \(number)")
            }
        }
    }

    /// Numbers become larger, negative or too large for any integer; bytes are left out, repeated or changed.
    @Test(arguments: FuzzedReader.allCases) func changedSeedsNeverCrash(_ reader: FuzzedReader) throws {
        let numbers = ["-1", "0", "65536", "4294967296", "9223372036854775807", "-9223372036854775808", "1e300"]
        try withTemporaryFolder { folder in
            var random = SyntheticScenes.Random(state: 11)
            func below(_ count: Int) -> Int { Int(random.next() * Double(count)) }
            for seed in try reader.seeds() {
                for _ in 0..<60 {
                    var input = seed
                    let digits = input.indices.filter { (0x30...0x39).contains(input[$0]) }
                    switch below(4) {
                    case 0 where !digits.isEmpty:
                        let place = digits[below(digits.count)]
                        input.replaceSubrange(place...place, with: Array(numbers[below(numbers.count)].utf8))
                    case 1: input.removeSubrange(below(input.count)...)
                    case 2: input.insert(contentsOf: input.prefix(below(input.count)), at: below(input.count))
                    default: input[below(input.count)] = UInt8(below(256))
                    }
                    _ = try Self.accepts(reader, input, in: folder)
                }
            }
        }
    }
}
