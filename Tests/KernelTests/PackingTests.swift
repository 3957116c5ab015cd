import CKernels
import Testing

extension KernelSuites {
    /// Against the layout that `fpx_packing.h` describes, bit by bit.
    @Suite struct PackingTests {
        private static let lengths = Shapes.lengths + [511, 512, 513, 1536, 3 * 512 + 17]

        /// Of numbers of 32 bits: the width, and each lane's numbers as one string of bits.
        private static func block(_ numbers: [UInt64]) -> (width: UInt8, bytes: [UInt8]) {
            let width = 64 - (numbers.max() ?? 0).leadingZeroBitCount
            let turns = (numbers.count + 15) / 16
            let words = (turns * width + 31) / 32
            var lanes = [[Bool]](repeating: [Bool](repeating: false, count: words * 32), count: 16)
            for (index, number) in numbers.enumerated() {
                for bit in 0..<width { lanes[index % 16][index / 16 * width + bit] = number >> UInt64(bit) & 1 == 1 }
            }
            var bytes: [UInt8] = []
            for word in 0..<words {
                for lane in lanes {
                    for byte in 0..<4 {
                        let first = word * 32 + byte * 8
                        bytes.append((0..<8).reduce(0) { $0 | (lane[first + $1] ? 1 << UInt8($1) : 0) })
                    }
                }
            }
            return (UInt8(width), bytes)
        }

        private static func packed(_ values: [UInt64], bits: Int) -> (widths: [UInt8], bytes: [UInt8]) {
            var (widths, bytes): ([UInt8], [UInt8]) = ([], [])
            for first in stride(from: 0, to: values.count, by: 512) {
                let values = values[first..<min(values.count, first + 512)]
                for half in 0..<(bits == 64 ? 2 : 1) {
                    let block = block(values.map { $0 >> UInt64(32 * half) & 0xffff_ffff })
                    widths.append(block.width)
                    bytes += block.bytes
                }
            }
            return (widths, bytes)
        }

        private typealias Pack<Value> = (
            UnsafeMutablePointer<UInt8>, Int, UnsafeMutablePointer<UInt8>, UnsafePointer<Value>, Int
        ) -> Int
        private typealias Unpack<Value> = (
            UnsafeMutablePointer<Value>, Int, UnsafePointer<UInt8>, UnsafePointer<UInt8>, Int
        ) -> Int

        private static func check<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
            _ pack: Pack<Value>, _ unpack: Unpack<Value>
        ) {
            let size = Value.bitWidth / 8
            var generator = SeededGenerator(stream: 91)
            for length in lengths {
                for round in 0..<4 {
                    // All widths come, in each block another one.
                    let limits = (0...length / 512).map { _ in Int.random(in: 0...Value.bitWidth, using: &generator) }
                    let numbers = (0..<length).map { index in
                        let limit = round == 0 ? Value.bitWidth : limits[index / 512]
                        return limit == 0
                            ? 0 : Value.random(in: 0...Value.max, using: &generator) >> (Value.bitWidth - limit)
                    }
                    let expected = packed(numbers.map { UInt64($0) }, bits: Value.bitWidth)
                    let slack = Int.random(in: Shapes.alignments, using: &generator)
                    let values = GuardedBuffer(numbers, slackBytes: slack / size * size, zero: 0)
                    let most = fpx_packed_most_bytes(length, size)
                    #expect(expected.bytes.count <= most && (round > 0 || length < 8 || expected.bytes.count == most))
                    #expect(fpx_packed_width_count(length, size) == expected.widths.count)
                    #expect(fpx_packed_byte_count(expected.widths, length, size) == expected.bytes.count)
                    Level.walk { level in
                        let name = describe(level, "\(length) of \(Value.self)")
                        let bytes = GuardedBuffer<UInt8>(count: most, slackBytes: slack, filledWith: 7)
                        let widths = GuardedBuffer<UInt8>(count: expected.widths.count, filledWith: 7)
                        let written = pack(bytes.pointer, most, widths.pointer, values.pointer, length)
                        #expect(written == expected.bytes.count, "\(name)")
                        #expect(widths.isIntact && widths.values == expected.widths, "\(name)")
                        #expect(bytes.isIntact && Array(bytes.values.prefix(written)) == expected.bytes, "\(name)")

                        let packed = GuardedBuffer(expected.bytes, zero: 0)
                        let unpacked = GuardedBuffer<Value>(
                            count: length, slackBytes: slack / size * size, filledWith: 3)
                        let read = unpack(unpacked.pointer, length, widths.pointer, packed.pointer, written)
                        #expect(read == written, "\(name)")
                        #expect(unpacked.isIntact && unpacked.values == numbers, "\(name)")
                        guard written > 0 else { return }
                        #expect(unpack(unpacked.pointer, length, widths.pointer, packed.pointer, written - 1) < 0)
                        #expect(pack(bytes.pointer, most - 1, widths.pointer, values.pointer, length) < 0)
                    }
                }
            }
        }

