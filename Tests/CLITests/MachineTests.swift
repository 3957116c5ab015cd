import Foundation
import TestSupport
import Testing

/// `fastpix info` and `fastpix tune`.
struct MachineTests {
    private struct Info: Decodable {
        let processors: Int
        let levelsAvailable: [String]
        let levelSelected: String
        let environmentHonoured: Bool
        let hasOpenMP: Bool
    }

    private struct Tuning: Decodable {
        struct Measurement: Decodable {
            let batch: Int
            let tileSamples: Int
            let seconds: Double
            let ratioToBest: Double
            let isDefault: Bool
        }

        let photos: Int
        let measurements: [Measurement]
        let best: Measurement
    }

    @Test func infoTellsTheLevelUsed() throws {
        let run = try CommandRun.fastpix(["info", "--format", "json"], environment: ["FASTPIX_ISA": ""])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let info = try JSONDecoder().decode(Info.self, from: run.stdoutBytes)
        #expect(info.processors >= 1)
        #expect(info.levelsAvailable.first == "c")
        // Later levels are wider.
        #expect(info.levelSelected == info.levelsAvailable.last)
        for level in info.levelsAvailable {
            let forced = try CommandRun.fastpix(["info", "--format", "json"], environment: ["FASTPIX_ISA": level])
            #expect(try JSONDecoder().decode(Info.self, from: forced.stdoutBytes).levelSelected == level)
        }
    }

    @Test func infoWarnsOfALevelThatIsNotThere() throws {
        let run = try CommandRun.fastpix(["info"], environment: ["FASTPIX_ISA": "mmx"])
        #expect(run.exitCode == 0)
        #expect(run.stdout.contains("SIMD level used"))
        #expect(run.stderr.contains("FASTPIX_ISA names no level of this machine"))
    }

    @Test func tuneMeasuresEveryPair() throws {
        let arguments = [
            "tune", Repository.fixture("sixteen-bit").path, "--runs", "1", "--photo-count", "4", "--workers", "2",
        ]
        let run = try CommandRun.fastpix(arguments + ["--format", "json"])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let tuning = try JSONDecoder().decode(Tuning.self, from: run.stdoutBytes)
        #expect(tuning.photos == 4)
        #expect(tuning.measurements.filter(\.isDefault).count == 1)
        #expect(Set(tuning.measurements.map { [$0.batch, $0.tileSamples] }).count == tuning.measurements.count)
        #expect(tuning.measurements.allSatisfy { $0.seconds > 0 && $0.ratioToBest >= 1 })
        #expect(tuning.best.ratioToBest == 1)

        let text = try CommandRun.fastpix(arguments)
        #expect(text.exitCode == 0)
        #expect(text.stdout.contains("Best here: --batch "))
    }

    @Test func tuneWithoutPhotosSaysSo() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(["tune", folder.path])
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(run.stderr.contains("no photo could be read"))
        }
    }
}
