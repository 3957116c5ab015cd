import Foundation

/// Files of the checkout that tests read.
public enum Repository {
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    public static func fixture(_ name: String) -> URL {
        root.appendingPathComponent("Tests/Fixtures").appendingPathComponent(name)
    }

    /// The real photos that come with the project.
    public static let examplePhotos = root.appendingPathComponent("Examples/caliterra")
}
