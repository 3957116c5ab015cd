import CKernels
import FastPixFrames
import Testing

@testable import FastPixDetection

/// Defects of many pixels, and what is none of them, in frames that were made up.
@Suite(.timeLimit(.minutes(10)))
struct BlocksAndLinesTests {
    private static let grey16 = FrameShape(width: 160, height: 128, channels: 1, bitsPerSample: 16)

    private func index(_ row: Int, _ column: Int) -> Int { row * 160 + column }

    private func scenes(seed: UInt64, _ change: (inout [Double]) -> Void) -> FrameSet {
        FrameSet(Self.grey16, count: 30, seed: seed) { _, noise in
            var frame = noise.scene(160, 128, mean: 20000, contrast: 4000, noise: 300)
            change(&frame)
            return frame
        }
    }

    private func even(_ level: Double, _ deviation: Double, seed: UInt64, _ change: (Int, inout [Double]) -> Void)
        -> FrameSet
    {
        FrameSet(Self.grey16, count: 30, seed: seed) { number, noise in
            var frame = (0..<160 * 128).map { _ in level + deviation * noise.normal() }
            change(number, &frame)
            return frame
        }
    }

    private func block(_ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> [PixelPlace] {
        (row..<row + rows).flatMap { r in (column..<column + columns).map { PixelPlace(row: r, column: $0) } }
    }

    /// Of five by five the middle one has none but pixels of the block around it.
    @Test func blocksInDarkFramesAreOneEntryEach() throws {
        let blocks = [
            block(20, 20, 1, 3), block(20, 60, 1, 4), block(20, 100, 5, 1), block(60, 20, 3, 3), block(60, 60, 4, 4),
            block(60, 100, 5, 5),
        ]
        let detection = try even(500, 8, seed: 31) { _, frame in
            for place in blocks.joined() { frame[index(place.row, place.column)] += 900 }
        }.detection()
        #expect(detection.kind == .darks)
        #expect(Set(detection.defects.map(\.pixels)) == Set(blocks))
        #expect(detection.defects.allSatisfy { $0.class == .hot })
    }

    @Test func starsThatStayAreNoDefects() throws {
        var noise = Noise(32)
        let stars = (0..<30).map { _ in
            (10 + 108 * noise.uniform(), 10 + 140 * noise.uniform(), 300 + 20000 * noise.uniform())
        }
        let hot = block(64, 80, 2, 2)
        let detection = try even(1000, 30, seed: 33) { _, frame in
            for (y, x, height) in stars {
                for row in Int(y) - 8...Int(y) + 8 {
                    for column in Int(x) - 8...Int(x) + 8
                    where (0..<128).contains(row) && (0..<160).contains(column) {
                        let (down, right) = (Double(row) - y, Double(column) - x)
                        // Moffat's profile, as the air draws stars.
                        let spread = 1 + (down * down + right * right) / 2.5
                        frame[index(row, column)] += height / (spread * spread * spread)
                    }
                }
            }
            for place in hot { frame[index(place.row, place.column)] += 12000 }
        }.detection()
        #expect(detection.kind == .sky)
        #expect(detection.defects.map(\.pixels) == [hot])
    }

    /// Too few to make a sky, and they may be defects that have bled: nothing is claimed of them but where somebody says that
    /// the frames are dark ones.
    @Test(arguments: [nil, FrameKind.darks]) func aFewSpotsOfLightHaveLowConfidence(_ frames: FrameKind?) throws {
        let spots = [(20, 30), (50, 120), (90, 40)]
        let detection = try even(1000, 30, seed: 36) { _, frame in
            for (row, column) in spots {
                for place in block(row - 1, column - 1, 3, 3) { frame[index(place.row, place.column)] += 2500 }
                frame[index(row, column)] += 3500
            }
            frame[index(64, 80)] += 6000
        }.detection(settings: DetectionSettings(frames: frames))
        #expect(detection.kind == .darks)
        #expect(detection.possibleLights == (frames == nil ? spots.count : 0))
        #expect(detection.defects.count == spots.count + 1)
        for defect in detection.defects {
            let isSpot = defect.row != 64
            #expect((defect.confidence <= 0.3) == (isSpot && frames == nil))
        }
    }

    @Test func linesAtTheEdgeAndBesideEachOtherAreFound() throws {
        let columns = [0, 40, 42, 70, 71, 72, 158]
        let detection = try scenes(seed: 34) { frame in
            for row in 0..<128 { for column in columns { frame[index(row, column)] += 6000 } }
            for column in 0..<160 { frame[index(1, column)] = 0 }
        }.detection()
        let found = Set(detection.defects.flatMap(\.covered))
        #expect(detection.defects.allSatisfy { $0.shape == .column || $0.shape == .row })
        #expect(detection.defects.count == 6)
        // Though they hide each other from the counts, what is bright follows the scene.
        #expect(detection.defects.allSatisfy { $0.class == ($0.shape == .column ? .hot : .dead) })
        for row in 8..<120 { for column in columns { #expect(found.contains(PixelPlace(row: row, column: column))) } }
        for column in 8..<152 { #expect(found.contains(PixelPlace(row: 1, column: column))) }
        #expect(found.count <= 8 * 128 + 160)
    }

    /// At the scenes' middle level they lie above those beside them in some photos and below in others; compression lets some of
    /// what is beside them through.
    @Test(arguments: [0, 0.2]) func linesThatAreStuckAtTheMiddleLevelAreFound(_ leak: Double) throws {
        let unit = leak == 0 ? 1 : 16
        let detection = try FrameSet(Self.grey16, count: 30, seed: 52) { _, noise in
            var frame = noise.scene(160, 128, mean: 20000, contrast: 4000, noise: 300)
            for row in 0..<128 { frame[index(row, 77)] += (1 - leak) * (20000 - frame[index(row, 77)]) }
            for column in 0..<160 { frame[index(50, column)] += (1 - leak) * (20000 - frame[index(50, column)]) }
            return frame
        }.detection(codedUnit: CodedUnit(width: unit, height: unit))
        let lines = detection.defects.filter { $0.class == .stuck }
        #expect(detection.defects.count == 2)
        #expect(detection.judgedShare == 1)
        #expect(Set(lines.map(\.shape)) == [.column, .row])
        #expect(lines.allSatisfy { $0.covered.count == ($0.shape == .column ? 128 : 160) })
        #expect(lines.allSatisfy { $0.shape == .column ? $0.column == 77 : $0.row == 50 })
    }

    /// A dead row hides nothing: it is judged.
    @Test func aDeadRowIsJudged() throws {
        let detection = try scenes(seed: 53) { frame in for column in 0..<160 { frame[index(50, column)] = 0 } }
            .detection()
        #expect(detection.defects.map(\.class) == [.dead])
        #expect(detection.judgedShare == 1)
    }

    /// A rail that one photo shows, or two, is as far off in the mean as a weak column of all of them.
    @Test(arguments: [1, 2, 30]) func aLineHasToShowInManyPhotos(_ photos: Int) throws {
        let frames = FrameSet(Self.grey16, count: 30, seed: 51) { number, noise in
            var frame = noise.scene(160, 128, mean: 20000, contrast: 4000, noise: 300)
            guard number < photos else { return frame }
            for row in 20..<100 { frame[row * 160 + 77] += 40000 / Double(photos) }
            return frame
        }
        let lines = try frames.detection().defects.filter { $0.shape == .column }
        #expect(lines.map(\.column) == (photos == 30 ? [77] : []))
    }

    /// No pixel of it lies below those of its own column, in any photo.
    @Test(arguments: [(0.0, DefectClass.dead), (45000, .stuck), (65535, .stuck)])
    func linesOfOneValueAreFoundFromEndToEnd(_ value: Double, _ name: DefectClass) throws {
        let columns = try scenes(seed: 52) { frame in
            for row in 0..<128 { frame[index(row, 77)] = value }
        }.detection()
        let rows = try scenes(seed: 53) { frame in
            for column in 0..<160 { frame[index(64, column)] = value }
        }.detection()
        #expect(columns.defects.map { [$0.row, $0.column, $0.extentRows, $0.extentColumns] } == [[0, 77, 128, 1]])
        #expect(rows.defects.map { [$0.row, $0.column, $0.extentRows, $0.extentColumns] } == [[64, 0, 1, 160]])
        #expect((columns.defects + rows.defects).allSatisfy { $0.class == name })
    }

    @Test func aPartOfAColumnIsNoPrint() throws {
        let detection = try scenes(seed: 35) { frame in
            for row in 50..<90 { frame[index(row, 77)] = 0 }
        }.detection()
        let part = try #require(detection.defects.first)
        #expect(detection.defects.count == 1 && part.shape == .column && part.class == .dead && part.column == 77)
        #expect((46...54).contains(part.row) && (86...94).contains(part.row + part.extentRows))
        #expect(detection.excludedRegions.isEmpty)
    }

    /// Beside a white strip a slope of the scene lies below the strip on one side, and below the other by itself.
    @Test func whatLiesBesideAStripIsNoLine() throws {
        let detection = try scenes(seed: 36) { frame in
            for row in 0..<128 { for column in 60..<80 { frame[index(row, column)] = 65535 } }
        }.detection()
        #expect(detection.defects.isEmpty)
        #expect(detection.judgedShare < 0.9 && detection.judgedShare > 0.8)
    }

    @Test func whatBlinksInTheDarkIsUnstable() throws {
        var noise = Noise(37)
        let detection = try even(500, 8, seed: 38) { _, frame in
            if noise.uniform() < 0.4 { frame[index(30, 30)] += 400 }
            for column in [50, 70, 90] { frame[index(30, column)] += 400 }
        }.detection()
        let classes = Dictionary(uniqueKeysWithValues: detection.defects.map { ($0.column, $0.class) })
        #expect(classes == [30: .unstable, 50: .hot, 70: .hot, 90: .hot])
    }

    /// Alone, and beside a hot pixel that would hide it from the counts.
    @Test func whatOneDarkFrameShowsIsAParticle() throws {
        let detection = try even(500, 8, seed: 41) { number, frame in
            frame[index(30, 32)] += 400
            if number == 7 {
                frame[index(30, 30)] += 9000
                frame[index(90, 90)] += 9000
            }
        }.detection()
        #expect(detection.kind == .darks)
        #expect(detection.defects.map(\.pixels) == [block(30, 32, 1, 1)])
    }

    /// Noise of one step leaves pixels at one value in all of a few frames.
    @Test func quietDarkFramesHaveNoOverlays() throws {
        let detection = try FrameSet(Self.grey16, count: 5, seed: 42) { _, noise in
            (0..<160 * 128).map { _ in (60 + 0.6 * noise.normal()).rounded() }
        }.detection()
        #expect(detection.kind == .darks)
        #expect(detection.excludedRegions.isEmpty && detection.judgedShare == 1)
    }

    /// What all of them do the frames do: they are exposed for longer and shorter.
    @Test func darkCurrentOfManyExposuresIsHot() throws {
        let detection = try even(500, 8, seed: 39) { number, frame in
            for (row, column) in [(30, 30), (41, 53), (77, 72), (60, 95)] {
                frame[index(row, column)] += [0, 3, 900][number % 3]
            }
        }.detection()
        #expect(detection.defects.count == 4 && detection.defects.allSatisfy { $0.class == .hot })
    }

    @Test func whatIsWhiteInFlatsIsNotJudged() throws {
        let detection = try even(30000, 170, seed: 40) { _, frame in
            for row in 0..<128 { for column in 64..<160 { frame[index(row, column)] = 65535 } }
            frame[index(40, 30)] = 9000
            frame[index(90, 120)] = 20000
        }.detection()
        #expect(detection.kind == .flats)
        #expect(detection.excludedRegions.map(\.kind) == [.clipped])
        #expect(abs(detection.judgedShare - 0.4) < 0.03)
        #expect(
            Set(detection.defects.flatMap(\.pixels)) == [
                PixelPlace(row: 40, column: 30), PixelPlace(row: 90, column: 120),
            ])
    }

    /// Frames of 0 to 1 are as fine as integers of 16 bits.
    @Test func floatsAreCountedInSixteenBits() {
        var (sums, level, roughness) = ([Int64(0)], Int64(0), Int64(0))
        let row: [Float] = [0, 1, 0.5, 0, 0, 0, 0, 1 / 65536]
        #expect(fpx_scene_row_f32(&sums, &level, &roughness, row, 8, 1, 0, 1) == .ok)
        #expect(sums == [65536 + 32768 + 1] && level == sums[0])
        #expect(roughness == 65536 + 32768 + 32768 + 1)
    }
}
