import FastPix
import Foundation
import SystemPackage
import TestSupport
import Testing

/// No job of the library writes over what it reads, or one output over another, by whatever path: it is refused before the
/// work begins, and nothing is touched.
@Suite(.timeLimit(.minutes(5)))
struct DistinctOutputsTests {
    private static func withFiles(_ body: (URL, PhotoDiscovery) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            var scenes = SyntheticScenes(width: 24, height: 16, channels: 1)
            for number in 0..<6 {
                try photos.addFile("\(number).png", TestPhoto.png(scenes.next(), width: 24, channels: 1))
            }
            try folder.addLink("alias", to: "photos")
            try body(folder, PhotoDiscovery(paths: [FilePath(photos.path)]))
        }
    }

    private static func contents(of folder: URL) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            contents[path] = (try? Data(contentsOf: folder.appendingPathComponent(path))) ?? Data()
        }
        return contents
    }

    private static func expectRefusal(
        _ code: FastPixError.Code, in folder: URL, _ run: () throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try contents(of: folder)
        let error = #expect(throws: FastPixError.self, sourceLocation: sourceLocation) { try run() }
        #expect(error?.code == code, "\(error.map { "\($0)" } ?? "")", sourceLocation: sourceLocation)
        #expect(try contents(of: folder) == before, sourceLocation: sourceLocation)
    }

    @Test func ofASearch() throws {
        try Self.withFiles { folder, photos in
            func path(_ name: String) -> FilePath { FilePath(folder.appendingPathComponent(name).path) }
            let checkpoint = CheckpointSettings(path: path("photos/new"))
            let searches = [
                HotPixelsSearch(page: path("alias/new"), checkpoint: checkpoint),
                HotPixelsSearch(maps: MapOutputs(variancePicture: path("alias/../photos/new")), checkpoint: checkpoint),
                HotPixelsSearch(maps: MapOutputs(mapsFolder: path("maps")), page: path("./maps/mean.npy")),
                // That of a second group.
                HotPixelsSearch(maps: MapOutputs(variancePicture: path("photos/new-2")), checkpoint: checkpoint),
            ]
            for search in searches {
                try Self.expectRefusal(.contradiction, in: folder) { _ = try search.run(photos) }
            }
            for search in [
                HotPixelsSearch(page: path("alias/0.png")),
                HotPixelsSearch(checkpoint: CheckpointSettings(path: path("alias/0.png"))),
                HotPixelsSearch(maps: MapOutputs(variancePicture: path("alias/0.png"))),
            ] {
                try Self.expectRefusal(.invalidArgument, in: folder) { _ = try search.run(photos) }
            }
            var statistics = PhotoStatistics(moments: .pixel)
            statistics.checkpoint = CheckpointSettings(path: path("alias/0.png"))
            try Self.expectRefusal(.invalidArgument, in: folder) { _ = try statistics.run(photos) }
        }
    }

    @Test func ofMerges() throws {
        try Self.withFiles { folder, photos in
            func path(_ name: String) -> FilePath { FilePath(folder.appendingPathComponent(name).path) }
            _ = try HotPixelsSearch(checkpoint: CheckpointSettings(path: path("photos/pixels.state"))).run(photos)
            var statistics = PhotoStatistics(moments: .pixel)
            statistics.checkpoint = CheckpointSettings(path: path("photos/channels.state"))
            _ = try statistics.run(photos)
            let source = PhotoSource(paths: [path("photos")])
            for merge in [
                StateMerge(combined: path("alias/pixels.state")), StateMerge(page: path("alias/pixels.state")),
                StateMerge(page: path("photos/new"), combined: path("alias/new")),
            ] {
                try Self.expectRefusal(.contradiction, in: folder) { _ = try merge.run([path("photos/pixels.state")]) }
            }
            let overPhoto = StateMerge(page: path("alias/0.png"), photos: source)
            try Self.expectRefusal(.invalidArgument, in: folder) {
                _ = try overPhoto.run([path("photos/pixels.state")])
            }
            let overState = StatisticsMerge(combined: path("alias/channels.state"), overwrites: true)
            try Self.expectRefusal(.contradiction, in: folder) {
                _ = try overState.run([path("photos/channels.state")])
            }
        }
    }
}
