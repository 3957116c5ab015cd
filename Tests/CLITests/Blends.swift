import Foundation
import TestSupport

/// Inputs for tests of `fastpix addweighted`.
enum Blends {
    static func fixture(_ name: String) -> URL { Repository.fixture("blend/\(name)") }

    /// Folders `a` and `b` with images of the same names, one of them in a subfolder, and all of one size.
    static func addFolders(to folder: URL) throws {
        for (name, colour, grey) in [("a", "rgb8.png", "rgb.jpg"), ("b", "other-rgb8.png", "rgb8.png")] {
            let root = try folder.addFolder(name)
            try root.addCopy(of: fixture(colour), as: "one.png")
            try root.addCopy(of: fixture(grey), as: name == "a" ? "two.jpg" : "two.png")
            try root.addFolder("sub").addCopy(of: fixture(colour), as: "three.png")
        }
    }

    /// All files of a folder and its subfolders, hidden ones included, in order.
    static func files(_ folder: URL) throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return all.filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(
                atPath: folder.appendingPathComponent(path).path, isDirectory: &isFolder)
            return !isFolder.boolValue
        }.sorted()
    }

    /// The samples of an image, by way of `fastpix hotpixels`, whose sum of one photo is the photo.
    static func samples(_ file: URL) throws -> [UInt32] {
        try withTemporaryFolder { folder in
            let run = try CommandRun.fastpix(
                ["hotpixels", file.path, "--minimum-frames", "1", "--quiet", "--save-sums", folder.path])
            guard run.exitCode == 0 else { throw NoSamples(reason: run.stderr) }
            return try NumPyArray(folder.appendingPathComponent("sum.npy")).elements(as: UInt32.self)
        }
    }

    struct NoSamples: Error {
        let reason: String
    }
}
