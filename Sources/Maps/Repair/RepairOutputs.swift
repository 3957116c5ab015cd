import FastPixDiscovery
import FastPixPlumbing
import SystemPackage

/// Which photo is written where: the tree of each folder that was named is repeated in the output folder.
struct RepairOutputs: Sendable {
    /// The photos to read, as `PhotoDiscovery` found them.
    let discovery: PhotoDiscovery
    let targets: [FilePath]

    /// Throws `invalidArgument` when two photos would get the same name.
    init(_ source: PhotoSource, folder: FilePath) throws(FastPixError) {
        discovery = try PhotoDiscovery(source, output: folder)
        let folders = source.paths.map { $0.lexicallyNormalized() }
        var sources: [OutputIdentity: FilePath] = [:]
        var targets: [FilePath] = []
        for file in discovery.files {
            var relative = file.lexicallyNormalized()
            // The longest folder that was named and holds it; a file that was named itself keeps its name alone.
            let root = folders.filter { relative.starts(with: $0) && $0 != relative }
                .max { $0.components.count < $1.components.count }
            if root == nil || !relative.removePrefix(root!) {
                relative = source.lists.isEmpty ? file.nameAlone : file.insideNothing
            }
            if root?.string == ".", file.isRelative { relative = file.lexicallyNormalized() }
            let target = folder.appending(relative.components)
            let identity = OutputIdentity(target)
            if let other = sources[identity] {
                throw FastPixError(
                    .invalidArgument, path: target,
                    "\(other.string.printable) and \(file.string.printable) would both be written there; repair them "
                        + "into different folders")
            }
            sources[identity] = file
            targets.append(target)
        }
        self.targets = targets
    }

    var count: Int { targets.count }

    func source(_ index: Int) -> FilePath { discovery.files[index] }
    func target(_ index: Int) -> FilePath { targets[index] }
}
