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

    /// A state that is open. In a class, because arrays hold no values that cannot be copied. Belongs to one thread at a time.
    private final class StateBox: @unchecked Sendable {
        let reader: StateReader
        /// Whether all its rows were read, and its checksum is right.
        var isSound = false
        /// While states are added up.
        var rows: StateRows?
        var header: StateHeader { reader.header }
        init(_ path: FilePath) throws(FastPixError) { reader = try StateReader(streaming: path) }
    }

    /// Opens the states, sees that they belong together, and goes through their photos. Throws when one is no state or
    /// tells of what cannot be, they do not belong together, or a photo is in two of them. That their sums are sound is known
    /// after `addUp`. `keepsExtremes`: false where nobody wants to know them; they are then not added up.
    package init(_ paths: [FilePath], judging: Bool, keepsExtremes: Bool = true) throws(FastPixError) {
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
        let hasExtremes = (judging || keepsExtremes) && states.allSatisfy { $0.header.hasExtremes }
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
                "a state of \(header.difference(from: group)); merge states of one camera, frame and choice of channels"
            )
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

    /// Adds all states up, strip by strip, several at a time: each state is read by one worker after the other, in order.
    /// `adding` gets rows of exact sums in order, once each, which are then written to `writer`; `reading` gets finished
    /// rows, with those around them, from any worker. Returns the accumulators, with all rows where these are needed. Throws
    /// when a state is damaged, has sums that no photos have, or changed, and what `adding` throws; with several reasons the
    /// one that comes first in the frame.
    package func addUp(
        needsAllRows: Bool, inFile: Bool, workers: Int, stripBytes: Int = stripBytes,
        writingTo writer: StateWriter? = nil,
        adding: @escaping @Sendable (Accumulators, Range<Int>) throws(FastPixError) -> Void,
        reading: @escaping FinishedRows.Reader
    ) throws(FastPixError) -> Outcome {
        let shape = header.frame
        let rowsPerStrip = min(shape.height, max(1, stripBytes / header.contents.byteCountOfRow(shape)))
        let stripCount = (shape.height + rowsPerStrip - 1) / rowsPerStrip
        let workers = min(workers, stripCount)
        let room = 1 + workers + (2 * shape.rowsLookedAround + rowsPerStrip - 1) / rowsPerStrip
        func make(_ contents: AccumulatorContents) throws(FastPixError) -> Accumulators {
            let accumulators = try Accumulators(
                shape: shape, contents: contents, inFile: inFile && needsAllRows,
                rowsHeld: needsAllRows ? nil : room * rowsPerStrip)
            accumulators.frameCount = header.photoCount
            return accumulators
        }
        let exact = try make(header.contents)
        let isWide = header.contents.isWide
        let read = isWide ? try make(AccumulatorContents(kind: .welford, hasExtremes: header.hasExtremes)) : exact
        let finished = FinishedRows(shape, rowsPerStrip: rowsPerStrip)
        for state in states { state.rows = try state.reader.rows(isFirstTime: !state.isSound) }
        let states = states
        let steps = OrderedSteps(parts: stripCount, steps: states.count + 1, room: needsAllRows ? nil : room)
        WorkerTeam.run(workers: workers) { _ in
            let (unpacker, packer) = (RowUnpacker(), RowPacker())
            func rows(of strip: Int) -> Range<Int> {
                strip * rowsPerStrip..<min(shape.height, (strip + 1) * rowsPerStrip)
            }
            func add(_ strip: Int) -> Bool {
                let rows = rows(of: strip)
                // What an earlier strip has left there.
                if exact.rowsHeld < shape.height { exact.clear(rows: rows) }
                for (number, state) in states.enumerated() {
                    let isAdded = steps.pass(number, part: strip) { () throws(FastPixError) in
                        for _ in rows { try state.reader.add(state.rows!, to: exact, with: unpacker) }
                    }
                    guard isAdded else { return false }
                }
                let packed = writer == nil ? nil : packer.pack(exact, rows: rows)
                return steps.pass(states.count, part: strip) { () throws(FastPixError) in
                    try adding(exact, rows)
                    if let packed { writer?.append(packed) }
                }
            }
            while let strip = steps.begin(), add(strip) {
                if isWide { read.fill(rows: rows(of: strip), from: exact) }
                for band in finished.stripIsComplete(strip) {
                    reading(read, finished.rows(ofBand: band))
                    // Not before: bands look at rows of the strips before theirs.
                    for strip in finished.bandIsRead(band) {
                        exact.release(rows: rows(of: strip))
                        if isWide { read.release(rows: rows(of: strip)) }
                        steps.release(strip)
                    }
                }
            }
        }
        for state in states { state.rows = nil }
        if let failure = steps.failure { throw failure }
        for state in states {
            if !state.isSound { try state.reader.checkSound() }
            state.isSound = true
            try state.reader.checkUnchanged()
        }
        return Outcome(read: read, exact: exact)
    }

    /// What each worker takes that adds up: a strip of each set of accumulators, and a packed one.
    package static func bytesPerWorker(_ header: StateHeader) -> Int {
        3 * max(stripBytes, header.contents.byteCountOfRow(header.frame))
    }

    /// What accumulators of all rows take.
    package static func byteCount(_ header: StateHeader) -> Int {
        header.contents.byteCount(header.frame)
            + (header.contents.isWide
                ? AccumulatorContents(kind: .welford, hasExtremes: header.hasExtremes).byteCount(header.frame) : 0)
    }

    /// A strip is added from every state in turn, and stays in a level-2 cache until all are in it.
    package static let stripBytes = 1 << 20
}

extension StatePhoto {
    fileprivate var withoutFact: StatePhoto {
        var photo = self
        photo.fact = nil
        return photo
    }
}
