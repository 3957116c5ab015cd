import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing
import SystemPackage

/// States of disjoint sets of photos of one group, to be added up row by row. In memory are some rows and, where defects are
/// to be judged, what is known of each photo; of a state's photos only those that are next in their common order.
package final class StateSum {
    private let states: [StateBox]
    /// Of all photos together.
    package let header: StateHeader
    /// Where all states count extremes.
    package let coarse: CoarseSums?
    /// What is known of the photos, in an order that depends on nothing but what the facts say; where defects are to be
    /// judged.
    package let facts: [FrameFact]

    /// A state that is open. In a class, because arrays hold no values that cannot be copied.
    private final class StateBox {
        let reader: StateReader
        /// Whether all its rows were read, and its checksum is right.
        var isSound = false
        var header: StateHeader { reader.header }
        init(_ path: FilePath) throws(FastPixError) { reader = try StateReader(streaming: path) }
    }

    /// Opens the states, sees that they belong together, and goes through their photos. Throws when one is no state or
    /// tells of what cannot be, they do not belong together, or a photo is in two of them. That their sums are sound is known
    /// after `addUp`.
    package init(_ paths: [FilePath], judging: Bool) throws(FastPixError) {
        guard paths.count <= OpenFile.limit else { throw Self.tooMany(paths.count) }
        var states: [StateBox] = []
        var photoCount = 0
        for path in paths {
            let state = try StateBox(path)
            try Self.check(state.header, path, first: states.first, judging: judging)
            states.append(state)
            photoCount += state.header.photoCount
            guard photoCount <= StateHeader.mostPhotos else {
                throw FastPixError(
                    .overflow, path: path,
                    "with this state there are more than the \(StateHeader.mostPhotos) photos that exact sums can hold; "
                        + "merge fewer")
            }
        }
        guard let first = states.first?.header else { throw Self.noState }
        self.states = states
        // What is known of photos is known of all or of none.
        let hasExtremes = states.allSatisfy { $0.header.hasExtremes }
        var photos = PhotoCount(paths, judging: judging && hasExtremes)
        try Self.forEachPhoto(states) { (photo: StatePhoto, state: Int) in
            photos.add(hasExtremes ? photo : photo.withoutFact, from: state)
        }
        try photos.refuseOverlap()
        let units = states.map(\.header.codedUnit)
        header = StateHeader(
            first.group,
            codedUnit: CodedUnit(width: units.map(\.width).max()!, height: units.map(\.height).max()!),
            hasExtremes: hasExtremes, photoCount: photoCount, unfinishedCount: 0, photoBytes: photos.byteCount)
        facts = photos.facts.sorted { $0.precedes($1) }
        coarse = try hasExtremes ? CoarseSums(first.frame) : nil
        if let coarse {
            for state in states { try state.reader.add(to: coarse) }
            coarse.frameCounts = photos.halfCounts
        }
    }

    package static var noState: FastPixError {
        FastPixError(.invalidArgument, "no state is named; name those that are to be added up")
    }

    package static func tooMany(_ count: Int) -> FastPixError {
        FastPixError(
            .invalidArgument,
            "\(count) states are more files than may be open at once (\(OpenFile.limit)); merge them in parts, and then the "
                + "parts, or raise the limit (ulimit -n)")
    }

    private static func check(
        _ header: StateHeader, _ path: FilePath, first: StateBox?, judging: Bool
    ) throws(FastPixError) {
        if let group = first?.header.group, let firstPath = first?.reader.path, !header.matches(group) {
            // Damage may have made another camera of it.
            for path in [firstPath, path] {
                let file = try OpenFile(path)
                try StateReader.verify(file)
            }
            throw FastPixError(
                .invalidArgument, path: path,
                "a state of \(header.group.name), and the first one is of \(group.name); merge states of one "
                    + "camera, frame and choice of channels")
        }
        guard header.unfinishedCount == 0 else {
            throw FastPixError(
                .invalidArgument, path: path,
                "in this state are \(counted(header.unfinishedCount, "unfinished photo")), because its run was "
                    + "interrupted; run the same command again to finish it")
        }
        guard header.hasExtremes || !judging else {
            throw FastPixError(
                .invalidArgument, path: path,
                "this state was made without looking for defects, so that they cannot be judged; leave defects out, or "
                    + "make it anew")
        }
    }

    // MARK: Photos

    private static func forEachPhoto(
        _ states: [StateBox], _ body: (StatePhoto, _ state: Int) throws(FastPixError) -> Void
    ) throws(FastPixError) {
        var cursors: [StatePhotoCursor] = []
        for state in states { cursors.append(state.reader.photos()) }
        var merge = try StatePhotoMerge(cursors)
        while let (photo, state) = try merge.next() { try body(photo, state) }
    }

    private struct PhotoCount {
        private let judging: Bool
        private var overlap: StateOverlap
        var byteCount = 0
        var facts: [FrameFact] = []
        var halfCounts = [0, 0]

        init(_ paths: [FilePath], judging: Bool) {
            overlap = StateOverlap(paths)
            self.judging = judging
        }

        mutating func add(_ photo: StatePhoto, from state: Int) {
            byteCount += StatePhotoRecord.byteCount(photo)
            if let fact = photo.fact {
                halfCounts[fact.half] += 1
                if judging { facts.append(fact) }
            }
            overlap.add(photo, from: state)
        }

        mutating func refuseOverlap() throws(FastPixError) { try overlap.refuse() }
    }

    /// Begins a state of all photos. `replacing`: as `StagedFile` has it.
    package func begin(writingTo path: FilePath, replacing: Bool = true) throws(FastPixError) -> StateWriter {
        try StateWriter.begin(header, coarse, to: path, replacing: replacing) { add throws(FastPixError) in
            try Self.forEachPhoto(states) { (photo: StatePhoto, _: Int) throws(FastPixError) in
                try add(header.hasExtremes ? photo : photo.withoutFact)
            }
        }
    }

    // MARK: Sums

    /// The accumulators of all photos.
    package struct Outcome {
        /// What is read and judged.
        package let read: Accumulators
        /// The exact sums: the same ones, unless there are more photos than 32 bits hold.
        package let exact: Accumulators
    }

    /// Adds all states up. `adding` gets rows of exact sums in order, once each; `reading` gets finished rows, with those
    /// around them. Returns the accumulators, with all rows where these are needed. Throws when a state is damaged, has sums
    /// that no photos have, or changed, and what `adding` throws.
    package func addUp(
        needsAllRows: Bool, inFile: Bool, adding: (Accumulators, Range<Int>) throws(FastPixError) -> Void,
        reading: FinishedRows.Reader
    ) throws(FastPixError) -> Outcome {
        let shape = header.frame
        let rowsPerStrip = min(shape.height, max(1, Self.stripBytes / header.contents.byteCountOfRow(shape)))
        let strips = 2 + (2 * shape.rowsLookedAround + rowsPerStrip - 1) / rowsPerStrip
        func make(_ contents: AccumulatorContents) throws(FastPixError) -> Accumulators {
            let accumulators = try Accumulators(
                shape: shape, contents: contents, inFile: inFile && needsAllRows,
                rowsHeld: needsAllRows ? nil : strips * rowsPerStrip)
            accumulators.frameCount = header.photoCount
            return accumulators
        }
        let exact = try make(header.contents)
        let isWide = header.contents.isWide
        let read = isWide ? try make(AccumulatorContents(kind: .welford, hasExtremes: header.hasExtremes)) : exact
        let finished = FinishedRows(shape, rowsPerStrip: rowsPerStrip)
        for (strip, first) in stride(from: 0, to: shape.height, by: rowsPerStrip).enumerated() {
            let rows = first..<min(shape.height, first + rowsPerStrip)
            // What an earlier strip has left there.
            if exact.rowsHeld < shape.height { exact.clear(rows: rows) }
            for state in states { try state.reader.add(rows: rows, to: exact, isFirstTime: !state.isSound) }
            try adding(exact, rows)
            if isWide { read.fill(rows: rows, from: exact) }
            for band in finished.stripIsComplete(strip) {
                reading(read, finished.rows(ofBand: band))
                // Not before: bands look at rows of the strips before theirs.
                for strip in finished.bandIsRead(band) {
                    let rows = strip * rowsPerStrip..<min(shape.height, (strip + 1) * rowsPerStrip)
                    exact.release(rows: rows)
                    if isWide { read.release(rows: rows) }
                }
            }
        }
        for state in states {
            if !state.isSound { try state.reader.checkSound() }
            state.isSound = true
            try state.reader.checkUnchanged()
        }
        return Outcome(read: read, exact: exact)
    }

    /// What accumulators of all rows take.
    package static func byteCount(_ header: StateHeader) -> Int {
        header.contents.byteCount(header.frame)
            + (header.contents.isWide
                ? AccumulatorContents(kind: .welford, hasExtremes: header.hasExtremes).byteCount(header.frame) : 0)
    }

    /// A strip is read from every state in turn: so much of each that reading is in large pieces, and no more than stays in
    /// a level-2 cache until all states are in it.
    private static let stripBytes = 1 << 20
}

extension StatePhoto {
    fileprivate var withoutFact: StatePhoto {
        var photo = self
        photo.fact = nil
        return photo
    }
}
