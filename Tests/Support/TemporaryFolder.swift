import Foundation

/// Gives `body` a new, empty folder and removes it afterwards with all that is in it.
public func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = try newTemporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// The same for a body that waits.
public func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = try newTemporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

private func newTemporaryFolder() throws -> URL {
    // Resolved: /tmp is a link on macOS, and paths in messages are compared.
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        .appendingPathComponent("fastpix-test.\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

extension URL {
    /// The names of a folder's entries, hidden ones included, in order.
    public func entries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// Puts a copy of a file into this folder, under its own or another name.
    @discardableResult
    public func addCopy(of file: URL, as name: String? = nil) throws -> URL {
        let target = appendingPathComponent(name ?? file.lastPathComponent)
        try FileManager.default.copyItem(at: file, to: target)
        return target
    }

    @discardableResult
    public func addFile(_ name: String, _ content: Data) throws -> URL {
        let target = appendingPathComponent(name)
        try content.write(to: target)
        return target
    }

    @discardableResult
    public func addFolder(_ name: String) throws -> URL {
        let target = appendingPathComponent(name)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        return target
    }

    /// A symbolic link in this folder; `target` is taken as it stands.
    @discardableResult
    public func addLink(_ name: String, to target: String) throws -> URL {
        let link = appendingPathComponent(name)
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: target)
        return link
    }
}
