import FastPixDiscovery
import FastPixPlumbing
import Foundation
import SystemPackage

/// A list of defects to be written for another program.
package struct DefectMapExport: Sendable {
    /// A file; a folder for RawTherapee, whose files have names of their own. With several cameras or frame sizes the
    /// second one's file gets `-2` before the extension, and so on; JSON and CSV hold them all in one.
    package let path: FilePath
    package let format: DefectMapFormat
    /// The photos' upper left pixel in the frame of the raw files, for the formats that count there.
    package let columnOffset: Int
    package let rowOffset: Int
    /// Whether files that are there already are replaced.
    package let overwrites: Bool

    package init(
        path: FilePath, format: DefectMapFormat, columnOffset: Int = 0, rowOffset: Int = 0, overwrites: Bool = true
    ) {
        self.path = path
        self.format = format
        self.columnOffset = columnOffset
        self.rowOffset = rowOffset
        self.overwrites = overwrites
    }

    /// Sees whether the output can be written, before hours of work end in an error.
    package func prepare(photos: PhotoDiscovery) throws(FastPixError) {
        if format == .rawtherapee { return try OutputFolders.check(path) }
        StagedFile.removeAbandoned(targets: [path])
        try photos.refuseOverwriting(path)
        _ = try StagedFile(target: path, replacing: overwrites)
    }

    /// Writes the lists of all groups that were judged. `unjudged`: the names of the others. Returns what the user has
    /// to know, a sentence each: groups without a list, and defects outside the raw frame.
    package func write(
        _ judged: [JudgedGroup], unjudged: [String], photos: PhotoDiscovery
    ) throws(FastPixError) -> [String] {
        var notes = unjudged.map { "\(path): no list for \($0), whose defects could not be judged" }
        if format.holdsSeveralCameras {
            let text = format == .json ? JSONText.of(DefectList(judged)) : DefectTable.text(judged)
            try write(Array(text.utf8), to: path, photos)
            return notes
        }
        var written: Set<String> = []
        for group in judged {
            let target: FilePath
            if format == .rawtherapee {
                guard let name = RawTherapeeList.fileName(of: group.camera) else {
                    notes.append("\(path): no list for \(group.name); RawTherapee's files are named after the camera")
                    continue
                }
                guard !written.contains(name) else {
                    notes.append(
                        "\(path): no list for \(group.name); RawTherapee takes one per camera, and the one with more "
                            + "photos is there")
                    continue
                }
                written.insert(name)
                try OutputFolders().make(path)
                target = path.appending(name)
            } else {
                target = NumberedOutput.file(path, group.number)
            }
            let frame = RawFrame(group, offset: FrameOffset(column: columnOffset, row: rowOffset))
            if format.countsInRawFrame, frame.outside > 0 {
                notes.append(
                    "\(target): \(counted(frame.outside, "defect")) of \(group.name) left out as far as outside the raw "
                        + "frame at this offset")
            }
            try write(content(frame, group), to: target, photos)
        }
        return notes
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
