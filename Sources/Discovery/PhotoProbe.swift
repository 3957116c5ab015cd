import CCodecs
import FastPixCodecs
import FastPixPlumbing
import SystemPackage

/// Reads the headers of many files, several at once.
package enum PhotoProbe {
    package struct Outcome: Sendable {
        /// In the order of the paths given, the pictures of a file in their order.
        package var photos: [PhotoFile] = []
        package var failed: [SkippedPhoto] = []
    }

    /// `maximumPixels` bounds width x height (0: no bound). `progress` gets the number of files done and of files in all,
    /// from any thread. Throws `interrupted`.
    package static func run(
        _ paths: [FilePath], channels: ChannelSelection = .all, reading: PhotoReadingChoice = PhotoReadingChoice(),
        maximumPixels: UInt64, workers: Int, interruption: Interruption? = nil,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws(FastPixError) -> Outcome {
        var results = WorkerTeam.map(
            paths.count, workers: min(workers, OpenFile.limit), while: { interruption?.isRequested != true },
            done: { progress($0, paths.count) }
        ) { index in
            probe(paths[index], channels: channels, reading: reading, maximumPixels: maximumPixels)
        }
        try interruption?.check()
        // A stack may have many pictures: each result goes as soon as it is taken over.
        var outcome = Outcome()
        for index in results.indices {
            guard let result = results[index] else { continue }
            results[index] = nil
            if outcome.photos.isEmpty { outcome.photos = result.photos } else { outcome.photos += result.photos }
            outcome.failed += result.failed
        }
        return outcome
    }

    /// Reads the headers of all pictures of a file.
    package static func probe(
        _ path: FilePath, channels: ChannelSelection, reading: PhotoReadingChoice = PhotoReadingChoice(),
        maximumPixels: UInt64
    ) -> Outcome {
        let file: OpenFile
        do throws(FastPixError) {
            file = try OpenFile(path)
        } catch {
            return Outcome(failed: [SkippedPhoto(path: path, reason: error.reason)])
        }
        let pictures = PicturesOfAFile(path, file.state, reading)
        var error = fpx_photo_error()
        let status = fpx_photo_visit(
            file.fileDescriptor, reading.maskedBorder, reading.isStrict, channels.requested, maximumPixels,
            { context, status, header, error in
                guard let context else { return }
                Unmanaged<PicturesOfAFile>.fromOpaque(context).takeUnretainedValue()
                    .add(status, header.pointee, error.pointee)
            }, Unmanaged.passUnretained(pictures).toOpaque(), &error)
        if status != .ok {
            pictures.failures.append((pictures.count, FastPixError(status, error, path: path)))
            pictures.count += 1
        }
        return pictures.outcome()
    }
}

/// What a file turns out to hold, picture by picture.
private final class PicturesOfAFile {
    var count = 0
    private var photos: [PhotoFile] = []
    var failures: [(number: Int, error: FastPixError)] = []
    /// The last header as the file has it, and what was made of it.
    private var last: (bytes: fpx_photo_header, kept: KeptHeader)?
    private let path: FilePath
    private let state: OpenFile.State
    private let reading: PhotoReadingChoice

    init(_ path: FilePath, _ state: OpenFile.State, _ reading: PhotoReadingChoice) {
        self.path = path
        self.state = state
        self.reading = reading
    }

    func add(_ status: fpx_photo_status, _ header: fpx_photo_header, _ error: fpx_photo_error) {
        if status == .ok {
            // How many there are is known at the end only.
            photos.append(
                PhotoFile(
                    path: path, page: PhotoPage(number: count, header.page, reading), picturesInFile: 1, state: state,
                    header: kept(header)))
        } else {
            failures.append((count, FastPixError(status, error, path: "")))
        }
        count += 1
    }

    /// The same for pictures whose headers differ in nothing but their places in the file.
    private func kept(_ header: fpx_photo_header) -> KeptHeader {
        var header = header
        header.page = fpx_photo_page()
        if let last, withUnsafeBytes(of: last.bytes, { a in withUnsafeBytes(of: header) { a.elementsEqual($0) } }) {
            return last.kept
        }
        let kept = KeptHeader(PhotoHeader(header))
        last = (header, kept)
        return kept
    }

    func outcome() -> PhotoProbe.Outcome {
        for index in photos.indices { photos[index].picturesInFile = count }
        return PhotoProbe.Outcome(
            photos: photos,
            failed: failures.map { number, error in
                // A file that is no photo may be a picture of another kind.
                let wayOut = error.code == .notAnImage ? OtherPictureFormats.wayOut(path).map { "; \($0)" } ?? "" : ""
                return SkippedPhoto(
                    path: count > 1 ? PhotoFile.namedPath(path, picture: number) : path, reason: error.reason + wayOut,
                    isUnsupported: error.code == .unsupported || !wayOut.isEmpty)
            })
    }
}
