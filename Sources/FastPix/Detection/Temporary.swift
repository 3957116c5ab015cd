struct FrameGeometry: Sendable { let shape: FrameShape; init(_ g: PhotoGroup) { shape = g.shape }; init(_ m: StateManifest) { shape = m.frame } }
final class DefectScan: @unchecked Sendable {
    init(geometry: FrameGeometry, frameCount: Int) {}
    static func byteCount(shape: FrameShape) -> Int { 0 }
    func scan(_ accumulators: Accumulators, rows: Range<Int>) {}
    func judge(_ facts: [FrameFact], coarse: CoarseSums, settings: DetectionSettings) -> Detection { Detection(defects: [], excludedRegions: [], sceneCorrelation: nil) }
}
public struct Detection: Sendable, Equatable {
    public let defects: [Defect]
    public let excludedRegions: [ExcludedRegion]
    public let sceneCorrelation: Double?
    public var isStaticScene: Bool { false }
}
public struct Smear: Sendable, Equatable, Encodable { let row: Int; let column: Int; let rows: Int; let columns: Int }
enum Neighbourhood { static let margin = 2 }

enum DefectClassifier { static let steadyShare = 0.9; static func leastResidual(bitsPerSample: Int) -> Double { 1 } }
struct CompleteRecord { func series(row: Int, column: Int) -> ResidualSeries? { nil } }
struct ResidualSeries: Sendable {
    struct Entry: Sendable {
        let path: String
        let capture: CaptureSettings
        let residual: Double
    }
    let entries: [Entry]
}
