import Foundation

/// Programs of other people that tests compare with, if they are installed.
public enum Program {
    /// Where a program is, nil when it is not on the PATH.
    public static func named(_ name: String) -> URL? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}
