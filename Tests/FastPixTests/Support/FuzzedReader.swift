import Foundation
import SystemPackage

// Testable all of them: for the package of the fuzzers `package` is not enough.
@testable import FastPixAccumulation
@testable import FastPixFrames
@testable import FastPixMaps
@testable import FastPixPlumbing

/// What reads foreign bytes in Swift, as libFuzzer (`Tests/Fuzzing`) and the tests call it: it takes the bytes or refuses
/// them with a reason. Everything else ends the process.
enum FuzzedReader: String, CaseIterable, Sendable {
    /// Lists of defects in every form that `fastpix repair` reads.
    case maps
    /// State files.
    case states

    /// The file that an input stands for. States get the checksum that their content should have, because nobody
    /// finds one by trying.
    func file(of input: [UInt8]) -> [UInt8] {
        guard self == .states, let checksum = try? Checksum() else { return input }
        input.withUnsafeBytes { checksum.add($0) }
        return input + checksum.digest
    }

    /// Whether the file is accepted.
    func accepts(_ path: FilePath) -> Bool {
        do throws(FastPixError) {
            switch self {
            case .maps: try Self.readMaps(path)
            case .states: try Self.readState(path)
            }
            return true
        } catch {
            precondition(!error.message.isEmpty, "a refusal without a reason")
            return false
        }
    }

    private static let maximumPixels: UInt64 = 1 << 16

    private static func readMaps(_ path: FilePath) throws(FastPixError) {
        for map in try DefectMap.read(DefectMapInput(path), maximumPixels: maximumPixels) {
            // For a photo of the size that the list is for, as `fastpix repair` does.
            let (width, height) = (map.width ?? 640, map.height ?? 480)
            let shape = FrameShape(width: width, height: height, channels: 1, bitsPerSample: 8)
            for patch in try RepairPatches(map, shape: shape, radius: 3).patches {
                precondition(patch.width >= 1 && Int(patch.column) + Int(patch.width) <= width, "a place outside")
                precondition(patch.height >= 1 && Int(patch.row) + Int(patch.height) <= height, "a place outside")
            }
        }
    }

    private static func readState(_ path: FilePath) throws(FastPixError) {
        let reader = try StateReader(path)
        let manifest = reader.manifest
        let accumulators = try Accumulators(shape: manifest.frame, contents: manifest.contents)
        try reader.add(rows: 0..<manifest.frame.height, to: accumulators)
        if manifest.hasExtremes { try reader.add(to: CoarseSums(manifest.frame)) }
        // What is accepted can be analysed.
        guard manifest.unfinished.isEmpty, !manifest.photos.isEmpty else { return }
        accumulators.frameCount = manifest.photos.count
        let ranking = VarianceRanking(shape: manifest.frame, frameCount: manifest.photos.count, top: 3)
        ranking.add(accumulators, rows: 0..<manifest.frame.height)
        precondition(ranking.summary.lowest.allSatisfy { $0.m2 >= 0 }, "a variance below zero")
    }
}
