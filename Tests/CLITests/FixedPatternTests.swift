import Foundation
import TestSupport
import Testing

/// Photos that name no camera, and whose fixed patterns are those of one sensor or of two.
struct FixedPatternTests {
    private static let width = 160
    private static let height = 128

    /// Numbers from 0 to 1 that are the same in each run.
    private struct Random {
        var state: UInt64

        mutating func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }

        /// Deviation 1.
        mutating func noise() -> Double { (uniform() + uniform() + uniform() + uniform() - 2) * 3.squareRoot() }
    }

    /// What a sensor adds to each pixel.
    private static func pattern(_ sensor: Int) -> [Double] {
        var random = Random(state: UInt64(900 + sensor))
        return (0..<width * height).map { _ in 3 * random.noise() }
    }

    enum Kind: String, CaseIterable, Sendable {
        case twoSensors, oneSensor, warmingUp, turned, longAndShort

        var disagrees: Bool { self == .twoSensors || self == .turned }
    }

    /// Dark frames of one level: no statistic of single photos tells the kinds from each other.
    private static func frame(_ number: Int, _ kind: Kind) -> RawPicture {
        var random = Random(state: UInt64(number + 1))
        let pattern = pattern(kind == .twoSensors ? number % 2 : 0)
        let samples = (0..<width * height).map { place -> UInt16 in
            let isOdd = number % 2 == 1
            let share = kind == .warmingUp ? 0.5 + Double(number) / 12 : kind == .longAndShort && isOdd ? 0 : 1
            let seen = kind == .turned && isOdd ? pattern[pattern.count - 1 - place] : pattern[place]
            return UInt16(500 + share * seen + 8 * random.noise())
        }
        return RawPicture(
            width: width, height: height, usual: 0,
            others: samples.enumerated().map { ($0.offset / width, $0.offset % width, $0.element) })
    }

    @Test(arguments: Kind.allCases) func patternsThatDoNotAgreeAreAWarning(_ kind: Kind) throws {
        try withTemporaryFolder { folder in
            for number in 0..<12 {
                try folder.addFile("\(number + 10).fits", Self.frame(number, kind).fitsAsStored([]))
            }
            var told: Set<[String]> = []
            for workers in ["1", "2"] {
                let run = try CommandRun.fastpix(
                    ["hotpixels", ".", "--format", "json", "--workers", workers], in: folder)
                let warnings = try run.hotPixels().warnings.filter { $0.kind == "two-kinds" }
                #expect(warnings.isEmpty != kind.disagrees, "\(run.stderr)")
                told.insert(warnings.map(\.message))
            }
            #expect(told.count == 1)
            if kind.disagrees {
                let message = try #require(told.first?.first)
                #expect(message.contains("6 (./10.fits, ./12.fits, ./14.fits, ...)"), "\(message)")
                #expect(message.contains("6 (./11.fits, ./13.fits, ./15.fits, ...)"), "\(message)")
            }
        }
    }

    /// Photos that say which camera took them are not doubted.
    @Test func aNamedCameraIsBelieved() throws {
        try withTemporaryFolder { folder in
            for number in 0..<12 {
                let picture = Self.frame(number, .twoSensors)
                try folder.addFile("\(number).fits", picture.fitsAsStored(["INSTRUME= 'One     '"]))
            }
            let run = try CommandRun.fastpix(["hotpixels", ".", "--format", "json"], in: folder)
            #expect(try run.hotPixels().warnings.allSatisfy { $0.kind != "two-kinds" })
        }
    }

    /// Long exposures show more and more of one sensor's defects; of two sensors each has its own photos.
    @Test(arguments: [false, true]) func defectsOfAPartOfThePhotos(areOfTwo: Bool) throws {
        var random = Random(state: 7)
        let places = (0..<24).map { _ in
            (8 + Int(112 * random.uniform())) * Self.width + 8 + Int(140 * random.uniform())
        }
        try withTemporaryFolder { folder in
            for number in 0..<14 {
                var samples = (0..<Self.width * Self.height).map { _ in 500 + 8 * random.noise() }
                for (defect, place) in places.enumerated() {
                    let isShown = areOfTwo ? (number % 2 == defect % 2) : number >= 4 + defect % 6
                    if isShown { samples[place] += 900 }
                }
                let picture = RawPicture(
                    width: Self.width, height: Self.height, usual: 0,
                    others: samples.enumerated().map {
                        ($0.offset / Self.width, $0.offset % Self.width, UInt16($0.element))
                    })
                try folder.addFile("\(number + 10).fits", picture.fitsAsStored([]))
            }
            let found = try CommandRun.fastpix(["hotpixels", ".", "--format", "json"], in: folder).hotPixels()
            #expect((found.groups.first?.defects?.count ?? 0) >= 20)
            #expect(found.warnings.contains { $0.kind == "two-kinds" } == areOfTwo)
        }
    }

    /// Floating-point dark frames of which a dark level is taken off: half of the samples lie below zero.
    @Test func framesAroundZeroAreDark() throws {
        var random = Random(state: 8)
        let cards = [
            "SIMPLE  =                    T", "BITPIX  =                  -32", "NAXIS   =                    2",
            "NAXIS1  =                  160", "NAXIS2  =                  128", "END",
        ]
        var header = Data(cards.map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined().utf8)
        header += Data(repeating: UInt8(ascii: " "), count: 2880 - header.count)
        try withTemporaryFolder { folder in
            for number in 0..<12 {
                var file = header
                for place in 0..<160 * 128 {
                    let sample = Float(6 * random.noise() + (place == 5000 ? 400 : 0))
                    withUnsafeBytes(of: sample.bitPattern.bigEndian) { file += $0 }
                }
                file += Data(count: (2880 - file.count % 2880) % 2880)
                try folder.addFile("\(number + 10).fits", file)
            }
            let found = try CommandRun.fastpix(["hotpixels", ".", "--format", "json"], in: folder).hotPixels()
            #expect(found.groups.first?.frameKind == "darks")
            #expect(found.groups.first?.defects?.map { [$0.row, $0.column] } == [[31, 40]])
        }
    }
}
