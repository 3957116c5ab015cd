import CKernels
import Testing

extension KernelSuites {
    @Suite struct GaussianTests {
        private func prepared(_ size: Int, _ sigma: Double) -> fpx_gaussian {
            var gaussian = fpx_gaussian()
            #expect(fpx_gaussian_prepare(&gaussian, size, sigma) == .ok, "size \(size), sigma \(sigma)")
            return gaussian
        }

        private func elements<Weight>(_ tuple: some Any, of _: Weight.Type) -> [Weight] {
            withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: Weight.self)) }
        }

        @Test func weights() {
            for size in stride(from: 3, through: FPX_GAUSSIAN_MAXIMUM_SIZE, by: 2) {
                for sigma in [0, 0.1, 0.3, 0.5, 1, 1.7, 2.6, Double(size) / 4, Double(size), 1000] {
                    let gaussian = prepared(size, sigma)
                    let reference = GaussianReference(size: size, sigma: sigma)
                    func zeros(_ count: Int) -> [UInt64] { Array(repeating: 0, count: count) }
                    let radius = size / 2
                    // The struct leaves zeros out at both ends and has one before and after the rest.
                    let bytes = elements(gaussian.u8_weights, of: UInt16.self).map(UInt64.init)
                    let outsideBytes = radius - gaussian.u8_radius
                    #expect(
                        zeros(outsideBytes) + bytes[1...(2 * gaussian.u8_radius + 1)] + zeros(outsideBytes)
                            == reference.weights(fractionBits: 8), "size \(size), sigma \(sigma)")
                    #expect(bytes[0] == 0 && bytes[(2 * gaussian.u8_radius + 2)...].allSatisfy { $0 == 0 })
                    #expect(bytes.reduce(0, +) == 256)
                    let words = elements(gaussian.u16_weights, of: UInt32.self).map(UInt64.init)
                    let outsideWords = radius - gaussian.u16_radius
                    #expect(
                        zeros(outsideWords) + words[1...(2 * gaussian.u16_radius + 1)] + zeros(outsideWords)
                            == reference.weights(fractionBits: 16), "size \(size), sigma \(sigma)")
                    #expect(words[0] == 0 && words[(2 * gaussian.u16_radius + 2)...].allSatisfy { $0 == 0 })
                    #expect(words.reduce(0, +) == 65536)
                }
            }
        }

        @Test func wrongArguments() {
            var gaussian = fpx_gaussian()
            for size in [0, 1, 2, 4, 14, 98, 100, 101, Int.max] {
                #expect(fpx_gaussian_prepare(&gaussian, size, 0) == .argument, "size \(size)")
            }
            for sigma in [-1, -1e-300, .nan, .infinity, -.infinity] {
                #expect(fpx_gaussian_prepare(&gaussian, 5, sigma) == .argument, "sigma \(sigma)")
            }
            var result: [UInt8] = [7, 7, 7, 7, 7]
            let image: [UInt8] = [1, 2, 3, 4, 5]
            var empty = fpx_gaussian()
            #expect(UInt8.blur(&result, 5, image, 5, 1, 1, 1, &empty, threads: 1) == .argument)
            gaussian = prepared(5, 0)
            #expect(UInt8.blur(&result, 5, image, 5, 1, 1, 0, &gaussian, threads: 1) == .argument)
            #expect(UInt8.blur(&result, 5, image, 5, 1, 1, 5, &gaussian, threads: 1) == .argument)
            #expect(UInt8.blurRows(&result, 5, [], 0, 1, 5, &gaussian) == .argument)
            #expect(UInt8.blur(&result, 5, image, 5, 0, 1, 1, &gaussian, threads: 1) == .ok)
            #expect(UInt8.blur(&result, 5, image, 5, 1, 0, 1, &gaussian, threads: 1) == .ok)
            #expect(result.allSatisfy { $0 == 7 })
        }

        @Test func reflection() {
            for count in 1...7 {
                for index in -40...40 {
                    #expect(
                        fpx_gaussian_reflect_101(index, count) == GaussianReference.reflect(index, count),
                        "\(index) in \(count)")
                }
            }
        }

        private struct Shape: CustomStringConvertible {
            var width: Int
            var height: Int
            var channels: Int
            var description: String { "\(width) x \(height) x \(channels)" }
        }

        /// Strips on every level, each row of samples with a page behind it that must not be touched.
        private func check<Sample: BlurredSample>(
            _ image: [Sample], _ shape: Shape, _ reference: GaussianReference
        ) {
            let rowCount = shape.width * shape.channels
            let expected = reference.blur(
                image, width: shape.width, height: shape.height, channels: shape.channels)
            let sources = (0..<shape.height).map {
                GuardedBuffer(Array(image[($0 * rowCount)..<(($0 + 1) * rowCount)]), zero: 0 as Sample)
            }
            let radius = reference.size / 2
            let rows = (-radius..<shape.height + radius).map {
                UnsafePointer(sources[fpx_gaussian_reflect_101($0, shape.height)].pointer)
            }
            var gaussian = prepared(reference.size, reference.sigma)
            Level.walk { level in
                let destination = GuardedBuffer(count: image.count, filledWith: 0 as Sample)
                let status = Sample.blurRows(
                    destination.pointer, rowCount * MemoryLayout<Sample>.stride, rows, shape.height, shape.width,
                    shape.channels, &gaussian)
                #expect(status == .ok)
                #expect(
                    destination.isIntact && destination.values == expected,
                    "\(describe(level, "\(Sample.self), \(shape), size \(reference.size), sigma \(reference.sigma)"))")
            }
        }

        private func randomImage<Sample: BlurredSample>(
            _ shape: Shape, _ generator: inout SeededGenerator
        ) -> [Sample] {
            generator.integers(shape.width * shape.height * shape.channels)
        }

        /// Narrower than the kernel, around every vector's width, and more than one tile.
        private static let widths = [
            1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 15, 16, 17, 20, 21, 22, 31, 32, 33, 41, 43, 63, 64, 65, 85, 127, 129, 255,
            257,
            341, 343, 515, 1029,
        ]

        @Test func everyWidth() {
            var generator = SeededGenerator(stream: 61)
            for (number, width) in Self.widths.enumerated() {
                for channels in 1...(width < 400 ? 4 : 3) {
                    let size = [3, 7, 9, 15, 5, 31, 11][(number + channels) % 7]
                    let shape = Shape(width: width, height: 1 + (number + channels) % 6, channels: channels)
                    let reference = GaussianReference(size: size, sigma: 0)
                    check(randomImage(shape, &generator) as [UInt8], shape, reference)
                    check(randomImage(shape, &generator) as [UInt16], shape, reference)
                }
            }
        }

        @Test func everySize() {
            var generator = SeededGenerator(stream: 62)
            for size in stride(from: 3, through: FPX_GAUSSIAN_MAXIMUM_SIZE, by: 2) {
                let shape = Shape(width: 30 + size % 11, height: 2 + size % 5, channels: 1 + size / 2 % 4)
                let sigma = size % 4 == 1 ? 0 : Double(size) / Double.random(in: 3...9, using: &generator)
                let reference = GaussianReference(size: size, sigma: sigma)
                check(randomImage(shape, &generator) as [UInt8], shape, reference)
                check(randomImage(shape, &generator) as [UInt16], shape, reference)
            }
        }

        /// Small sigmas have weights that do not fit the instructions that multiply pairs.
        @Test func everyKindOfSigma() {
            var generator = SeededGenerator(stream: 63)
            let shape = Shape(width: 75, height: 5, channels: 3)
            for sigma in [1e-200, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 1, 1.2, 1.5, 2, 3, 10, 1e6, 1e200] {
                let reference = GaussianReference(size: 15, sigma: sigma)
                check(randomImage(shape, &generator) as [UInt8], shape, reference)
                check(randomImage(shape, &generator) as [UInt16], shape, reference)
            }
        }

        /// The largest sums, and the largest differences between neighbours in both directions.
        @Test func extremes() {
            let shape = Shape(width: 70, height: 6, channels: 1)
            for size in [3, 5, 7, 15, 99] {
                for period in [1, 2, 3, 140] {
                    func image<Sample: BlurredSample>() -> [Sample] {
                        (0..<420).map { $0 % period == 0 || period == 140 && $0 % period < 70 ? .max : 0 }
                    }
                    check(image() as [UInt8], shape, GaussianReference(size: size, sigma: 0))
                    check(image() as [UInt16], shape, GaussianReference(size: size, sigma: 0))
                }
            }
        }

        private func checkImages<Sample: BlurredSample>(
            _ shape: Shape, _ reference: GaussianReference, _ generator: inout SeededGenerator, of _: Sample.Type
        ) {
            let padding = 5
            let stride = shape.width * shape.channels + padding
            let bytes = MemoryLayout<Sample>.stride
            let image: [Sample] = randomImage(shape, &generator)
            let expected = reference.blur(
                image, width: shape.width, height: shape.height, channels: shape.channels)
            var padded: [Sample] = generator.integers(stride * shape.height)
            let untouched: [Sample] = generator.integers(stride * shape.height)
            var paddedExpected = untouched
            for row in 0..<shape.height {
                for place in 0..<(stride - padding) {
                    padded[row * stride + place] = image[row * (stride - padding) + place]
                    // Written from the last row upwards.
                    paddedExpected[(shape.height - 1 - row) * stride + place] =
                        expected[row * (stride - padding) + place]
                }
            }
            let source = GuardedBuffer(padded, zero: 0 as Sample)
            var gaussian = prepared(reference.size, reference.sigma)
            Level.walk { level in
                for threads in Shapes.teamSizes {
                    let destination = GuardedBuffer(untouched, zero: 0 as Sample)
                    let status = Sample.blur(
                        destination.pointer + (shape.height - 1) * stride, -stride * bytes, source.pointer,
                        stride * bytes, shape.width, shape.height, shape.channels, &gaussian, threads: threads)
                    #expect(status == .ok)
                    #expect(
                        destination.isIntact && destination.values == paddedExpected,
                        "\(describe(level, "\(Sample.self), \(shape), size \(reference.size), team of \(threads)"))")
                }
            }
        }

        @Test func imagesWithStridesAndTeams() {
            var generator = SeededGenerator(stream: 64)
            for (shape, size) in [
                (Shape(width: 40, height: 131, channels: 1), 15), (Shape(width: 7, height: 3, channels: 3), 99),
                (Shape(width: 1, height: 70, channels: 4), 31), (Shape(width: 13, height: 33, channels: 2), 7),
            ] {
                let reference = GaussianReference(size: size, sigma: 0)
                checkImages(shape, reference, &generator, of: UInt8.self)
                checkImages(shape, reference, &generator, of: UInt16.self)
            }
        }
    }
}
