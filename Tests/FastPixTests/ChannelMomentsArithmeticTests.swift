import FastPixFrames
import Testing

@testable import FastPixStatistics

/// The last steps from exact sums to means, where they could overflow, round or depend on an order.
struct ChannelMomentsArithmeticTests {
    /// Photos of which every sample has one value.
    private static func part(_ value: UInt128, pixels: Int, photos: Int = 1, bits: Int = 8) -> ChannelMoments.Part {
        let samples = UInt128(pixels) * UInt128(photos)
        return ChannelMoments.Part(
            pixels: pixels, bitsPerSample: bits, photos: photos, sum: samples * value,
            sumOfSquares: samples * value * value)
    }

    @Test func weightsDiffer() {
        let parts = [Self.part(255, pixels: 1), Self.part(0, pixels: 1000)]
        let byImage = ChannelMoments(name: "red", parts: parts, weight: .image)
        #expect(byImage.mean == 0.5)
        #expect(byImage.standardDeviation == 0.5)
        let byPixel = ChannelMoments(name: "red", parts: parts, weight: .pixel)
        #expect(byPixel.mean == 1.0 / 1001)
        #expect(abs(byPixel.standardDeviation - (1000.0).squareRoot() / 1001) <= 2 * byPixel.standardDeviation.ulp)
        #expect(byPixel.sum == 255 && byPixel.pixels == 1001 && byPixel.photos == 2)
    }

    @Test(arguments: PhotoWeight.allCases)
    func bothDepthsShareAUnit(_ weight: PhotoWeight) {
        let white = [Self.part(255, pixels: 7), Self.part(65535, pixels: 11, bits: 16)]
        let found = ChannelMoments(name: "grey", parts: white, weight: weight)
        #expect(found.mean == 1 && found.standardDeviation == 0)
        #expect(found.bitsPerSample == [8, 16] && found.sampleMaximum == 65535)
        #expect(found.sum == 18 * 65535)
    }

    /// Ten million photos of half a gigapixel, the whitest there are.
    @Test(arguments: PhotoWeight.allCases, [8, 16])
    func largeSetsDoNotOverflow(_ weight: PhotoWeight, _ bits: Int) {
        let largest = UInt128(1 << bits - 1)
        let pixels = bits == 8 ? 500_000_000 : 10_000_000
        let parts = [Self.part(largest, pixels: pixels, photos: 10_000_000 / (bits / 8), bits: bits)]
        let found = ChannelMoments(name: "red", parts: parts, weight: weight)
        #expect(found.mean == 1)
        #expect(found.standardDeviation == 0)
    }

    /// The most that states can hold: half of the photos black, half white.
    @Test(arguments: PhotoWeight.allCases, [8, 16])
    func theMostPhotosDoNotOverflow(_ weight: PhotoWeight, _ bits: Int) {
        let half = ChannelStateManifest.mostPhotos / 2
        let largest = UInt128(1 << bits - 1)
        for (first, mean, deviation) in [(UInt128(0), 0.5, 0.5), (largest, 1.0, 0.0)] {
            let found = ChannelMoments(
                name: "red",
                parts: [first, largest].map { Self.part($0, pixels: 500_000_000, photos: half, bits: bits) },
                weight: weight)
            #expect(abs(found.mean - mean) <= mean.ulp)
            #expect(abs(found.standardDeviation - deviation) <= 2 * deviation.ulp)
        }
    }

    /// Sizes that do not divide 2^64, in every order.
    @Test func orderOfSizesChangesNoBit() {
        let parts = (1...7).map { Self.part(UInt128(37 * $0 % 256), pixels: 13 * $0 * $0 + 1, photos: $0) }
        let reference = ChannelMoments(name: "red", parts: parts, weight: .image)
        for shift in 1..<7 {
            let turned = Array(parts[shift...] + parts[..<shift])
            #expect(ChannelMoments(name: "red", parts: turned, weight: .image) == reference)
            #expect(ChannelMoments(name: "red", parts: turned.reversed(), weight: .image) == reference)
        }
        // Against float64, the plain way.
        let photos = Double(reference.photos)
        let mean = parts.reduce(0) { $0 + Double($1.sum) / Double($1.pixels) } / photos / 255
        let square = parts.reduce(0) { $0 + Double($1.sumOfSquares) / Double($1.pixels) } / photos / 65025
        #expect(abs(reference.mean - mean) < 1e-14)
        #expect(abs(reference.standardDeviation - (square - mean * mean).squareRoot()) < 1e-13)
    }

    @Test func totalsAddUpInAnyOrder() {
        func totals(_ photos: [(FrameShape, [UInt8])]) -> ChannelTotals {
            var totals = ChannelTotals()
            for (shape, samples) in photos {
                var sums = PhotoSums(shape, countsValues: true)
                samples.withUnsafeBytes { sums.add($0.baseAddress!, pixelCount: shape.width * shape.height) }
                sums.enter(&totals)
            }
            return totals
        }
        let colour = FrameShape(width: 2, height: 1, channels: 3, bitsPerSample: 8)
        let grey = FrameShape(width: 3, height: 1, channels: 1, bitsPerSample: 8)
        let photos: [(FrameShape, [UInt8])] = [
            (colour, [1, 2, 3, 4, 5, 6]), (grey, [10, 20, 30]), (colour, [255, 0, 255, 0, 255, 0]),
        ]
        let whole = totals(photos)
        var parts = totals([photos[2], photos[1]])
        parts += totals([photos[0]])
        for asRGB in [false, true] {
            let moments = whole.moments(weight: .pixel, greyAsRGB: asRGB)
            #expect(moments == parts.moments(weight: .pixel, greyAsRGB: asRGB))
            #expect(whole.histograms(greyAsRGB: asRGB) == parts.histograms(greyAsRGB: asRGB))
            #expect(moments.map(\.name) == ["red", "green", "blue"] + (asRGB ? [] : ["grey"]))
            #expect(moments.map(\.sum).prefix(3) == (asRGB ? [320, 322, 324] : [260, 262, 264]))
            let red = whole.histograms(greyAsRGB: asRGB)[0].counts
            #expect(red[255] == 1 && red[20] == (asRGB ? 1 : 0))
        }
        #expect(ChannelTotals().moments(weight: .image, greyAsRGB: false).isEmpty)
    }
}
