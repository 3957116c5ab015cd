import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// States of disjoint sets of photos of one group, to be added up row by row.
package final class StateSum {
    private var states: [StateBox] = []
    /// Of all photos together.
    package let manifest: StateManifest
    /// Where all states count extremes.
    package let coarse: CoarseSums?

    /// A state that is open. In a class, because arrays hold no values that cannot be copied.
    private final class StateBox {
        let reader: StateReader
        var manifest: StateManifest { reader.manifest }
        init(_ path: FilePath) throws(FastPixError) { reader = try StateReader(path) }
    }

    /// Opens the states and reads each once, to prove it sound. Throws when one is not, or they do not belong together.
    package init(_ paths: [FilePath], judging: Bool) throws(FastPixError) {
        guard paths.count <= OpenFile.limit else {
            throw FastPixError(
                .invalidArgument,
                "\(paths.count) states are more files than may be open at once (\(OpenFile.limit)); merge them in parts, "
                    + "and then the parts, or raise the limit (ulimit -n)")
        }
        var states: [StateBox] = []
        var photos: [StatePhoto] = []
        /// The state that each photo came from.
        var origins: [StatePhoto.Identity: FilePath] = [:]
        for path in paths {
            let state = try StateBox(path)
            let manifest = state.manifest
            try Self.check(manifest, path, first: states.first?.manifest, judging: judging)
            try Self.refuseOverlap(manifest, path, origins)
            for photo in manifest.photos { origins[photo.identity] = path }
            photos += manifest.photos
            states.append(state)
            let most = manifest.contents.maximumFrames(manifest.frame)
            guard photos.count <= most else {
                throw FastPixError(
                    .overflow, path: path,
                    "with this state there are more than the \(most) photos that exact sums can hold; merge fewer")
            }
        }
        guard let first = states.first?.manifest else {
            throw FastPixError(.invalidArgument, "no state is named; name those that are to be added up")
        }
        let units = states.map(\.manifest.codedUnit)
        let hasExtremes = states.allSatisfy { $0.manifest.hasExtremes }
        // What is known of photos is known of all or of none.
        if !hasExtremes { for index in photos.indices { photos[index].fact = nil } }
        manifest = StateManifest(
            first.group,
            codedUnit: CodedUnit(width: units.map(\.width).max()!, height: units.map(\.height).max()!),
            hasExtremes: hasExtremes, photos: photos)
        coarse = hasExtremes ? CoarseSums(first.frame) : nil
        if let coarse {
            for state in states { try state.reader.add(to: coarse) }
            coarse.frameCounts = [0, 1].map { half in photos.count { $0.fact?.half == half } }
        }
        self.states = states
    }

    private static func check(
        _ manifest: StateManifest, _ path: FilePath, first: StateManifest?, judging: Bool
    ) throws(FastPixError) {
        if let first, !manifest.matches(first.group) {
            throw FastPixError(
                .invalidArgument, path: path,
                "a state of \(manifest.group.name), and the first one is of \(first.group.name); merge states of one "
                    + "camera, frame and choice of channels")
        }
        guard manifest.unfinished.isEmpty else {
            throw FastPixError(
                .invalidArgument, path: path,
                "in this state are \(counted(manifest.unfinished.count, "unfinished photo")), because its run was "
                    + "interrupted; run the same command again to finish it")
        }
        guard manifest.hasExtremes || !judging else {
            throw FastPixError(
                .invalidArgument, path: path,
                "this state was made without looking for defects, so that they cannot be judged; leave defects out, or "
                    + "make it anew")
        }
    }

    private static func refuseOverlap(
        _ manifest: StateManifest, _ path: FilePath, _ origins: [StatePhoto.Identity: FilePath]
    ) throws(FastPixError) {
        let shared = manifest.photos.filter { origins[$0.identity] != nil }
        guard let first = shared.first, let origin = origins[first.identity] else { return }
        throw FastPixError(
            .invalidArgument, path: path,
            "\(counted(shared.count, "photo")) of this state \(shared.count == 1 ? "is" : "are") in \(origin.string) "
                + "or another state before it, too (\(first.name)); a photo may count only once, so merge states "
                + "of different photos")
    }

    /// In an order that depends on nothing but what they say.
    package var facts: [FrameFact] { manifest.photos.compactMap(\.fact).sorted { $0.precedes($1) } }

    /// Adds all states up. `adding` gets rows in order, once each; `reading` gets finished rows, with those around them.
    /// Returns the accumulators, with all rows where these are needed. Throws when a state has sums that no photos have,
    /// or changed, and what `adding` throws.
    package func addUp(
        needsAllRows: Bool, inFile: Bool, adding: (Accumulators, Range<Int>) throws(FastPixError) -> Void,
        reading: FinishedRows.Reader
    ) throws(FastPixError) -> Accumulators {
        let shape = manifest.frame
        let rowsPerStrip = min(shape.height, Self.rowsPerStrip)
        let strips = 2 + (2 * shape.rowsLookedAround + rowsPerStrip - 1) / rowsPerStrip
        let accumulators = try Accumulators(
            shape: shape, contents: manifest.contents, inFile: inFile && needsAllRows,
            rowsHeld: needsAllRows ? nil : strips * rowsPerStrip)
        accumulators.frameCount = manifest.photos.count
        let finished = FinishedRows(shape, rowsPerStrip: rowsPerStrip)
        for (strip, first) in stride(from: 0, to: shape.height, by: rowsPerStrip).enumerated() {
            let rows = first..<min(shape.height, first + rowsPerStrip)
            // What an earlier strip has left there.
            if accumulators.rowsHeld < shape.height { accumulators.clear(rows: rows) }
            for state in states { try state.reader.add(rows: rows, to: accumulators) }
            try adding(accumulators, rows)
            for band in finished.stripIsComplete(strip) {
                reading(accumulators, finished.rows(ofBand: band))
                _ = finished.bandIsRead(band)
            }
            accumulators.release(rows: rows)
        }
        for state in states { try state.reader.checkUnchanged() }
        return accumulators
    }

    /// A strip is read from every state in turn: so much of each that reading is in large pieces.
    private static let rowsPerStrip = 32
}
