import FastPixFrames

/// Brings decoded pixels into the form that two images are blended in: alpha apart, grey as grey or repeated to red,
/// green and blue, 8 bits as they are or spread to 16 by x 257, which maps 255 to 65535 exactly.
struct SampleLayout {
    /// As decoded, alpha included.
    let source: FrameShape
    /// What is blended, without alpha: at least as many channels and bits as the source.
    let colour: FrameShape

    /// 1 or 3.
    var sourceColourChannels: Int { source.channels < 3 ? 1 : 3 }
    var hasAlpha: Bool { source.channels % 2 == 0 }
    /// True when decoded rows can be blended where they are.
    var isIdentity: Bool { source.channels == colour.channels && source.bitsPerSample == colour.bitsPerSample }

    /// One row: `colours` and `alpha` (when there is one, and wanted) get the samples of `decoded`.
    func unpack(
        _ decoded: UnsafeRawPointer, colours: UnsafeMutableRawPointer, alpha: UnsafeMutableRawPointer?
    ) {
        switch (source.bitsPerSample, colour.bitsPerSample) {
        case (8, 8):
            unpack(decoded, as: UInt8.self, colours, alpha, as: UInt8.self) { $0 }
        case (8, _):
            unpack(decoded, as: UInt8.self, colours, alpha, as: UInt16.self) { UInt16($0) * 257 }
        default:
            unpack(decoded, as: UInt16.self, colours, alpha, as: UInt16.self) { $0 }
        }
    }

    /// One row: colours and alpha, each of `colour.bitsPerSample`, interleaved again.
    func pack(
        colours: UnsafeRawPointer, alpha: UnsafeRawPointer, into pixels: UnsafeMutableRawPointer
    ) {
        if colour.bitsPerSample == 8 {
            pack(colours, alpha, pixels, as: UInt8.self)
        } else {
            pack(colours, alpha, pixels, as: UInt16.self)
        }
    }

    /// One row of 16-bit colours, rounded to 8 bits: the inverse of x 257.
    func narrow(_ colours: UnsafeRawPointer, into narrowed: UnsafeMutableRawPointer) {
        let colours = colours.assumingMemoryBound(to: UInt16.self)
        let narrowed = narrowed.assumingMemoryBound(to: UInt8.self)
        for index in 0..<colour.samplesPerRow { narrowed[index] = UInt8((UInt32(colours[index]) + 128) / 257) }
    }

    private func unpack<Decoded, Sample>(
        _ decoded: UnsafeRawPointer, as: Decoded.Type, _ colours: UnsafeMutableRawPointer,
        _ alpha: UnsafeMutableRawPointer?, as type: Sample.Type, _ widened: (Decoded) -> Sample
    ) {
        let decoded = decoded.assumingMemoryBound(to: Decoded.self)
        let colours = colours.assumingMemoryBound(to: Sample.self)
        let repeats = sourceColourChannels == 1 ? colour.channels : 1
        for column in 0..<colour.width {
            let pixel = decoded + column * source.channels
            let target = colours + column * colour.channels
            for channel in 0..<colour.channels { target[channel] = widened(pixel[repeats > 1 ? 0 : channel]) }
        }
        guard hasAlpha, let alpha = alpha?.assumingMemoryBound(to: Sample.self) else { return }
        for column in 0..<colour.width {
            alpha[column] = widened(decoded[(column + 1) * source.channels - 1])
        }
    }

    private func pack<Sample>(
        _ colours: UnsafeRawPointer, _ alpha: UnsafeRawPointer, _ pixels: UnsafeMutableRawPointer,
        as type: Sample.Type
    ) {
        let colours = colours.assumingMemoryBound(to: Sample.self)
        let alpha = alpha.assumingMemoryBound(to: Sample.self)
        let pixels = pixels.assumingMemoryBound(to: Sample.self)
        for column in 0..<colour.width {
            let pixel = pixels + column * (colour.channels + 1)
            for channel in 0..<colour.channels { pixel[channel] = colours[column * colour.channels + channel] }
            pixel[colour.channels] = alpha[column]
        }
    }
}
