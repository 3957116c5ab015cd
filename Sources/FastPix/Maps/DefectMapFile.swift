import Foundation
import SystemPackage

/// Reads lists of defects in any of the forms that fastpix writes.
public enum DefectMapFile {
    /// What the file lists, camera by camera. The form is told by the content. Throws what is wrong with it, naming
    /// the line; whole rows and columns, which some forms can list, are refused.
    public static func read(
        _ path: FilePath, maximumPixels: UInt64 = PhotoFile.defaultMaximumPixels
    ) throws(FastPixError) -> [DefectMap] {
        let bytes = try content(of: path)
        let maps: [DefectMap]
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            maps = [try DefectMask.map(path, maximumPixels: maximumPixels)]
        } else {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw FastPixError(.unsupported, path: path.string, "neither text nor a PNG, so no list of defects")
            }
            let start = text.first { !$0.isWhitespace }
            if start == "{" {
                maps = try DefectList.maps(bytes, path: path.string)
            } else if isTable(text) {
                maps = try DefectTable.maps(text, path: path.string)
            } else {
                maps = [try list(text, path: path.string)]
            }
        }
        for map in maps {
            if let width = map.width, let height = map.height {
                try check(map, width: width, height: height, path: path)
            }
        }
        return maps
    }

    /// Lists are short; what is longer is something else.
    private static let longestFile = 256 << 20

    private static func content(of path: FilePath) throws(FastPixError) -> Data {
        let file = try OpenFile(path)
        guard file.state.byteCount <= longestFile else {
            throw FastPixError(.tooLarge, path: path.string, "too large for a list of defects")
        }
        // No more than it had when it was opened, whoever writes to it meanwhile.
        var bytes = Data(count: file.state.byteCount)
        var done = 0
        while done < bytes.count {
            let (descriptor, start) = (file.fileDescriptor, done)
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + start, $0.count - start, off_t(start))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw FastPixError(.unreadable, path: path.string, systemErrno: errno, "the file cannot be read")
            }
            if got == 0 { break }
            done += got
        }
        guard done == bytes.count, file.isUnchanged else {
            throw FastPixError(.corrupt, path: path.string, "the file changed while it was being read; run again")
        }
        return bytes
    }

    private static func isTable(_ text: String) -> Bool {
        let header = text.prefix { !$0.isNewline }.split(separator: ",")
        return header.contains("row") && header.contains("column")
    }

    static func check(_ map: DefectMap, width: Int, height: Int, path: FilePath) throws(FastPixError) {
        guard let outside = map.entries.first(where: { !DefectMap.isInside($0, width: width, height: height) }) else {
            return
        }
        throw FastPixError(
            .corrupt, path: path.string,
            "row \(outside.row), column \(outside.column) lies outside the frame of \(width) x \(height) pixels")
    }

    // MARK: Lists of a line per defect

    private static func list(_ text: String, path: String) throws(FastPixError) -> DefectMap {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let note = lines.lazy.compactMap { FrameNote($0) }.first
        // From the raw frame back to that of the photos.
        let rows = -(note?.offset.row ?? 0)
        let columns = -(note?.offset.column ?? 0)
        var format: DefectMapFormat?
        var offset = 0
        var map = DefectMap(width: note?.width, height: note?.height)
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
            guard let entry = entry(content, format, offset: offset)?.moved(rows: rows, columns: columns) else {
                throw FastPixError(
                    .corrupt, path: path,
                    "line \(index + 1) is no position in a form that fastpix reads: \(String(content.prefix(60)).printable)"
                )
            }
            map.entries.append(entry)
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