        @Test func numbersOf16Bits() { Self.check(fpx_pack_u16, fpx_unpack_u16) }
        @Test func numbersOf32Bits() { Self.check(fpx_pack_u32, fpx_unpack_u32) }
        @Test func numbersOf64Bits() { Self.check(fpx_pack_u64, fpx_unpack_u64) }

        /// Whatever the bytes are, every level makes the same numbers of them, and reads no more.
        @Test func anyBytesAreNumbers() {
            var generator = SeededGenerator(stream: 92)
            for length in Self.lengths {
                for width in 1...32 as ClosedRange<UInt8> {
                    let widths = [UInt8](repeating: width, count: 2 * (length / 512 + 1))
                    let bytes = GuardedBuffer<UInt8>(
                        generator.integers(fpx_packed_byte_count(widths, length, 8)), zero: 0)
                    var first: ([UInt16], [UInt32], [UInt64])?
                    Level.walk { level in
                        let words = GuardedBuffer<UInt16>(count: length, filledWith: 0)
                        let doublewords = GuardedBuffer<UInt32>(count: length, filledWith: 0)
                        let quadwords = GuardedBuffer<UInt64>(count: length, filledWith: 0)
                        let took = [
                            fpx_unpack_u16(words.pointer, length, widths, bytes.pointer, bytes.count),
                            fpx_unpack_u32(doublewords.pointer, length, widths, bytes.pointer, bytes.count),
                            fpx_unpack_u64(quadwords.pointer, length, widths, bytes.pointer, bytes.count),
                        ]
                        #expect(
                            took[0] == (width <= 16 || length == 0 ? bytes.count / 2 : -1)
                                && took[1] == bytes.count / 2 && took[2] == bytes.count,
                            "\(describe(level, "\(length) of \(width) bits"))")
                        let numbers = (words.values, doublewords.values, quadwords.values)
                        #expect(doublewords.values.allSatisfy { UInt64($0) >> UInt64(width) == 0 })
                        if let first { #expect(first == numbers) } else { first = numbers }
                    }
                }
            }
        }

        @Test func whatNoNumbersHaveIsRefused() {
            var (words, doublewords, quadwords) = ([UInt16(0)], [UInt32(0)], [UInt64(0)])
            let bytes = [UInt8](repeating: 1, count: 1024)
            for width in [33, 64, 255] as [UInt8] {
                #expect(fpx_packed_byte_count([width], 1, 4) == -1)
                #expect(fpx_unpack_u32(&doublewords, 1, [width], bytes, bytes.count) == -1)
                #expect(fpx_unpack_u64(&quadwords, 1, [0, width], bytes, bytes.count) == -1)
            }
            #expect(fpx_unpack_u16(&words, 1, [17], bytes, bytes.count) == -1)
            #expect(words == [0] && doublewords == [0] && quadwords == [0])
            #expect(fpx_packed_most_bytes(0, 4) == 0 && fpx_packed_width_count(0, 8) == 0)
        }
    }
}
