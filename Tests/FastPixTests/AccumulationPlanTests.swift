import FastPixCodecs
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import FastPixAccumulation

/// How a pass is divided to stay within its memory, for machines of every kind.
struct AccumulationPlanTests {
    private typealias Machine = AccumulationPlan.Machine

    private static func plan(
        _ photos: [PhotoFile], limit: Int = 1 << 32, workers: Int = 4, batch: Int = 16, tile: Int? = nil,
        kind: AccumulatorKind = .exact, hasExtremes: Bool = true, needsAllRows: Bool = false, otherBytes: Int = 0,
        machine: Machine = Machine(level2CacheBytes: 1 << 20, openFiles: 1000)
    ) throws(FastPixError) -> AccumulationPlan {
        try AccumulationPlan.fitting(
            AccumulationPlan.Job(
                photos: photos, shape: photos[0].header.shape,
                contents: AccumulatorContents(kind: kind, hasExtremes: hasExtremes), needsAllRows: needsAllRows,
                otherBytes: otherBytes),
            settings: AccumulationSettings(
                workers: workers, tileSampleCount: tile, batch: batch, accumulator: kind, memoryLimit: limit),
            machine: machine)
    }

    private static let progressive = ProjectPhotos.smallJPEGs(.all).filter(\.header.isDecodedWhole)
    private static let baseline = ProjectPhotos.smallJPEGs(.all).filter { !$0.header.isDecodedWhole }

    private static func times(_ count: Int, _ photos: [PhotoFile]) -> [PhotoFile] {
        (0..<count).map { photos[$0 % photos.count] }
    }

    struct Photos: Sendable, CustomTestStringConvertible {
        let name: String
        let photos: [PhotoFile]
        var testDescription: String { name }
    }

    private static let sets = [
        Photos(name: "13 JPEGs", photos: Array(ProjectPhotos.example.prefix(13))),
        Photos(name: "1 JPEG", photos: Array(ProjectPhotos.example.prefix(1))),
        Photos(name: "60 JPEGs", photos: times(60, ProjectPhotos.example)),
        Photos(name: "16 bits", photos: ProjectPhotos.sixteenBit),
        Photos(name: "small JPEGs", photos: times(50, baseline)),
        Photos(name: "progressive JPEGs", photos: times(30, progressive)),
    ]

    /// Counted without the planner: decoded rows, the decoders that may be open together, accumulators in memory.
    private static func bytes(_ plan: AccumulationPlan, _ shape: FrameShape, _ contents: AccumulatorContents) -> Int {
        let row = shape.samplesPerRow * contents.elementBytes(shape).reduce(0, +)
        let strips = (shape.height + plan.rowsPerStrip - 1) / plan.rowsPerStrip
        let decoders = plan.batches.map { $0.reduce(0) { $0 + $1.header.decoderBytes } }.sorted(by: >)
        var bytes = plan.workers * plan.framesPerBatch * plan.rowsPerStrip * shape.bytesPerRow
        bytes += decoders.prefix(plan.openBatches).reduce(0, +)
        switch plan.held {
        case .strips(let held): bytes += min(held, strips) * plan.rowsPerStrip * row
        case .frame: bytes += shape.height * row
        case .file: break
        }
        if contents.hasExtremes { bytes += CoarseSums.byteCount(shape) }
        return bytes
    }

