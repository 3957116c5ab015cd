import ArgumentParser
import FastPix

extension DetectionSensitivity: ExpressibleByArgument {}
extension DetectionConfirmation: ExpressibleByArgument {}

/// The value of `--classes`: names of classes, separated by commas.
struct DefectClasses: ExpressibleByArgument {
    let wanted: Set<DefectClass>

    static let all = DefectClasses(wanted: Set(DefectClass.allCases))
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
