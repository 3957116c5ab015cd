import FastPixAccumulation
import FastPixCodecs
import FastPixPlatform
import FastPixPlumbing
import SystemPackage

extension DefectMap {
    /// Reads a list of defects in any of the forms that fastpix writes, and in CHDK's: what it holds, camera by camera. The
    /// form is told by the content; only CHDK's, by the name. Throws what is
    /// wrong with it, naming the line. Whole rows and columns have no length when the file does not tell its frame.
    /// Throws, too, when it says something else than what was given. Masks of more than `maximumPixels` are refused. May be
    /// called from any thread. A pipe is read to its end; masks have to be files.
    public static func read(
        _ input: DefectMapInput, maximumPixels: UInt64 = AccumulationSettings.defaultMaximumPixels
    ) throws(FastPixError) -> [DefectMap] {
        let path = input.path
        let (bytes, isPiped) = try content(of: path)
        var maps: [DefectMap]
        if DefectMask.isOne(bytes) {
            guard !isPiped else {
                throw FastPixError(.unsupported, path: path, "a mask cannot be read from a pipe; give it as a file")
            }
            maps = [try DefectMask.map(path, maximumPixels: maximumPixels)]
            try refuseOffset(input, "a mask")
        } else if CHDKList.isNamed(path.string) {
            maps = [try placed(try CHDKList.entries(bytes, path: path.string), note: nil, .raw, input)]
        } else {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw FastPixError(
                    .unsupported, path: path,
                    "neither text nor a mask (PNG, TIFF, FITS), so no list of defects; CHDK's lists end in .bin")
            }
            let start = text.first { !$0.isWhitespace }
            guard start != nil else {
                throw FastPixError(
                    .corrupt, path: path, "the file is empty; a list without defects names at least its frame")
            }
            if start == "{" {
                maps = try DefectList.maps(bytes, path: path.string)
                try refuseOffset(input, "fastpix's list")
            } else if isTable(text) {
                maps = try DefectTable.maps(text, path: path.string)
                try refuseOffset(input, "a table")
            } else {
                maps = [try list(text, input)]
            }
        }
        if let size = input.size { try adopt(size, &maps, path) }
        for index in maps.indices {
            let size = maps[index].size
            try check(
                maps[index], width: size?.width ?? DefectMap.longestSide, height: size?.height ?? DefectMap.longestSide,
                path: path)
            if let size { maps[index].entries = maps[index].entries.map { $0.resolved(size) } }
            try checkPixelCount(maps[index], path)
        }
        return maps
    }

    /// Lists that count in the photos' frame, from its first row, and say so by what they are.
    private static func refuseOffset(_ input: DefectMapInput, _ form: String) throws(FastPixError) {
        guard input.rowOrigin != .bottom else {
            throw FastPixError(
                .contradiction, path: input.path, "\(form) counts rows from the top, and bottom was given for it")
        }
        guard let offset = input.offset, offset != FrameOffset() else { return }
        throw FastPixError(
            .contradiction, path: input.path,
            "\(form) counts in the photos' own frame, and the offset \(offset.column),\(offset.row) was given for it")
    }

    /// The size that was given is that of lists which tell none, and has to be among those which the others tell.
    private static func adopt(_ size: FrameSize, _ maps: inout [DefectMap], _ path: FilePath) throws(FastPixError) {
        for index in maps.indices where maps[index].size == nil {
            (maps[index].width, maps[index].height) = (size.width, size.height)
        }
        guard maps.isEmpty || maps.contains(where: { $0.size == size }) else {
            throw FastPixError(
                .contradiction, path: path,
                "the list is for frames of \(maps.compactMap(\.size?.words).joined(separator: " and ")) pixels, and "
                    + "\(size.words) was given for it")
        }
    }

    private static func checkPixelCount(_ map: DefectMap, _ path: FilePath) throws(FastPixError) {
        var count = 0
        for entry in map.entries {
            let (sum, overflows) = count.addingReportingOverflow(entry.coveredCount)
            guard !overflows, sum <= DefectMap.mostPixels else {
                throw FastPixError(
                    .tooLarge, path: path,
                    "more than \(DefectMap.mostPixels) pixels are listed; that is no list of defects")
            }
            count = sum
        }
    }

    /// Lists are short; what is longer is something else.
    private static let longestFile = 256 << 20

    private static func content(of path: FilePath) throws(FastPixError) -> (bytes: Data, isPiped: Bool) {
        if let piped = try PipeContent.of(path, most: longestFile) { return (piped, true) }
        let file = try OpenFile(path)
        guard file.state.byteCount <= longestFile else {
            throw FastPixError(.tooLarge, path: path, "too large for a list of defects")
        }
        return (try file.content(), false)
    }

    private static func isTable(_ text: String) -> Bool {
        let header = text.prefix { !$0.isNewline }.split(separator: ",")
        return header.contains("row") && header.contains("column")
    }

    static func check(_ map: DefectMap, width: Int, height: Int, path: FilePath) throws(FastPixError) {
        guard let outside = map.entries.first(where: { !DefectMap.isInside($0, width: width, height: height) }) else {
            return
        }
        let frame = map.size == nil ? "any frame" : "the frame of \(width) x \(height) pixels"
        throw FastPixError(
            .corrupt, path: path, "row \(outside.row), column \(outside.column) lies outside \(frame)")
    }

    // MARK: Lists of a line per defect

    private static func list(_ text: String, _ input: DefectMapInput) throws(FastPixError) -> DefectMap {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var format: DefectMapFormat?
        var offset = 0
        var entries: [DefectMap.Entry] = []
        for (index, line) in lines.enumerated() {
            let content = trimmed(line.prefix { $0 != "#" })
            if content.isEmpty { continue }
            if format == nil {
                format = form(of: content)
                if format == .rawtherapee, let number = Int(content) {
                    offset = number
                    continue
                }
            }
            guard let entry = entry(content, format, offset: offset) else { throw noPosition(index, content, input) }
            entries.append(entry)
        }
        let note = lines.lazy.compactMap { FrameNote($0) }.first
        var map = try placed(entries, note: note, format == .jpegpixi ? .photo : .raw, input)
        map.isUpsideDownInFITS = format == .siril && note == nil && input.rowOrigin == nil
        if let judgement = JudgementNote(lines) {
            map.notJudged = judgement.notJudged
            map.classes = judgement.classes
        }
        return map
    }

    private static func noPosition(_ index: Int, _ content: Substring, _ input: DefectMapInput) -> FastPixError {
        FastPixError(
            .corrupt, path: input.path,
            "line \(index + 1) is no position in a form that fastpix reads: \(String(content.prefix(60)).printable)")
    }

    /// The frame that a form counts in.
    private enum Counting { case photo, raw }

    /// Entries with positions as the file has them, in the photos' frame. What was given has to agree with the file's own
    /// words; a size alone does not place a list that may count in a raw frame.
    private static func placed(
        _ entries: [DefectMap.Entry], note: FrameNote?, _ counting: Counting, _ input: DefectMapInput
    ) throws(FastPixError) -> DefectMap {
        if let note, let offset = input.offset, offset != note.offset {
            throw FastPixError(
                .contradiction, path: input.path,
                "the list says that its offset is \(note.offset.column),\(note.offset.row), and "
                    + "\(offset.column),\(offset.row) was given for it")
        }
        if let note, let origin = input.rowOrigin, (origin == .bottom) != note.fromBottom {
            throw FastPixError(
                .contradiction, path: input.path,
                "the list says that it counts rows from the \(note.fromBottom ? "bottom" : "top"), and "
                    + "\(origin.rawValue) was given for it")
        }
        let height = note.map { $0.fromBottom ? $0.height : nil } ?? input.size?.height
        let fromBottom = note?.fromBottom ?? (input.rowOrigin == .bottom)
        guard !fromBottom || height != nil || entries.isEmpty else {
            throw FastPixError(
                .invalidArgument, path: input.path,
                "rows can be counted from the bottom in frames of a known size only; "
                    + "give the photos' size and where they begin in that frame")
        }
        guard counting == .photo || note != nil || input.size == nil || input.offset != nil || entries.isEmpty else {
            throw FastPixError(
                .invalidArgument, path: input.path,
                "the list does not say where the photos begin in the frame that it counts in; give that, too: "
                    + "an offset of 0,0 when it counts in the photos")
        }
        let offset = note?.offset ?? input.offset ?? FrameOffset()
        let sides = -DefectMap.longestSide...DefectMap.longestSide
        guard sides.contains(offset.column), sides.contains(offset.row) else {
            throw FastPixError(
                .invalidArgument, path: input.path,
                "an offset of \(offset.column),\(offset.row) is larger than any frame")
        }
        var map = DefectMap(width: note?.width, height: note?.height)
        map.listsSmears = counting == .photo
        for entry in entries {
            guard
                let moved = entry.moved(rows: -offset.row, columns: -offset.column)?
                    .turned(in: fromBottom ? height : nil)
            else {
                throw FastPixError(
                    .corrupt, path: input.path,
                    "row \(entry.row), column \(entry.column) is no position in a frame")
            }
            map.entries.append(moved)
        }
        return map
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line.drop { $0.isWhitespace }
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }

    /// The first line with a content tells.
    private static func form(of line: Substring) -> DefectMapFormat? {
        if line.hasPrefix("Col ") || line.hasPrefix("Row ") { return .pixinsight }
        if line.hasPrefix("P ") || line.hasPrefix("C ") || line.hasPrefix("L ") { return .siril }
        if line.contains(",") { return .jpegpixi }
        switch line.split(whereSeparator: \.isWhitespace).count {
        case 1, 2: return .rawtherapee
        case 3: return .dcraw
        default: return nil
        }
    }

    private static func entry(_ line: Substring, _ format: DefectMapFormat?, offset: Int) -> DefectMap.Entry? {
        switch format {
        case .dcraw: DcrawList.entry(line)
        case .rawtherapee: RawTherapeeList.entry(line, offset: offset)
        case .siril: SirilList.entry(line)
        case .pixinsight: PixInsightList.entry(line)
        case .jpegpixi: JpegpixiBlocks.entry(line)
        case .json, .csv, .mask, nil: nil
        }
    }
}
