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
    case normal
    /// Weak ones, too, with less certainty.
    case high

    /// The evidence (see `DefectJudgement`) that an entry of the list needs.
    var evidenceNeeded: Double {
        switch self {
        case .low: 2
        case .normal: 1
        case .high: 0.75
        }
    }
}

/// How candidates are looked at again, photo by photo.
public enum DetectionConfirmation: String, Sendable, Codable, CaseIterable {
    /// Not at all: the list rests on the mean and variance maps alone and takes the strongest entries only.
    case none
    /// In every second photo, while it is decoded anyway.
    case sample
    /// In all photos, by decoding them once more.
    case full
}

/// How defects are looked for.
public struct DetectionSettings: Sendable {
    public var sensitivity: DetectionSensitivity
    /// Defects of other classes are not listed.
    public var classes: Set<DefectClass>
    public var confirmation: DetectionConfirmation

    public init(
        sensitivity: DetectionSensitivity = .normal, classes: Set<DefectClass> = Set(DefectClass.allCases),
        confirmation: DetectionConfirmation = .sample
    ) {
        self.sensitivity = sensitivity
        self.classes = classes
        self.confirmation = confirmation
    }

    /// With fewer photos nothing is judged: every second one would be too few to tell chance from defect.
    public static let minimumFrames = 12

    /// Whether candidates of the first half of so many photos are looked at again in the second.
    func confirms(photos: Int) -> Bool { confirmation != .none && photos >= Self.minimumFrames }
}
