import Foundation
import SystemPackage
import TestSupport
import Testing

/// Maps and masks in the forms of microscopes and telescopes: read back by fastpix itself, their numbers are NumPy's.
struct FieldMapTests {
    private static let jobs = [
        [Repository.fixture("sixteen-bit").path], [Repository.examplePhotos.path, "--no-defects"],
    ]

    @Test(arguments: jobs) func mapsAreTheSameInEveryForm(_ job: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(
                ["hotpixels", "--quiet", "--save-maps", "maps"] + job
                    + ["--map-format", "npy", "--map-format", "tiff", "--map-format", "fits"], in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            let maps = folder.appendingPathComponent("maps")
            #expect(
                try maps.entries() == [
                    "mean.fits", "mean.npy", "mean.tif", "variance.fits", "variance.npy", "variance.tif",
                ])
            for name in ["mean", "variance"] {
                let array = try NumPyArray(maps.appendingPathComponent("\(name).npy"))
                let expected = try array.elements(as: Double.self).map { Float($0) }
                let channels = array.shape.count == 3 ? 3 : 1
                let planes = array.shape[0] * array.shape[1]
                let tiff = [UInt8](try Data(contentsOf: maps.appendingPathComponent("\(name).tif")))
                let samples = tiff.suffix(expected.count * 4)
                #expect(
                    expected.indices.allSatisfy { index in
                        let place = samples.startIndex + index * 4
                        let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(samples[place + $1]) << UInt32(8 * $1) }
                        return bits == expected[index].bitPattern
                    })
                let fits = [UInt8](try Data(contentsOf: maps.appendingPathComponent("\(name).fits")))
                #expect(fits.count % 2880 == 0)
                let header = (fits.count - 2880) / 2880 * 2880 >= expected.count * 4 ? 2880 : 5760
                #expect(
                    expected.indices.allSatisfy { index in
                        // Plane by plane.
                        let place = header + (index % channels * planes + index / channels) * 4
                        let bits = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(fits[place + $1]) }
                        return bits == expected[index].bitPattern
                    })
                // Other readers than these lines.
                let stats = try CommandRun.fastpix(
                    ["stats", "maps/\(name).tif", "maps/\(name).fits", "--verify", "--format", "json"], in: folder)
                #expect(stats.exitCode == 0, "\(stats.stderr)")
                #expect(try stats.statistics().photos == 2)
            }
        }
    }

    /// A mask in any form names the same places to `repair`.
    @Test func masksAreTheSameInEveryForm() throws {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(
                [
                    "hotpixels", Repository.examplePhotos.path, "--quiet", "--export", "a.png", "--export", "a.tif",
                    "--export", "a.fits",
                ], in: folder)
            #expect(run.exitCode == 0, "\(run.stderr)")
            let photo = try Photos.example(1)[0]
            let repaired = try ["png", "tif", "fits"].map { form in
                let run = try CommandRun.fastpix(
                    ["repair", photo.path, "--map", "a.\(form)", "--output", form, "--quiet"], in: folder)
                #expect(run.exitCode == 0, "\(run.stderr)")
                return try Data(contentsOf: folder.appendingPathComponent("\(form)/\(photo.lastPathComponent)"))
            }
            #expect(repaired[0] == repaired[1] && repaired[0] == repaired[2])
            #expect(repaired[0] != (try Data(contentsOf: photo)))
        }
    }

    @Test func aFormWithoutMapsIsRefused() throws {
        let run = try CommandRun.fastpix(["hotpixels", "photos", "--map-format", "tiff"])
        #expect(run.exitCode == 64 && run.stderr.contains("--save-maps"))
    }
}
