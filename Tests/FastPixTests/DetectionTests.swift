import FastPixFrames
import FastPixPlumbing
import Testing

@testable import FastPixDetection

/// What is found in frames that were made up, defects and all.
@Suite(.timeLimit(.minutes(10)))
struct DetectionTests {
    private static let grey16 = FrameShape(width: 160, height: 128, channels: 1, bitsPerSample: 16)

    private func index(_ row: Int, _ column: Int) -> Int { row * 160 + column }

    private func scenes(_ count: Int, seed: UInt64, _ change: (Int, inout [Double]) -> Void) -> FrameSet {
        FrameSet(Self.grey16, count: count, seed: seed) { number, noise in
            var frame = noise.scene(160, 128, mean: 20000, contrast: 4000, noise: 300)
            change(number, &frame)
            return frame
        }
    }

    private func places(_ detection: Detection) -> [PixelPlace] {
        detection.defects.map { PixelPlace(row: $0.row, column: $0.column) }.sorted {
            ($0.row, $0.column) < ($1.row, $1.column)
        }
    }

    @Test func soundFramesHaveNone() throws {
        let detection = try scenes(30, seed: 1) { _, _ in }.detection()
        #expect(detection.defects.isEmpty)
        #expect(detection.kind == .scenes)
        #expect(!detection.isFixedView)
        #expect(detection.judgedShare == 1)
    }

