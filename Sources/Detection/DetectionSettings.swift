/// What is wrong with a defective pixel.
public enum DefectClass: String, Sendable, Codable, CaseIterable {
    /// Shows much the same value whatever is photographed.
    case stuck
    /// Stuck at black, or close to it.
    case dead
    /// Follows the scene, but is brighter than it.
    case hot
    /// Follows the scene, but is darker than it.
    case lowGain = "low-gain"
    /// Varies more than its neighbours: it blinks, or jumps between two offsets.
    case unstable
}

/// How much has to speak for a defect before it is listed.
public enum DetectionSensitivity: String, Sendable, Codable, CaseIterable {
    /// Strong defects only.
    case low
    /// What is hardly chance.
    case normal
    /// Weak ones, too, with less certainty.
    case high

    /// The evidence (see `PointEvidence`) that an entry of the list needs.
    var evidenceNeeded: Double {
        switch self {
        case .low: 1.5
        case .normal: 1
        case .high: 0.85
        }
    }
}

/// How defects are looked for.
public struct DetectionSettings: Sendable {
    /// How much has to speak for a defect.
    public var sensitivity: DetectionSensitivity
    /// Defects of other classes are not listed.
    public var classes: Set<DefectClass>
    /// What the frames show; nil to tell it from the frames.
    public var frames: FrameKind?
    /// The least steady offset from the neighbours, in samples, of what is listed; nil for what the kind of frames asks.
    public var leastOffset: Double?

    /// Settings; those left out are what most photos need.
    public init(
        sensitivity: DetectionSensitivity = .normal, classes: Set<DefectClass> = Set(DefectClass.allCases),
        frames: FrameKind? = nil, leastOffset: Double? = nil
    ) {
        self.sensitivity = sensitivity
        self.classes = classes
        self.frames = frames
        self.leastOffset = leastOffset
    }

    /// With fewer frames nothing is judged: a sound pixel lies above its neighbours in all of them too often.
    public static let minimumFrames = 5
}
