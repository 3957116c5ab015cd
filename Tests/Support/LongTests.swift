import Foundation

/// Tests that try everything where others try a part: for minutes each, wanted by FASTPIX_LONG_TESTS (`scripts/test --long`).
package enum LongTests {
    package static let areWanted = ProcessInfo.processInfo.environment["FASTPIX_LONG_TESTS"] != nil

    /// All of them, or from the first on every so many where a part is enough.
    package static func all<Element>(_ elements: [Element], otherwiseEvery step: Int) -> [Element] {
        areWanted ? elements : stride(from: 0, to: elements.count, by: step).map { elements[$0] }
    }
}
