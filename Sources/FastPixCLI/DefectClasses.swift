import ArgumentParser
import FastPix

extension DetectionSensitivity: ExpressibleByArgument {}
extension FrameKind: ExpressibleByArgument {}

/// The value of `--frames`.
enum FramesArgument: ExpressibleByArgument {
    case auto
    case kind(FrameKind)

    static let allValueStrings = ["auto"] + FrameKind.allCases.map(\.rawValue)

    init?(argument: String) {
        if argument == "auto" {
            self = .auto
        } else if let kind = FrameKind(rawValue: argument) {
            self = .kind(kind)
        } else {
            return nil
        }
    }

    /// Nil to tell it from the frames.
    var kind: FrameKind? {
        if case .kind(let kind) = self { return kind }
        return nil
    }
}

/// The value of `--classes`: names of classes, separated by commas.
struct DefectClasses: ExpressibleByArgument {
    let wanted: Set<DefectClass>

    static let all = DefectClasses(wanted: Set(DefectClass.allCases))
    /// Words of the list, for help, shells and suggestions.
    static let allValueStrings = DefectClass.allCases.map(\.rawValue)

    private init(wanted: Set<DefectClass>) { self.wanted = wanted }

    init?(argument: String) {
        var wanted: Set<DefectClass> = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let known = DefectClass(rawValue: String(name)) else { return nil }
            wanted.insert(known)
        }
        self.init(wanted: wanted)
    }
}
