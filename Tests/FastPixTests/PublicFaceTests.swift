import FastPix
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What users of the library rely on in all jobs alike: reports that can be read back, jobs that do not block a task and
/// stop with it.
@Suite(.timeLimit(.minutes(20)))
struct PublicFaceTests {
    /// Grey scenes with one hot pixel, and a file that is damaged.
    private static func withPhotos(_ count: Int = 40, _ body: (URL, PhotoDiscovery) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            var scenes = SyntheticScenes(width: 64, height: 48, channels: 1)
            for number in 0..<count {
                var samples = scenes.next()
                samples[20 * 64 + 30] = 255
                try photos.addFile("photo-\(number).png", TestPhoto.png(samples, width: 64, channels: 1))
            }
            try photos.addFile("damaged.jpg", Data([0xff, 0xd8, 0xff, 0xe0]))
            try await body(folder, PhotoDiscovery(paths: [FilePath(photos.path)]))
        }
    }

    private static func decoded<Report: Decodable>(_ json: String, as type: Report.Type = Report.self) throws -> Report
    {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    private static func groups(_ report: HotPixelsReport) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(report.groups)
    }

    @Test func reportsOfDefectsAreReadBack() async throws {
        try await Self.withPhotos { folder, photos in
            let report = try HotPixelsSearch(history: true).run(photos, interruption: nil)
            #expect(report.groups.first?.detection?.defects.contains { ($0.row, $0.column) == (20, 30) } == true)
            #expect(report.skipped.count == 1)
            let again: HotPixelsReport = try Self.decoded(report.json)
            #expect(again.json == report.json)
            #expect(again.text == report.text)
            #expect(again.csv == report.csv)
            #expect(again.groups.first?.detection == report.groups.first?.detection)
            #expect(again.groups.first?.summary == report.groups.first?.summary)

            // Written from what was read back, a list is the one of the run.
            let (list, other) = (
                folder.appendingPathComponent("list.json"), folder.appendingPathComponent("other.json")
            )
            #expect(try report.writeDefects(to: FilePath(list.path), as: .json).isEmpty)
            #expect(try again.writeDefects(to: FilePath(other.path), as: .json).isEmpty)
            #expect(try Data(contentsOf: list) == Data(contentsOf: other))

            let lists = (old: DefectMapInput(FilePath(list.path)), new: DefectMapInput(FilePath(other.path)))
            let comparison = try DefectComparison().run(old: lists.old, new: lists.new, interruption: nil)
            #expect(comparison.isUnchanged)
            #expect(try Self.decoded(comparison.json, as: DefectComparisonReport.self).json == comparison.json)
            #expect(try Self.decoded(comparison.json, as: DefectComparisonReport.self).text == comparison.text)

            let repaired = try PhotoRepair(folder: FilePath(folder.appendingPathComponent("repaired").path)).run(
                PhotoSource(paths: [photos.files[1]]), maps: [lists.old], interruption: nil)
            #expect(repaired.photos.count == 1)
            #expect(try Self.decoded(repaired.json, as: RepairReport.self).json == repaired.json)
        }
    }

    @Test func otherReportsAreReadBack() async throws {
        try await Self.withPhotos(6) { folder, photos in
            var statistics = PhotoStatistics(moments: .image)
            statistics.countsValues = true
            let report = try statistics.run(photos, interruption: nil)
            #expect(report.photoCount == 6)
            let again: StatisticsReport = try Self.decoded(report.json)
            #expect(again.json == report.json)
            #expect(again.text == report.text)
            #expect(again.csv == report.csv)
            #expect(again.moments?.channels == report.moments?.channels)

            let plan = try BlendPlan(
                [FilePath(folder.appendingPathComponent("photos").path)], blur: GaussianBlur(size: 3),
                naming: BlendNaming(output: FilePath(folder.appendingPathComponent("blended").path)))
            let blended = try ImageBlending(BlendSettings(weights: BlendWeights(alpha: 1.5, beta: -0.5))).run(
                plan, interruption: nil)
            #expect(blended.images.count == 6)
            #expect(try Self.decoded(blended.json, as: BlendReport.self).json == blended.json)

            #expect(throws: DecodingError.self) { try Self.decoded(report.json, as: BlendReport.self) }
        }
    }

    @Test func theAsynchronousFormFindsTheSame() async throws {
        try await Self.withPhotos(12) { _, photos in
            let blocking = try HotPixelsSearch().run(photos, interruption: nil)
            let report = try await HotPixelsSearch().run(photos)
            #expect(try Self.groups(report) == Self.groups(blocking))
            let statistics = try await PhotoStatistics(moments: .pixel).run(photos)
            #expect(
                try statistics.moments?.channels
                    == PhotoStatistics(moments: .pixel).run(photos, interruption: nil).moments?.channels)
        }
    }

    /// The task is cancelled while the job waits in the first news that a photo is done.
    private static func cancelled<Report: Sendable>(
        _ run: @escaping @Sendable (@escaping @Sendable (JobProgress) -> Void) async throws -> Report
    ) async -> Result<Report, any Error> {
        let (hasBegun, begun) = AsyncStream<Void>.makeStream()
        let isCancelled = DispatchSemaphore(value: 0)
        let task = Task {
            try await run { progress in
                guard progress.stage == .working, progress.done > 0 else { return }
                begun.yield()
                isCancelled.wait()
                isCancelled.signal()
            }
        }
        for await _ in hasBegun { break }
        task.cancel()
        isCancelled.signal()
        return await task.result
    }

    private static func expectInterrupted<Report>(_ result: Result<Report, any Error>) {
        #expect { try result.get() } throws: { ($0 as? FastPixError)?.code == .interrupted }
    }

    @Test func jobsEndWithTheirTask() async throws {
        try await Self.withPhotos(12) { folder, photos in
            let accumulation = AccumulationSettings(workers: 1, tileSampleCount: 64, batch: 1)
            Self.expectInterrupted(
                await Self.cancelled { try await HotPixelsSearch(accumulation: accumulation).run(photos, progress: $0) }
            )
            Self.expectInterrupted(
                await Self.cancelled { try await PhotoStatistics(workers: 1, verifies: true).run(photos, progress: $0) }
            )

            let state = folder.appendingPathComponent("all.state")
            let kept = HotPixelsSearch(
                accumulation: accumulation, checkpoint: CheckpointSettings(path: FilePath(state.path), interval: 1000))
            Self.expectInterrupted(await Self.cancelled { try await kept.run(photos, progress: $0) })
            #expect(FileManager.default.fileExists(atPath: state.path))
            let resumed = try Self.groups(try kept.run(photos, interruption: nil))
            #expect(
                resumed == (try Self.groups(HotPixelsSearch(accumulation: accumulation).run(photos, interruption: nil)))
            )

            // What was complete stays.
            let output = FilePath(folder.appendingPathComponent("blended").path)
            let blended = try await Self.cancelled { progress in
                let plan = try BlendPlan(
                    photos.files.filter { $0.extension == "png" }, blur: GaussianBlur(size: 3),
                    naming: BlendNaming(output: output))
                return try await ImageBlending(BlendSettings(weights: BlendWeights(alpha: 1, beta: 0), workers: 1)).run(
                    plan, progress: progress)
            }.get()
            #expect(blended.isInterrupted)
            let files = try FileManager.default.contentsOfDirectory(atPath: output.string)
            #expect(files.count == blended.images.count && (1..<12).contains(files.count))
        }
    }

    #if os(Linux)
        /// A name that is no text still leads to its file; JSON has it as well as text can.
        @Test func pathsOfReportsLeadToTheirFiles() async throws {
            try await Self.withPhotos(6) { folder, _ in
                let names = [0xfe, 0xff].map { (byte: UInt8) in
                    FilePath(platformString: [0x61, CChar(bitPattern: byte), 0])
                }
                let photos = FilePath(folder.appendingPathComponent("photos").path)
                for name in names {
                    let file = photos.appending(name.components)
                    #expect(Self.move(photos.appending("damaged.jpg"), to: file))
                    try folder.addFile("photos/damaged.jpg", Data([0xff, 0xd8, 0xff, 0xe0]))
                }
                let found = PhotoDiscovery(paths: names.map { photos.appending($0.components) })
                let report = try PhotoStatistics().run(found, interruption: nil)
                #expect(Set(report.skipped.map(\.path)) == Set(found.files) && report.skipped.count == 2)
                let again: StatisticsReport = try Self.decoded(report.json)
                #expect(again.json == report.json)
                #expect(again.skipped.map(\.path) == [photos.appending("a\u{fffd}"), photos.appending("a\u{fffd}")])
            }
        }

        private static func move(_ source: FilePath, to target: FilePath) -> Bool {
            source.withPlatformString { source in target.withPlatformString { rename(source, $0) == 0 } }
        }
    #endif

    @Test func mergingStatisticsTellsHowFarItIsAndStops() async throws {
        try await Self.withPhotos(12) { folder, photos in
            var states: [FilePath] = []
            for (number, files) in [photos.files.prefix(7), photos.files.dropFirst(7)].enumerated() {
                states.append(FilePath(folder.appendingPathComponent("\(number).state").path))
                var statistics = PhotoStatistics(moments: .pixel)
                statistics.checkpoint = CheckpointSettings(path: states[number])
                _ = try statistics.run(PhotoDiscovery(paths: Array(files)), interruption: nil)
            }
            let told = Mutex<[[Int]]>([])
            let blocking = try StatisticsMerge().run(states, interruption: nil) { progress in
                told.withLock { $0.append([progress.done, progress.total]) }
            }
            #expect(told.withLock { $0 } == [[1, 2], [2, 2]])
            let report = try await StatisticsMerge().run(states)
            #expect(report.photoCount == 12)
            #expect(report.moments?.channels == blocking.moments?.channels)
            let ended = await Self.cancelled { [states] in try await StatisticsMerge().run(states, progress: $0) }
            Self.expectInterrupted(ended)
        }
    }

    @Test func repairingBlocksNoTaskAndStopsWithIt() async throws {
        try await Self.withPhotos(12) { folder, photos in
            let list = try folder.addFile("list.csv", Data("row,column\n20,30\n".utf8))
            let maps = [DefectMapInput(FilePath(list.path), size: (64, 48), offset: (0, 0))]
            let source = PhotoSource(paths: photos.files.filter { $0.extension == "png" })
            func repair(_ name: String) -> PhotoRepair {
                PhotoRepair(folder: FilePath(folder.appendingPathComponent(name).path), workers: 1)
            }
            let report = try await repair("all").run(source, maps: maps)
            #expect(report.photos.count == 12 && report.skipped.isEmpty && !report.isInterrupted)
            let part = repair("part")
            let ended = try await Self.cancelled { try await part.run(source, maps: maps, progress: $0) }.get()
            #expect(ended.isInterrupted && (1..<12).contains(ended.photos.count))
            // What was complete stays.
            #expect(try FileManager.default.contentsOfDirectory(atPath: part.folder.string).count == ended.photos.count)
        }
    }

    @Test func aCancelledTaskBeginsNoJob() async throws {
        try await Self.withPhotos(2) { _, photos in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await PhotoStatistics().run(photos)
            }
            task.cancel()
            Self.expectInterrupted(await task.result)
        }
    }

    @Test func anInterruptionStopsABlockingJob() async throws {
        try await Self.withPhotos(4) { _, photos in
            let interruption = Interruption()
            interruption.cancel()
            #expect { try PhotoStatistics().run(photos, interruption: interruption) } throws: {
                ($0 as? FastPixError)?.code == .interrupted
            }
        }
    }
}
