import Foundation
import Testing

@testable import FastPixCodecs
@testable import FastPixDetection
@testable import FastPixFrames

/// Since when a defect shows, and how it depends on settings.
struct DefectHistoryTests {
    private static func series(
        _ residuals: [Double], around neighbours: [Double]? = nil, times: [String?]? = nil, iso: [Int?]? = nil,
        seconds: [Double?]? = nil, degrees: [Double?]? = nil, _ sampleType: SampleType = .u8
    ) -> ResidualSeries {
        ResidualSeries(
            entries: residuals.enumerated().map { index, residual in
                ResidualSeries.Entry(
                    path: "photo-\(index)",
                    capture: CaptureSettings(
                        time: times.map { $0[index] } ?? "2020-01-01T00:00:\(10 + index)",
                        iso: iso.map { $0[index] } ?? nil, exposureSeconds: seconds.map { $0[index] } ?? nil,
                        temperature: degrees.map { $0[index] } ?? nil),
                    residual: residual, neighbours: neighbours?[index] ?? 100,
                    side: abs(residual) < 4 ? 0 : residual > 0 ? 1 : -1)
            }, sampleType: sampleType)
    }

    /// What a sound pixel shows: no more than the scene's detail and noise.
    private static func noise(_ count: Int, seed: UInt64 = 7) -> [Double] {
        var random = Noise(state: seed)
        return (0..<count).map { _ in 8 * (random.next() - 0.5) }
    }

    private struct Noise {
        var state: UInt64

        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
    }

    @Test(arguments: [3, 10, 20, 37])
    func theFirstPhotoIsFound(_ onset: Int) {
        let residuals = Self.noise(40).enumerated().map { $0.element + ($0.offset >= onset ? 30 : 0) }
        let first = DefectHistory(Self.series(residuals), .hot).firstSeen
        #expect(first?.path == "photo-\(onset)")
        #expect(first?.time == "2020-01-01T00:00:\(10 + onset)")
        #expect(first?.photosBefore == onset)
        #expect(first?.photosSince == 40 - onset)
    }

    @Test func whatShowsInAllPhotosShowsFromTheFirstOn() {
        for seed in 1...20 as ClosedRange<UInt64> {
            let residuals = Self.noise(40, seed: seed).map { $0 + 10 }
            #expect(DefectHistory(Self.series(residuals), .hot).firstSeen?.photosBefore == 0)
        }
    }

    /// Neither a photo with an edge of the scene at the pixel nor a defect that ends is a beginning.
    @Test func otherChangesAreNoBeginning() {
        var residuals = Self.noise(40).map { $0 + 20 }
        residuals[3] = 150
        #expect(DefectHistory(Self.series(residuals), .hot).firstSeen?.photosBefore == 0)
        let ending = Self.noise(40).enumerated().map { $0.element + ($0.offset < 20 ? 30 : 0) }
        #expect(DefectHistory(Self.series(ending), .hot).firstSeen?.photosBefore == 0)
    }