    /// What every plan has to obey.
    private static func expectSound(
        _ plan: AccumulationPlan, _ photos: [PhotoFile], limit: Int, workers: Int, batch: Int, kind: AccumulatorKind,
        machine: Machine, comment: Comment
    ) {
        let shape = photos[0].header.shape
        let contents = AccumulatorContents(kind: kind, hasExtremes: true)
        #expect(
            bytes(plan, shape, contents) <= limit - MemoryBudget.programBytes, comment)
        #expect((1...shape.height).contains(plan.rowsPerStrip), comment)
        #expect((1...workers).contains(plan.workers), comment)
        #expect(plan.batches.allSatisfy { !$0.isEmpty }, comment)
        let largest = kind == .welford ? max(4, batch) : batch
        #expect(plan.framesPerBatch <= largest, comment)
        #expect(plan.openBatches >= 1, comment)
        let least = kind == .welford ? 4 : 1
        let open = plan.batches.map(\.count).sorted(by: >).prefix(plan.openBatches).reduce(0, +)
        #expect(open <= machine.openFiles || plan.openBatches == 1 && open <= least, comment)
        if case .strips(let strips) = plan.held {
            // All photos have to be in a strip before it is finished, with the rows around those that are read.
            #expect(plan.openBatches == plan.batches.count, comment)
            let stripCount = (shape.height + plan.rowsPerStrip - 1) / plan.rowsPerStrip
            #expect(strips == stripCount || (strips - 1) * plan.rowsPerStrip >= 18, comment)
        }
        if kind == .welford {
            #expect(plan.batches.flatMap(\.self).map(\.path) == photos.map(\.path), comment)
            #expect(plan.batches.dropLast().allSatisfy { $0.count % 4 == 0 }, comment)
        } else {
            let dealt = plan.batches.flatMap(\.self).map(\.path.string)
            #expect(dealt.sorted() == photos.map(\.path.string).sorted(), comment)
        }
    }

    @Test(arguments: sets, AccumulatorKind.allCases)
    func everyPlanIsSoundAndWithinItsLimit(_ set: Photos, _ kind: AccumulatorKind) throws {
        var made = 0
        for level2 in [256 << 10, 1280 << 10, 4 << 20] {
            for openFiles in [3, 20, 1000] {
                let machine = Machine(level2CacheBytes: level2, openFiles: openFiles)
                for (workers, batch) in [(1, 6), (2, 16), (4, 3), (11, 2)] {
                    for limit in [44, 48, 60, 100, 200, 4000].map({ $0 << 20 }) {
                        for needsAllRows in [false, true] {
                            guard
                                let plan = try? Self.plan(
                                    set.photos, limit: limit, workers: workers, batch: batch, kind: kind,
                                    needsAllRows: needsAllRows, machine: machine)
                            else { continue }
                            made += 1
                            Self.expectSound(
                                plan, set.photos, limit: limit, workers: workers, batch: batch, kind: kind,
                                machine: machine,
                                comment: """
                                    \(limit >> 20) MiB, \(workers) workers, batch \(batch), L2 \(level2), \(openFiles) \
                                    files, all rows \(needsAllRows): \(plan.held), \(plan.batches.map(\.count)), \
                                    \(plan.openBatches) open
                                    """)
                            if needsAllRows, case .strips = plan.held { Issue.record("strips are not all rows") }
                        }
                    }
                }
            }
        }
        #expect(made > 150)
    }

    /// With enough memory there is a plan for any number of workers and any cache, and nobody is left without work.
    @Test(arguments: [256 << 10, 512 << 10, 1 << 20, 1280 << 10, 2 << 20, 4 << 20])
    func everyCacheHasAPlan(_ level2: Int) throws {
        let photos = Array(ProjectPhotos.example.prefix(13))
        for workers in 1...16 {
            for batch in [1, 2, 5, 16] {
                let plan = try Self.plan(
                    photos, workers: workers, batch: batch, machine: Machine(level2CacheBytes: level2, openFiles: 1000))
                #expect(plan.workers == min(workers, photos.count))
                #expect(plan.batches.count >= plan.workers && plan.openBatches >= plan.workers)
                #expect(plan.batches.allSatisfy { $0.count <= batch })
            }
        }
    }

    /// Strips, then all rows in memory, then in a file; with fewer workers and photos in step before that; and what was
    /// given up does not come back.
    @Test(arguments: sets, [false, true]) func lessMemoryTakesMoreAndMore(_ set: Photos, _ needsAllRows: Bool) throws {
        func rank(_ plan: AccumulationPlan) -> Int {
            switch plan.held {
            case .strips: 0
            case .frame: 1
            case .file: 2
            }
        }
        var last: AccumulationPlan?
        var refused = false
        for limit in stride(from: 150 << 20, to: MemoryBudget.programBytes, by: -500_000) {
            guard let plan = try? Self.plan(set.photos, limit: limit, needsAllRows: needsAllRows) else {
                refused = true
                continue
            }
            #expect(!refused, "a plan at \(limit), and none above")
            if let last {
                #expect(rank(plan) >= rank(last), "at \(limit)")
                if rank(plan) == rank(last) { #expect(plan.workers <= last.workers, "at \(limit)") }
            }
            last = plan
        }
        #expect(refused)
    }

    @Test func enoughMemoryLeavesTheSettingsAlone() throws {
        let photos = Array(ProjectPhotos.example.prefix(13))
        let shape = photos[0].header.shape
        for needsAllRows in [false, true] {
            let plan = try Self.plan(
                photos, workers: 3, batch: 4, tile: 10 * shape.samplesPerRow - 1, needsAllRows: needsAllRows)
            #expect(plan.workers == 3 && plan.rowsPerStrip == 10)
            #expect(plan.batches.allSatisfy { (2...4).contains($0.count) })
        }
    }

    /// More decoders than accumulators would take memory for nothing, and those that unpack whole photos would all be
    /// there at once.
    @Test func stripsAreForFewPhotosThatAreDecodedByRows() throws {
        func isInStrips(_ photos: [PhotoFile]) throws -> Bool {
            if case .strips = try Self.plan(photos).held { true } else { false }
        }
        #expect(try isInStrips(Array(ProjectPhotos.example.prefix(13))))
        #expect(try !isInStrips(Self.times(300, ProjectPhotos.example)))
        #expect(try !isInStrips(Self.progressive))
    }

    /// The message says what would be enough, and that is enough.
    @Test func whatIsTooLittleNamesWhatIsEnough() throws {
        let photos = Array(ProjectPhotos.example.prefix(13))
        let error = #expect(throws: FastPixError.self) {
            try Self.plan(photos, limit: 60 << 20, otherBytes: 30 << 20)
        }
        #expect(error?.code == .outOfMemory)
        let message = try #require(error?.message)
        let words = message.split(separator: " ")
        let least = try #require(words.firstIndex(of: "least"))
        let enough = try #require(Int(words[least + 1]))
        #expect(enough > 60)
        #expect(throws: Never.self) { try Self.plan(photos, limit: enough << 20, otherBytes: 30 << 20) }
        #expect(throws: FastPixError.self) { try Self.plan(photos, limit: (enough - 1) << 20, otherBytes: 30 << 20) }
    }

    /// Those that have to be unpacked whole and do not fit are named, and the others done without them.
    @Test func photosThatAreTooLargeAreNamed() throws {
        func tooLarge(_ photos: [PhotoFile], _ limit: Int, otherBytes: Int = 0) -> [FailedPhoto] {
            AccumulationPlan.tooLarge(
                AccumulationPlan.Job(
                    photos: photos, shape: photos[0].header.shape,
                    contents: AccumulatorContents(kind: .exact, hasExtremes: true), needsAllRows: false,
                    otherBytes: otherBytes),
                settings: AccumulationSettings(memoryLimit: limit))
        }
        let photos = Self.baseline + Self.progressive
        #expect(tooLarge(photos, 400 << 20).isEmpty)
        let named = tooLarge(photos, 60 << 20, otherBytes: 20 << 20)
        #expect(Set(named.map(\.skipped.path)) == Set(Self.progressive.map(\.path)))
        #expect(named.allSatisfy { $0.reason.contains("has to be unpacked whole") && $0.reason.contains("60 MiB") })
    }
}
