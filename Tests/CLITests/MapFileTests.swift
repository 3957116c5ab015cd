import Foundation
import TestSupport
import Testing

/// `--save-maps`, `--save-sums` and `--variance-map`.
struct MapFileTests {
    @Test func sumsOfTheExampleAreNumPys() throws {
        try withTemporaryFolder { folder in
            let golden = try Golden.named("example_golden.json")
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", Repository.examplePhotos.path, "--quiet", "--format", "csv", "--save-sums", "sums",
                    "--save-maps", "maps", "--variance-map", "variance.png",
                ], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            #expect(try folder.entries() == ["maps", "sums", "variance.png"])
            #expect(try folder.appendingPathComponent("maps").entries() == ["mean.npy", "variance.npy"])
            #expect(try folder.appendingPathComponent("sums").entries() == ["sum.npy", "sum_of_squares.npy"])

            let sum = try NumPyArray(folder.appendingPathComponent("sums/sum.npy"))
            let squares = try NumPyArray(folder.appendingPathComponent("sums/sum_of_squares.npy"))
            let mean = try NumPyArray(folder.appendingPathComponent("maps/mean.npy"))
            let variance = try NumPyArray(folder.appendingPathComponent("maps/variance.npy"))
            for array in [sum, squares, mean, variance] {
                #expect(array.shape == golden.shape)
                #expect(!array.isFortranOrder)
            }
            #expect([sum, squares, mean, variance].map(\.elementType) == ["<u4", "<u4", "<f8", "<f8"])
            #expect(SHA256.hexadecimal(of: sum.bytes) == golden.sumSha256)
            #expect(SHA256.hexadecimal(of: squares.bytes) == golden.sumOfSquaresSha256)

            try checkMean(mean, sum, frames: golden.frames)
            let lowest = try variance.elements(as: Double.self).min()
            #expect(lowest == golden.variance.minimum.value)

            let picture = try Data(contentsOf: folder.appendingPathComponent("variance.png"))
            #expect(picture.prefix(8) == Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
            #expect(picture[12..<16] == Data("IHDR".utf8))
            #expect(number(picture[16..<20]) >= golden.width)
            #expect(number(picture[20..<24]) >= golden.height)
            #expect(picture.suffix(8).prefix(4) == Data("IEND".utf8))
        }
    }

    @Test func sumsOfSixteenBitsAreNumPys() throws {
        try withTemporaryFolder { folder in
            let golden = try Golden.named("sixteen_bit_golden.json")
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", Repository.fixture("sixteen-bit").path, "--quiet", "--format", "csv", "--save-sums",
                    "new/folders", "--save-maps", "new/folders",
                ], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            let target = folder.appendingPathComponent("new/folders")
            #expect(try target.entries() == ["mean.npy", "sum.npy", "sum_of_squares.npy", "variance.npy"])
            let sum = try NumPyArray(target.appendingPathComponent("sum.npy"))
            let squares = try NumPyArray(target.appendingPathComponent("sum_of_squares.npy"))
            #expect([sum, squares].map(\.elementType) == ["<u4", "<u8"])
            #expect([sum, squares].map(\.shape) == Array(repeating: [64, 96, 3], count: 2))
            #expect(SHA256.hexadecimal(of: sum.bytes) == golden.sumSha256)
            #expect(SHA256.hexadecimal(of: squares.bytes) == golden.sumOfSquaresSha256)
            try checkMean(NumPyArray(target.appendingPathComponent("mean.npy")), sum, frames: golden.frames)
        }
    }

    /// The first group has the names that were asked for, further ones a number.
    @Test func everyGroupGetsItsOwnFiles() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try Photos.add(3, to: photos)
            try Photos.add(2, copiesOf: Photos.decoderFixture("png-grey8-97x61.png"), named: "grey", to: photos)
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", "photos", "--quiet", "--format", "csv", "--minimum-frames", "2", "--save-maps", "maps",
                    "--variance-map", "variance.png",
                ], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            #expect(try folder.entries() == ["maps", "photos", "variance-2.png", "variance.png"])
            let maps = folder.appendingPathComponent("maps")
            #expect(try maps.entries() == ["group-2", "mean.npy", "variance.npy"])
            #expect(try NumPyArray(maps.appendingPathComponent("mean.npy")).shape == [13, 17, 3])
            #expect(try NumPyArray(maps.appendingPathComponent("group-2/mean.npy")).shape == [61, 97])
        }
    }

    /// As NumPy has it for the variance of one value.
    @Test func varianceOfOnePhotoIsNaN() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", Photos.tiny.path, "--quiet", "--minimum-frames", "1", "--save-maps", "maps",
                    "--variance-map", "variance.png",
                ], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            let variance = try NumPyArray(folder.appendingPathComponent("maps/variance.npy"))
            #expect(try variance.elements(as: Double.self).allSatisfy(\.isNaN))
            #expect(try folder.entries() == ["maps", "variance.png"])
        }
    }

    private func checkMean(_ mean: NumPyArray, _ sum: NumPyArray, frames: Int) throws {
        let means = try mean.elements(as: Double.self)
        let sums = try sum.elements(as: UInt32.self)
        try #require(means.count == sums.count)
        let frames = Double(frames)
        // The very division, so equal to the last bit.
        #expect(zip(means, sums).allSatisfy { mean, sum in mean == Double(sum) / frames })
    }

    private func number(_ bytes: Data) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