    @Test func classesFollowFromHowPixelsFollowTheScene() throws {
        let detection = try scenes(30, seed: 2) { number, frame in
            frame[index(20, 30)] = 60000
            frame[index(40, 60)] = 0
            frame[index(60, 90)] += 6000
            frame[index(80, 120)] *= 0.5
            frame[index(100, 40)] = 20500
            if number % 5 < 2 { frame[index(30, 130)] += 30000 }
        }.detection()
        let classes = Dictionary(uniqueKeysWithValues: detection.defects.map { ("\($0.row),\($0.column)", $0.class) })
        #expect(
            classes == [
                "20,30": .stuck, "40,60": .dead, "60,90": .hot, "80,120": .lowGain, "100,40": .stuck,
                "30,130": .unstable,
            ])
        #expect(detection.defects.allSatisfy { $0.shape == .point && $0.covered.count == 1 })
    }

    @Test func defectsOfAPartOfTheTimeAreFound() throws {
        let detection = try scenes(60, seed: 3) { number, frame in
            if number >= 40 { frame[index(50, 50)] += 25000 }
            if number < 30 { frame[index(90, 100)] += 25000 }
        }.detection()
        #expect(places(detection) == [PixelPlace(row: 50, column: 50), PixelPlace(row: 90, column: 100)])
    }

    @Test func touchingPixelsAreOneEntryAndEachIsNamed() throws {
        let detection = try scenes(30, seed: 4) { _, frame in
            for (row, column) in [(40, 40), (40, 41), (41, 40), (41, 41), (90, 120), (90, 121)] {
                frame[index(row, column)] = 0
            }
        }.detection()
        #expect(detection.defects.count == 2)
        #expect(detection.defects.allSatisfy { $0.shape == .cluster && $0.class == .dead })
        #expect(
            Set(detection.defects.map { Set($0.pixels.map { [$0.row, $0.column] }) }) == [
                [[40, 40], [40, 41], [41, 40], [41, 41]], [[90, 120], [90, 121]],
            ])
    }

    /// Of a block of nine only the middle one has no other among its neighbours.
    @Test func everyPixelOfABlockIsNamed() throws {
        let detection = try scenes(30, seed: 26) { _, frame in
            for row in 60...62 { for column in 90...92 { frame[index(row, column)] = 100 } }
        }.detection()
        #expect(detection.defects.count == 1)
        let places = (60...62).flatMap { row in (90...92).map { PixelPlace(row: row, column: $0) } }
        #expect(detection.defects.first?.pixels == places)
    }

    /// Two pixels at the neighbour distance: the weaker one never lies above the stronger.
    @Test func theWeakerOfTwoNeighboursIsFoundInDarkFrames() throws {
        let detection = try darks(30, seed: 5) { frame in
            frame[index(60, 60)] += 900
            frame[index(62, 60)] += 500
        }.detection()
        #expect(places(detection) == [PixelPlace(row: 60, column: 60), PixelPlace(row: 62, column: 60)])
    }

    @Test func linesAreOneEntryWithTheirExtent() throws {
        let detection = try scenes(30, seed: 6) { _, frame in
            for row in 0..<128 { frame[index(row, 33)] = 0 }
            for column in 0..<160 { frame[index(71, column)] += 5000 }
            for row in 64..<128 { frame[index(row, 120)] += 3000 }
        }.detection()
        let lines = detection.defects.filter { $0.shape != .point }
        #expect(detection.defects.count == 3)
        let byShape = Dictionary(grouping: lines) { "\($0.shape.rawValue) \($0.shape == .row ? $0.row : $0.column)" }
        let column = try #require(byShape["column 33"]?.first)
        #expect(column.class == .dead && column.row <= 2 && column.row + column.extentRows >= 126)
        let row = try #require(byShape["row 71"]?.first)
        #expect(row.class == .hot && row.column <= 2 && row.column + row.extentColumns >= 158)
        let half = try #require(byShape["column 120"]?.first)
        #expect(abs(half.row - 64) <= 8 && half.row + half.extentRows >= 126)
        #expect(row.covered.count == row.extentColumns)
        // Their means are those of pixels, and not of offsets alone.
        #expect(column.neighbourhoodMean > 1000 && column.mean >= 0 && column.mean < 0.3 * column.neighbourhoodMean)
        // What lies beyond the nearer side is less by half of what the sides differ by.
        #expect(row.neighbourhoodMean > 1000 && (3500...5300).contains(row.mean - row.neighbourhoodMean))
    }

    private func darks(_ count: Int, seed: UInt64, _ change: (inout [Double]) -> Void) -> FrameSet {
        FrameSet(Self.grey16, count: count, seed: seed) { _, noise in
            var frame = (0..<160 * 128).map { _ in 500 + 8 * noise.normal() }
            change(&frame)
            return frame
        }
    }

    @Test(arguments: [5, 30]) func darkFramesListWhatIsHot(count: Int) throws {
        var noise = Noise(7)
        let hot = (0..<40).map { _ in (Int(noise.uniform() * 124) + 2, Int(noise.uniform() * 156) + 2) }
        let detection = try darks(count, seed: 8) { frame in
            for (number, (row, column)) in hot.enumerated() { frame[index(row, column)] += 60 + 70 * Double(number) }
        }.detection()
        #expect(detection.kind == .darks)
        #expect(Set(places(detection)) == Set(hot.map { PixelPlace(row: $0.0, column: $0.1) }))
        #expect(detection.defects.allSatisfy { $0.class == .hot })
        #expect(detection.excludedRegions.isEmpty)
    }

    /// Pixels at the edge are held against their row's, of which a last tile may have only some that are as bad.
    @Test(arguments: [130, 132, 134, 136]) func theLastColumnsAreLookedAt(width: Int) throws {
        let shape = FrameShape(width: width, height: 96, channels: 1, bitsPerSample: 16)
        let detection = try FrameSet(shape, count: 20, seed: 10) { _, noise in
            var frame = (0..<96 * width).map { _ in 500 + 5 * noise.normal() }
            frame[40 * width + width - 1] += 3000
            frame[60 * width + width - 2] += 3000
            return frame
        }.detection()
        let expected = [PixelPlace(row: 40, column: width - 1), PixelPlace(row: 60, column: width - 2)]
        #expect(Set(places(detection)) == Set(expected))
    }

    /// What compression leaves of faint noise: blocks that go up and down by a level.
    @Test func blocksThatFlickerAreNoScene() throws {
        let shape = FrameShape(width: 160, height: 128, channels: 1, bitsPerSample: 8)
        let detection = try FrameSet(shape, count: 14, seed: 12) { _, noise in
            let blocks: [Double] = (0..<20 * 16).map { _ in noise.uniform() < 0.4 ? 11 : 10 }
            var frame = [Double](repeating: 0, count: 160 * 128)
            for row in 0..<128 {
                for column in 0..<160 { frame[index(row, column)] = blocks[row / 8 * 20 + column / 8] }
            }
            frame[index(60, 61)] += 90
            return frame
        }.detection(codedUnit: CodedUnit(width: 8, height: 8))
        #expect(detection.kind == .darks)
        #expect(places(detection) == [PixelPlace(row: 60, column: 61)])
    }

    /// Samples of 0 and 1: no neighbour is ever below, and hardly one above.
    @Test func framesOfZerosAreDark() throws {
        let shape = FrameShape(width: 160, height: 128, channels: 1, bitsPerSample: 8)
        let set = FrameSet(shape, count: 14, seed: 9) { number, noise in
            var frame = (0..<160 * 128).map { _ in noise.uniform() < 0.01 ? 1.0 : 0 }
            frame[index(60, 60)] += Double(number)
            frame[index(0, 99)] += 9
            return frame
        }
        let detection = try set.detection()
        #expect(detection.kind == .darks)
        #expect(places(detection) == [PixelPlace(row: 0, column: 99), PixelPlace(row: 60, column: 60)])
        #expect(detection.judgedShare == 1)
    }

    @Test func driftingStarsAreNotListed() throws {
        var noise = Noise(10)
        let stars = (0..<12).map { _ in (noise.uniform() * 110 + 9, noise.uniform() * 140 + 9, 20000 * noise.uniform())
        }
        let set = FrameSet(Self.grey16, count: 30, seed: 11) { _, noise in
            var frame = (0..<160 * 128).map { _ in 1000 + 30 * noise.normal() }
            let (down, right) = (3 * noise.normal(), 3 * noise.normal())
            for (row, column, height) in stars {
                for r in max(0, Int(row + down) - 6)...min(127, Int(row + down) + 6) {
                    for c in max(0, Int(column + right) - 6)...min(159, Int(column + right) + 6) {
                        let (dr, dc) = (Double(r) - row - down, Double(c) - column - right)
                        frame[index(r, c)] += height * gaussian((dr * dr + dc * dc) / 1.7)
                    }
                }
            }
            frame[index(64, 80)] += 400
            return frame
        }
        let detection = try set.detection()
        #expect(places(detection) == [PixelPlace(row: 64, column: 80)])
        #expect(detection.kind.isEven)
    }

    /// exp(-x / 2)
    private func gaussian(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for number in 1..<60 {
            term *= x / 2 / Double(number)
            sum += term
        }
        return 1 / sum
    }

    @Test func flatsShowPixelsOfLessGainAndNoPattern() throws {
        var noise = Noise(12)
        let pattern = (0..<160 * 128).map { _ in 1 + 0.015 * noise.normal() }
        let set = FrameSet(Self.grey16, count: 100, seed: 13) { _, noise in
            let light = 20000 * (0.8 + 0.4 * noise.uniform())
            var frame = pattern.map { $0 * light + 60 * noise.normal() }
            // Above the limit of detection of this pattern, 0.17 of the light.
            frame[index(50, 50)] *= 0.8
            frame[index(90, 120)] *= 0.4
            return frame
        }
        let detection = try set.detection()
        #expect(detection.kind == .flats)
        #expect(places(detection) == [PixelPlace(row: 50, column: 50), PixelPlace(row: 90, column: 120)])
        #expect(detection.defects.allSatisfy { $0.class == .lowGain || $0.class == .dead })
    }

    @Test func oneViewIsSaidToBeOne() throws {
        var noise = Noise(14)
        let view = noise.scene(160, 128, mean: 20000, contrast: 4000, noise: 500)
        let set = FrameSet(Self.grey16, count: 30, seed: 15) { _, noise in
            let light = 0.9 + 0.2 * noise.uniform()
            return view.map { $0 * light + 300 * noise.normal() }
        }
        let detection = try set.detection()
        #expect(detection.isFixedView)
        #expect((detection.sceneCorrelation ?? 0) > 0.9)
        #expect(detection.defects.allSatisfy { $0.confidence <= 0.3 })
    }

    /// A part of the scene that stays has details as sharp as defects.
    @Test func aPartThatStaysIsNotJudged() throws {
        var noise = Noise(21)
        let detail = (0..<160 * 128).map { _ in 12000 * (noise.uniform() - 0.5) }
        let detection = try scenes(30, seed: 22) { _, frame in
            for row in 64..<128 {
                for column in 0..<160 { frame[index(row, column)] += detail[index(row, column)] }
            }
            frame[index(20, 30)] += 9000
        }.detection()
        #expect(places(detection) == [PixelPlace(row: 20, column: 30)])
        #expect(detection.excludedRegions.map(\.kind) == [.staticScene])
        let region = try #require(detection.excludedRegions.first)
        #expect(region.row == 64 && region.rows == 64 && region.columns == 160)
        #expect(detection.judgedShare == 0.5)
    }

    /// Slopes steeper than the noise: no pixel is ever above all its neighbours, but all of them change.
    @Test func softScenesAreJudged() throws {
        let set = FrameSet(Self.grey16, count: 30, seed: 23) { _, noise in
            let (down, right) = (200 + 100 * noise.uniform(), 100 + 50 * noise.uniform())
            var frame = (0..<160 * 128).map { place in
                down * Double(place / 160) + right * Double(place % 160) + 40 * noise.normal()
            }
            frame[index(50, 60)] = 61000
            return frame
        }
        let detection = try set.detection()
        #expect(detection.excludedRegions.isEmpty && detection.judgedShare == 1)
        #expect(places(detection) == [PixelPlace(row: 50, column: 60)])
    }

    /// Copies of one noisy picture, down to a few pixels: whatever is there is there in all of them.
    @Test(arguments: [(17, 13), (13, 17), (40, 40), (80, 64)]) func copiesOfNoiseHaveNone(
        width: Int, height: Int
    ) throws {
        let shape = FrameShape(width: width, height: height, channels: 3, bitsPerSample: 8)
        var noise = Noise(24)
        let picture = (0..<shape.sampleCount).map { _ in 255 * noise.uniform() }
        let set = FrameSet(shape, Array(repeating: picture.map { $0.rounded() }, count: 30))
        for unit in [CodedUnit(width: 1, height: 1), CodedUnit(width: 16, height: 16)] {
            let detection = try set.detection(codedUnit: unit)
            #expect(detection.defects.isEmpty)
            #expect(detection.isFixedView || detection.judgedShare == 0)
        }
    }

    @Test func tooFewPixelsAreNotJudged() throws {
        let shape = FrameShape(width: 7, height: 7, channels: 1, bitsPerSample: 8)
        let detection = try FrameSet(shape, count: 30, seed: 25) { _, noise in
            (0..<49).map { $0 == 24 ? 255 : 100 + 9 * noise.normal() }
        }.detection()
        #expect(detection.defects.isEmpty && detection.judgedShare == 0)
        #expect(detection.excludedRegions.map(\.kind) == [.tooFewPixels])
    }

    @Test func barsAreLeftOutAndSaid() throws {
        let detection = try scenes(30, seed: 16) { _, frame in
            for index in 0..<160 * 20 { frame[index] = 0 }
            frame[index(64, 80)] = 60000
        }.detection()
        #expect(places(detection) == [PixelPlace(row: 64, column: 80)])
        #expect(detection.excludedRegions.map(\.kind) == [.letterbox])
        let bar = try #require(detection.excludedRegions.first)
        #expect(bar.row == 0 && bar.columns == 160 && (17...22).contains(bar.rows))
        #expect(abs(detection.judgedShare - Double(128 - bar.rows) / 128) < 1e-9)
    }

    @Test func thereIsALimitAndWhatLiesAboveItIsFound() throws {
        let limit = try #require(try scenes(40, seed: 17) { _, _ in }.detection().limitOfDetection)
        #expect(limit > 400 && limit < 6000)
        var found = 0
        // Scattered: on an even lattice they would be one grid.
        let hot = (0..<20).map { (10 + $0 * 37 % 103, 8 + $0 * $0 * 61 % 139) }
        let detection = try scenes(40, seed: 18) { _, frame in
            for (row, column) in hot { frame[index(row, column)] += 1.3 * limit }
        }.detection()
        found = hot.count { row, column in places(detection).contains(PixelPlace(row: row, column: column)) }
        #expect(found >= 17)
    }

    /// Bands of any size and order, and threads, change nothing.
    @Test(arguments: [1, 7, 32, 50]) func bandsDoNotMatter(height: Int) throws {
        let set = scenes(12, seed: 19) { number, frame in
            frame[index(20, 30)] = 60000
            frame[index(31, 64)] += 9000
            for row in 0..<128 { frame[index(row, 100)] += 5000 }
            for index in 0..<160 * 12 { frame[index] = 65535 }
        }
        let whole = try set.detection()
        #expect(!whole.defects.isEmpty)
        let bands = stride(from: 0, to: 128, by: height).map { $0..<min(128, $0 + height) }
        #expect(try set.detection(bands: bands.reversed()) == whole)
        let (accumulators, facts, coarse) = try set.statistics()
        let scan = DefectScan(
            geometry: FrameGeometry(shape: set.shape, codedUnit: CodedUnit(width: 1, height: 1)), frameCount: 12)
        _ = WorkerTeam.map(bands.count, workers: 4) { scan.scan(accumulators, rows: bands[$0]) }
        #expect(scan.judge(facts.reversed(), coarse: coarse, settings: DetectionSettings()) == whole)
    }

    /// Pixels of a block hide each other from being found one by one: then the block is said to be left out, and only it.
    @Test(arguments: [1, 3], [(4, 4), (1, 7), (12, 9)]) func whatHidesItselfIsSaid(
        channels: Int, size: (rows: Int, columns: Int)
    ) throws {
        let shape = FrameShape(width: 160, height: 128, channels: channels, bitsPerSample: 16)
        let set = FrameSet(shape, count: 30, seed: 34) { _, noise in
            let scenes = (0..<channels).map { _ in noise.scene(160, 128, mean: 20000, contrast: 4000, noise: 300) }
            return (0..<shape.sampleCount).map { sample in
                let (row, column) = (sample / channels / 160, sample / channels % 160)
                let isStuck = (60..<60 + size.rows).contains(row) && (70..<70 + size.columns).contains(column)
                return isStuck ? 65535 : scenes[sample % channels][sample / channels]
            }
        }
        let detection = try set.detection()
        for row in 60..<60 + size.rows {
            for column in 70..<70 + size.columns {
                let isListed = detection.defects.contains { $0.covered.contains(PixelPlace(row: row, column: column)) }
                #expect(isListed || detection.excludedRegions.contains { $0.contains(row, column) })
            }
        }
        #expect(detection.judgedShare > 0.98)
        if detection.defects.isEmpty { #expect(detection.judgedShare < 1) }
    }

    /// Noise of a few dark frames is no block of anything.
    @Test func noiseOfFewFramesIsNotLeftOut() throws {
        let shape = FrameShape(width: 512, height: 512, channels: 1, bitsPerSample: 16)
        for count in [5, 12] {
            let detection = try FrameSet(shape, count: count, seed: 37) { _, noise in
                (0..<shape.sampleCount).map { _ in (500 + 8 * noise.normal()).rounded() }
            }.detection()
            #expect(detection.excludedRegions.isEmpty && detection.judgedShare == 1)
        }
    }

    /// Two columns that touch are one, in spite of each other.
    @Test func columnsThatTouchAreFound() throws {
        let detection = try scenes(30, seed: 35) { _, frame in
            for row in 0..<128 { for column in 80...81 { frame[index(row, column)] += 3000 } }
        }.detection()
        let column = try #require(detection.defects.first { $0.shape == .column })
        #expect(column.column == 80 && column.extentColumns == 2 && column.extentRows == 128)
        #expect(detection.defects.count == 1)
    }

    /// Those next to the edges of the frame, whose ringing is not taken for them.
    @Test func edgesOfSmearedFramesAreJudged() throws {
        let shape = FrameShape(width: 160, height: 128, channels: 3, bitsPerSample: 8)
        let edges = [(0, 50), (1, 100), (127, 30), (60, 0), (80, 159)]
        let set = FrameSet(shape, count: 30, seed: 36) { _, noise in
            let scene = noise.scene(160, 128, mean: 110, contrast: 25, noise: 3)
            return (0..<shape.sampleCount).map { sample in
                let (row, column) = (sample / 3 / 160, sample / 3 % 160)
                if edges.contains(where: { $0 == (row, column) }) { return 250 }
                // A tenth of it, a few pixels away, as compression leaves.
                let isRinging = edges.contains { max(abs($0.0 - row), abs($0.1 - column)) == 4 }
                return min(255, max(0, (scene[sample / 3] - (isRinging ? 12 : 0)).rounded()))
            }
        }
        let found = places(try set.detection(codedUnit: CodedUnit(width: 16, height: 16)))
        #expect(
            found
                == edges.map { PixelPlace(row: $0.0, column: $0.1) }.sorted {
                    ($0.row, $0.column) < ($1.row, $1.column)
                })
    }

    /// Pixels beside one that is looked at are looked at as closely, up to the last row around a band that can be read.
    @Test(arguments: [1, 3]) func looksReadNoFurtherThanTheHalo(channels: Int) throws {
        let shape = FrameShape(width: 96, height: 96, channels: channels, bitsPerSample: 16)
        let set = FrameSet(shape, count: 12, seed: 33) { _, noise in
            var frame = (0..<shape.sampleCount).map { _ in 2000 + 30 * noise.normal() }
            // As steep as a star, but in every frame: nothing of it ends within a look's reach.
            for row in 30..<66 {
                for channel in 0..<channels {
                    frame[(row * 96 + 48) * channels + channel] += 9000 - 200 * abs(Double(row) - 48)
                }
            }
            return frame
        }
        let whole = try set.detection()
        for height in [1, 5, 16] {
            let bands = stride(from: 0, to: 96, by: height).map { $0..<min(96, $0 + height) }
            #expect(try set.detection(bands: bands) == whole)
        }
    }

    @Test(arguments: [(1, 1), (3, 200), (200, 3), (5, 5), (33, 9)]) func smallFramesAreJudged(
        width: Int, height: Int
    ) throws {
        let shape = FrameShape(width: width, height: height, channels: 3, bitsPerSample: 8)
        for count in [1, 2, 12] {
            let set = FrameSet(shape, count: count, seed: 20) { _, noise in
                (0..<shape.sampleCount).map { _ in 255 * noise.uniform() }
            }
            let detection = try set.detection(codedUnit: CodedUnit(width: 16, height: 8))
            #expect(detection.defects.count <= 1)
        }
    }

    /// What every pixel of a bad sensor is told of is bounded, and said to be.
    @Test func candidatesAreBoundedWhateverTheirOrder() {
        let shape = FrameShape(width: 2048, height: 2048, channels: 1, bitsPerSample: 8)
        let geometry = FrameGeometry(shape: shape, codedUnit: CodedUnit(width: 1, height: 1))
        func candidate(_ index: Int) -> Candidate {
            let evidence = ChannelEvidence(
                above: UInt16(index * 31 % 1009), below: 0, blindAbove: 0, blindBelow: 0, mean: 1, ringMean: 0,
                variance: 0, ringVariance: 0, touching: 0)
            return Candidate(
                row: index / 2048, column: index % 2048, isCounted: true, evidence: [evidence], reach: .init(),
                tinge: .init(), border: nil, spill: 0)
        }
        let count = 3 * CandidateStore.capacity
        var forward = CandidateStore(geometry)
        var backward = CandidateStore(geometry)
        let all = (0..<count).map(candidate)
        for start in stride(from: 0, to: count, by: 10_000) {
            let part = Array(all[start..<min(count, start + 10_000)])
            forward.add(part)
            backward.add([])
        }
        for start in stride(from: 0, to: count, by: 7_777).reversed() {
            backward.add(all[start..<min(count, start + 7_777)].reversed())
        }
        let kept = forward.finish()
        #expect(kept == backward.finish())
        #expect(kept.count <= CandidateStore.capacity && kept.count > CandidateStore.capacity / 4)
        #expect(forward.isTruncated && backward.isTruncated)
    }
}
