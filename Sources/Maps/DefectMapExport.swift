import FastPixDiscovery
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

/// A list of defects to be written for another program.
package struct DefectMapExport: Sendable {
    /// A file; a folder for RawTherapee, whose files have names of their own. With several cameras or frame sizes the
    /// second one's file gets `-2` before the extension, and so on; JSON and CSV hold them all in one.
    package let path: FilePath
    package let format: DefectMapFormat
    /// The photos' upper left pixel in the visible frame of the raw files, for the formats that count there. Nil: what raw
    /// photos say themselves, else what the sample says, else 0, 0.
    package let offset: FrameOffset?
    /// A raw file of the camera, for photos that are none.
    package let rawSample: RawSample?
    /// Whether files that are there already are replaced.
    package let overwrites: Bool

    package init(
        path: FilePath, format: DefectMapFormat, offset: FrameOffset? = nil, rawSample: RawSample? = nil,
        overwrites: Bool = true
    ) {
        self.path = path
        self.format = format
        self.offset = offset
        self.rawSample = rawSample
        self.overwrites = overwrites
    }

    /// Sees whether the output can be written, before hours of work end in an error.
    package func prepare() throws(FastPixError) {
        if format == .rawtherapee { return try OutputFolders.check(path) }
        StagedFile.removeAbandoned(targets: [path])
        _ = try StagedFile(target: path, replacing: overwrites)
    }

    /// Writes the lists of all groups that were judged. `unjudged`: the names of the others. Returns what the user has
    /// to know, a sentence each: groups without a list, and defects outside the raw frame. Throws when a list cannot be
    /// written, or when the raw sample fits no group.
    package func write(
        _ judged: [JudgedGroup], unjudged: [String], photos: PhotoDiscovery
    ) throws(FastPixError) -> [String] {
        var notes = unjudged.map { "\(path): no list for \($0), whose defects could not be judged" }
        // An empty list would say that there are none.
        guard !judged.isEmpty || unjudged.isEmpty else {
            throw FastPixError(.tooFewFrames, path: path, "no list, as the defects of no group could be judged")
        }
        if !format.tellsWhatWasNotJudged { notes += judged.flatMap(untold) }
        if format.holdsSeveralCameras {
            let text = format == .json ? JSONText.of(DefectList(judged)) : DefectTable.text(judged)
            try write(Array(text.utf8), to: path, photos)
            return notes
        }
        let folders = OutputFolders()
        defer { folders.removeEmpty() }
        var written: Set<String> = []
        var misplaced: [FastPixError] = []
        for group in judged {
            let target: FilePath
            let place: FrameOffset
            do throws(FastPixError) {
                place = try offset(of: group, into: &notes)
            } catch {
                misplaced.append(error)
                notes.append("\(path): no list for \(group.name); \(error)")
                continue
            }
            if format == .rawtherapee {
                guard let name = RawTherapeeList.fileName(of: group.camera) else {
                    let reason = "no list for \(group.name); RawTherapee's files are named after the camera"
                    if judged.count == 1 { throw FastPixError(.invalidArgument, path: path, reason) }
                    notes.append("\(path): \(reason)")
                    continue
                }
                guard !written.contains(name) else {
                    notes.append(
                        "\(path): no list for \(group.name); RawTherapee takes one per camera, and the one with more "
                            + "photos is there")
                    continue
                }
                written.insert(name)
                try folders.make(path)
                target = path.appending(name)
            } else {
                target = NumberedOutput.file(path, group.number)
            }
            // Siril counts from the top of the picture as it is shown, and takes a FITS file's first row for the lowest
            // one, whatever its ROWORDER says (1.0.6).
            let frame = RawFrame(group, offset: place, fromBottom: format == .siril && group.isFITS)
            if format.countsInRawFrame, frame.outside > 0 {
                notes.append(
                    "\(target): \(counted(frame.outside, "defect")) of \(group.name) left out as far as outside the raw "
                        + "frame at this offset")
            }
            if format == .mask {
                try photos.refuseOverwriting(target)
                try DefectMask.write(group, to: target, replacing: overwrites)
            } else {
                try write(content(frame, group), to: target, photos)
            }
        }
        // One sample need not fit all cameras; but it fits one.
        if let error = misplaced.first, misplaced.count == judged.count { throw error }
        return notes
    }

    /// What a form without words for it leaves unsaid.
    private func untold(_ group: JudgedGroup) -> [String] {
        var notes: [String] = []
        if !group.notJudged.isEmpty {
            let percent = JudgementNote(group).judgedPercent
            notes.append(
                "\(path): the list of \(group.name) is of \(percent) % of the frame; the rest was not judged, which this form "
                    + "cannot say")
        }
        if let classes = group.classes {
            notes.append(
                "\(path): the list of \(group.name) has \(classes.map(\.rawValue).joined(separator: ", ")) alone, which this "
                    + "form cannot say")
        }
        return notes
    }

    private func offset(of group: JudgedGroup, into notes: inout [String]) throws(FastPixError) -> FrameOffset {
        guard format.countsInRawFrame else { return FrameOffset() }
        if let offset { return offset }
        if let sensor = group.sensorFrame { return sensor.offsetInVisible }
        if let rawSample { return try rawSample.offset(of: group) }
        if group.camera.model != nil, !group.isFITS {
            notes.append(
                "\(path): positions are those of the photos; raw files of \(group.camera.name) may show more of the sensor "
                    + "than photos do: a raw file of the camera, or an offset, tells how much")
        }
        return FrameOffset()
    }

    private func content(_ frame: RawFrame, _ group: JudgedGroup) throws(FastPixError) -> [UInt8] {
        switch format {
        case .json: Array(JSONText.of(DefectList([group])).utf8)
        case .csv: Array(DefectTable.text([group]).utf8)
        case .mask: try DefectMask.png(group)
        case .dcraw: Array(DcrawList.text(frame).utf8)
        case .rawtherapee: Array(RawTherapeeList.text(frame).utf8)
        case .siril: Array(SirilList.text(frame).utf8)
        case .pixinsight: Array(PixInsightList.text(frame).utf8)
        case .jpegpixi: Array(JpegpixiBlocks.text(group).utf8)
        }
    }

    private func write(_ bytes: [UInt8], to target: FilePath, _ photos: PhotoDiscovery) throws(FastPixError) {
        try photos.refuseOverwriting(target)
        var file = try StagedFile(target: target, replacing: overwrites)
        try file.write(bytes)
        try file.commit()
    }
}
