import Foundation

/// Tests that try everything where others try a part: for minutes each, wanted by FASTPIX_LONG_TESTS (`scripts/test --long`).
package enum LongTests {
    package static let areWanted = ProcessInfo.processInfo.environment["FASTPIX_LONG_TESTS"] != nil
}
