import CKernels
import Testing

@Suite struct SeamTests {
    /// Against the definition, one column at a time, with differences around the one that counts.
    @Test(arguments: [(1, 0, 2), (3, 1, 2), (4, 3, 1), (2, 1, 31)]) func seamColumns(
        channels: Int, channel: Int, step: Int
    ) {
        var random = SeededGenerator(stream: 8)
        for width in [1, 63, 701] {
            let rows = (0..<4).map { row in
                (0..<width * channels).map { _ in UInt8.random(in: row < 2 ? 0...9 : 0...255, using: &random) }
            }
            var expected = 0
            for column in Swift.stride(from: 0, to: width, by: step) {
                let values = rows.map { Int($0[column * channels + channel]) }
                let outer = max(abs(values[1] - values[0]), abs(values[3] - values[2]))
                if abs(values[2] - values[1]) > 2 * outer + 6 { expected += 1 }
            }
            var found = -1
            #expect(
                fpx_seam_columns_u8(
                    &found, rows[0], rows[1], rows[2], rows[3], width, channels, channel, step, 6) == .ok)
            #expect(found == expected)
        }
    }

    @Test func wrongArgumentsAreErrors() {
        var found = 7
        let row = [UInt8](repeating: 0, count: 12)
        for (channels, channel, step) in [(3, 3, 2), (3, 0, 0), (3, 0, 22), (0, 0, 1)] {
            #expect(
                fpx_seam_columns_u8(&found, row, row, row, row, 4, channels, channel, step, 6) == .argument)
        }
        #expect(found == 7)
    }
}