    @Test(arguments: [3, 20, 37]) func theLastPhotoIsFound(_ end: Int) {
        let residuals = Self.noise(40).enumerated().map { $0.element + ($0.offset < end ? 30 : 0) }
        let history = DefectHistory(Self.series(residuals), .hot)
        #expect(
            history.lastSeen
                == DefectHistory.LastSeen(
                    path: "photo-\(end - 1)", time: "2020-01-01T00:00:\(9 + end)", photosUntil: end,
                    photosAfter: 40 - end))
        #expect(history.firstSeen?.photosBefore == 0)
        #expect(history.shownShare == 1)
    }

    /// One that begins and heals, wherever the clearer step is.
    @Test(arguments: [(4, 30), (10, 37)]) func aBeginningAndAnEnd(_ first: Int, _ end: Int) {
        let residuals = Self.noise(40).enumerated().map { $0.element + ((first..<end).contains($0.offset) ? 30 : 0) }
        let history = DefectHistory(Self.series(residuals), .hot)
        #expect(history.firstSeen?.photosBefore == first && history.lastSeen?.photosAfter == 40 - end)
        let steady = DefectHistory(Self.series(Self.noise(40).map { $0 + 30 }), .hot)
        #expect(steady.firstSeen?.photosBefore == 0 && steady.lastSeen?.photosAfter == 0)
        #expect(steady.lastSeen?.path == "photo-39")
    }

    /// Of the photos in which it could show, those that show it.
    @Test func theShareIsOfThePhotosBetween() {
        let blinking = Self.noise(40).enumerated().map { $0.element / 8 + ($0.offset % 5 < 2 ? 60 : 0) }
        #expect(DefectHistory(Self.series(blinking), .unstable).shownShare == 0.4)
        let late = Self.noise(40).enumerated().map { $0.element / 8 + ($0.offset >= 20 ? 60 : 0) }
        #expect(DefectHistory(Self.series(late), .hot).shownShare == 1)
        #expect(DefectHistory(Self.series(late), .lowGain).shownShare == 0)
    }

    /// What jumps in all photos together is what it was while it lasted.
    @Test func theClassIsThatOfThePhotosUntilItHealed() {
        let around = Self.noise(40, seed: 3).map { 110 + 20 * $0 }
        let residuals = Self.noise(40).enumerated().map { $0.element + ($0.offset < 20 ? 60 : 0) }
        let told = Defect.made(row: 9, column: 9, class: .unstable).with(
            Self.series(residuals, around: around), frames: .scenes)
        #expect(told.history?.lastSeen?.photosAfter == 20)
        #expect(told.class == .hot)
    }

    /// Dark current over all exposures: most of it is in the longest ones, and halves would mix these with others.
    @Test func darkCurrentIsASlope() throws {
        let seconds = (0..<15).map { [1.0, 30, 300][$0 % 3] }
        let residuals = Self.noise(15).enumerated().map { $0.element + 12 + 0.4 * seconds[$0.offset] }
        let exposure = DefectHistory(Self.series(residuals, seconds: seconds, .u16), .hot).exposure
        #expect(exposure.verdict == .grows)
        #expect(abs(try #require(exposure.slope) - 0.4) < 0.02)
        #expect(abs(try #require(exposure.intercept) - 12) < 3)
        let offset = Self.noise(15).map { $0 + 60 }
        let steady = DefectHistory(Self.series(offset, seconds: seconds, .u16), .hot).exposure
        #expect(steady.verdict == .steady && abs(steady.slope ?? 1) < 0.02)
        // One odd photo at the longest exposure is no slope.
        let rare = (0..<15).map { $0 < 9 ? 1.0 : [300, 30, 30, 30, 30, 30][$0 - 9] }
        let odd = Self.noise(15).enumerated().map { $0.element + 60 + ($0.offset == 9 ? 100 : 0) }
        #expect(DefectHistory(Self.series(odd, seconds: rare, .u16), .hot).exposure.verdict == .steady)
    }

    @Test func warmthCounts() {
        // Not in the order of time: what warms up might as well be born.
        let degrees = (0..<20).map { -20 + 2 * Double($0 * 7 % 20) }
        let residuals = Self.noise(20).enumerated().map { $0.element + 10 * exp2(degrees[$0.offset] / 6) + 20 }
        let history = DefectHistory(Self.series(residuals, degrees: degrees), .hot)
        #expect(history.temperature.verdict == .grows && history.exposure.verdict == .notEnoughVariety)
        let alike = (0..<20).map { -20 + 0.1 * Double($0) }
        #expect(
            DefectHistory(Self.series(residuals, degrees: alike), .hot).temperature.verdict == .notEnoughVariety)
    }

    /// A stuck pixel is brighter than some scenes and darker than others.
    @Test func sizeCountsForWhatFollowsNoScene() {
        let residuals = Self.noise(40).enumerated().map {
            $0.element + ($0.offset < 15 ? 0 : $0.offset % 2 == 0 ? 40 : -40)
        }
        #expect(DefectHistory(Self.series(residuals), .stuck).firstSeen?.photosBefore == 15)
    }

    /// What all photos together show as a pixel that jumps.
    @Test(arguments: [DefectClass.stuck, .hot, .dead]) func theClassIsThatOfThePhotosSince(_ expected: DefectClass) {
        let around = Self.noise(40, seed: 3).map { 110 + 20 * $0 }
        let residuals = zip(around, Self.noise(40)).enumerated().map { index, values in
            let (level, noise) = values
            guard index >= 20 else { return noise }
            return noise + (expected == .hot ? 60 : (expected == .stuck ? 230 : 0) - level)
        }
        let jumps = Defect.made(row: 9, column: 9, class: .unstable)
        let told = jumps.with(Self.series(residuals, around: around), frames: .scenes)
        #expect(told.history?.firstSeen?.photosBefore == 20)
        #expect(told.class == expected)
        // Where it shows in all, all photos have told it.
        let always = Self.series(residuals.map { $0 + 500 }, around: around)
        #expect(jumps.with(always, frames: .scenes).class == .unstable)
    }

    @Test func whatGrowsWithExposureIsHot() {
        let seconds = (0..<40).map { [0.01, 0.01, 0.02, 1][$0 % 4] }
        let growing = Self.noise(40).enumerated().map { $0.element + 90 * seconds[$0.offset] }
        let jumps = Defect.made(row: 9, column: 9, class: .unstable)
        #expect(jumps.with(Self.series(growing, seconds: seconds), frames: .scenes).class == .hot)
        let blinking = Self.noise(40).enumerated().map { $0.element + ($0.offset % 3 == 0 ? 90 : 0) }
        #expect(jumps.with(Self.series(blinking, seconds: seconds), frames: .scenes).class == .unstable)
    }

    /// Samples of floating-point frames may be anything.
    @Test func smallSamplesHaveABeginning() {
        let residuals = Self.noise(40).enumerated().map { ($0.element + ($0.offset >= 12 ? 30 : 0)) / 65536 }
        #expect(DefectHistory(Self.series(residuals, .f32), .hot).firstSeen?.photosBefore == 12)
        let iso = (0..<40).map { [100, 800][$0 % 2] }
        let growing = Self.noise(40).enumerated().map { ($0.element + Double(iso[$0.offset]) / 40) / 65536 }
        #expect(DefectHistory(Self.series(growing, iso: iso, .f32), .hot).iso.verdict == .grows)
    }

    /// One of a thousand pixels that are the same at all settings is said to grow or shrink, one of ten thousand to begin.
    @Test func chanceIsSeldomTakenForADependence() {
        let iso = (0..<12).map { [100, 800][$0 % 2] }
        var dated = 0
        var dependent = 0
        for seed in 1...1000 as ClosedRange<UInt64> {
            let history = DefectHistory(Self.series(Self.noise(12, seed: seed &* 7919).map { $0 + 20 }, iso: iso), .hot)
            dated += history.firstSeen?.photosBefore == 0 ? 0 : 1
            dependent += history.iso.verdict == .steady ? 0 : 1
        }
        #expect(dated <= 1 && dependent <= 5)
    }

    @Test func improbabilitiesAreThoseOfTables() {
        #expect(abs(Deviate.exceeded(with: 0.05) - 1.6449) < 1e-4)
        #expect(abs(Deviate.exceeded(with: 1e-6) - 4.7534) < 1e-4)
        // Student's t of 10 degrees of freedom: 2.764 is exceeded with 0.01, 4.587 with 0.0005.
        #expect(abs(Deviate.ofStudent(2.764, freedom: 10) - Deviate.exceeded(with: 0.01)) < 0.01)
        #expect(abs(Deviate.ofStudent(-4.587, freedom: 10) + Deviate.exceeded(with: 0.0005)) < 0.01)
        #expect(abs(Deviate.ofStudent(4.541, freedom: 3) - Deviate.exceeded(with: 0.01)) < 0.05)
    }

    @Test func timeOrdersPhotosAndPathsBreakTies() {
        let residuals = Self.noise(20).enumerated().map { $0.element + ($0.offset < 8 ? 30 : 0) }
        // The photos with the defect come first by path and last by time; 1 and 2 are of the same time.
        let times = (0..<20).map { String(format: "2020-01-%02dT12:00:00", $0 < 8 ? 20 + max(1, $0) : $0) }
        let first = DefectHistory(Self.series(residuals, times: times), .hot).firstSeen
        #expect(first?.path == "photo-0")
        #expect(first?.photosBefore == 12)
    }

    @Test func withoutTimesNothingIsSaidOfThem() {
        let residuals = Self.noise(40).map { $0 + 20 }
        #expect(DefectHistory(Self.series(residuals, times: Array(repeating: nil, count: 40)), .hot).firstSeen == nil)
        let same = [String?](repeating: "2020-01-01T00:00:00", count: 40)
        #expect(DefectHistory(Self.series(residuals, times: same), .hot).firstSeen == nil)
    }

    @Test func settingsAreCompared() {
        let iso = (0..<40).map { [100, 200, 800, 1600][$0 % 4] }
        let growing = Self.noise(40).enumerated().map { $0.element + Double(iso[$0.offset]) / 40 }
        let grown = DefectHistory(Self.series(growing, iso: iso), .hot)
        #expect(grown.iso.verdict == .grows)
        #expect(grown.iso.lower?.photos == 20 && grown.iso.upper?.photos == 20)
        #expect(grown.iso.lower?.least == 100 && grown.iso.lower?.greatest == 200)
        #expect(grown.iso.upper?.least == 800 && grown.iso.upper?.greatest == 1600)
        #expect(abs((grown.iso.upper?.meanResidual ?? 0) - 30) < 2)
        #expect(grown.exposure.verdict == .notEnoughVariety && grown.exposure.lower == nil)

        let steady = DefectHistory(Self.series(Self.noise(40).map { $0 + 20 }, iso: iso), .hot)
        #expect(steady.iso.verdict == .steady)
        let seconds = iso.map { 0.1 / Double($0) }
        let shrinking = DefectHistory(Self.series(growing, seconds: seconds), .hot)
        #expect(shrinking.exposure.verdict == .shrinks)
    }

    @Test(arguments: [[100], [100, 125], [100, 100, 100, 100, 100, 100, 100, 100, 100, 1600]])
    func likeSettingsAreNotEnough(_ settings: [Int]) {
        let iso = (0..<40).map { settings[$0 % settings.count] }
        #expect(
            DefectHistory(Self.series(Self.noise(40), iso: iso), .hot).iso
                == SettingDependence([(Double?, Double)](), rounding: 0))
    }

    @Test func captureTimesAreReadAsEXIFWritesThem() {
        #expect(CaptureSettings.time("2014:10:19 13:20:51", fraction: nil) == "2014-10-19T13:20:51")
        #expect(CaptureSettings.time("2014:10:19 13:20:51", fraction: "07") == "2014-10-19T13:20:51.07")
        #expect(CaptureSettings.time("2014:10:19 13:20:51", fraction: "x") == "2014-10-19T13:20:51")
        for text in ["    :  :     :  :  ", "0000:00:00 00:00:00", "2014-10-19 13:20:51", "", nil] {
            #expect(CaptureSettings.time(text, fraction: "1") == nil)
        }
    }

    @Test(arguments: [
        ("Adobe Photoshop Lightroom 5.0 (Windows)", true), ("GIMP 2.10.8", true), ("darktable 4.2", true),
        ("Snapseed 2.0", true), ("RawTherapee 5.9", true), ("Firmware Version 1.0.2", false),
        ("Digital Camera X100 Ver1.10", false), ("17.5.1", false), ("", false),
    ])
    func editorsAreKnownByName(_ software: String, _ isEditor: Bool) {
        #expect(ProcessingMarks.isEditor(software) == isEditor)
    }
}
