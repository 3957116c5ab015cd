import Foundation
import TestSupport
import Testing

/// `--report`: one web page that needs nothing else.
struct ReportPageTests {
    private static func page(_ photos: String, _ options: [String] = [], in folder: URL) throws -> String {
        let run = try CommandRun.fastpix(
            ["hotpixels", photos, "-q", "-f", "csv", "--report", "page.html", "--overwrite"] + options, in: folder)
        #expect(run.exitCode == 0 || run.exitCode == 2, "\(run.stderr)")
        return try String(contentsOf: folder.appendingPathComponent("page.html"), encoding: .utf8)
    }

    /// The values of all attributes of this name.
    private static func attributes(_ name: String, _ page: String) -> [String] {
        page.matches(of: try! Regex("[ \\n]\(name)=\"([^\"]*)\"", as: (Substring, Substring).self)).map { String($0.1) }
    }

    @Test func theExampleIsShownWithItsDefects() throws {
        try withTemporaryFolder { folder in
            let page = try Self.page(Repository.examplePhotos.path, in: folder)
            #expect(page.utf8.count < 2_000_000)
            #expect(
                page.contains(
                    "2 defects found at sensitivity normal in <span class=\"whole\">100 %</span> of the frame, over 48 photos taken for scenes"
                ))
            #expect(page.contains("<b>2</b>defects: 1 stuck, 1 hot</li>"))
            #expect(page.contains("Shows nearly the same value whatever is photographed. On average 219.7, where the"))
            #expect(page.contains("Row 889, column 355"))
            // Both maps, and of both defects the mean, the variance and three photos.
            let pictures = Self.attributes("href", page).filter { $0.hasPrefix("data:") }
            #expect(pictures.count == 2 + 2 * 5)
            for picture in pictures {
                let bytes = try #require(Data(base64Encoded: String(picture.dropFirst("data:image/png;base64,".count))))
                #expect(bytes.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
            }
            #expect(page.contains("<svg viewBox=\"0 0 384 896\""))
            #expect(page.contains("<circle cx=\"355.5\" cy=\"889.5\""))
        }
    }

    /// No network, no scripts, no other files: all it refers to is in it.
    @Test func thePageIsCompleteInItself() throws {
        try withTemporaryFolder { folder in
            let page = try Self.page(Repository.examplePhotos.path, in: folder)
            let identifiers = Self.attributes("id", page)
            #expect(Set(identifiers).count == identifiers.count)
            for reference in Self.attributes("href", page) + Self.attributes("src", page) {
                let isInside = reference.hasPrefix("#") && identifiers.contains(String(reference.dropFirst()))
                #expect(isInside || reference.hasPrefix("data:image/png;base64,"))
            }
            for label in Self.attributes("for", page) { #expect(identifiers.contains(label)) }
            #expect(!page.contains("<script") && !page.contains("@import") && !page.contains("url("))
            let addresses = page.matches(of: /https?:\/\/[^"]*/).map { String($0.output) }
            #expect(Set(addresses) == ["http://www.w3.org/2000/svg"])
            #expect(page.contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'"))
        }
    }

    /// Every element that is opened is closed, in order.
    @Test func elementsAreClosed() throws {
        try withTemporaryFolder { folder in
            let page = try Self.page(Repository.examplePhotos.path, in: folder)
            var open: [Substring] = []
            let empty: Set<Substring> = ["meta", "input", "!DOCTYPE"]
            for tag in page.matches(of: /<(\/?)([a-zA-Z0-9!]+)([^>]*)>/) {
                if tag.1 == "/" {
                    #expect(open.last == tag.2)
                    if open.last == tag.2 { open.removeLast() }
                } else if !tag.3.hasSuffix("/"), !empty.contains(tag.2) {
                    open.append(tag.2)
                }
            }
            #expect(open == [])
        }
    }

    @Test func workersDoNotChangeAByte() throws {
        try withTemporaryFolder { folder in
            let one = try Self.page(Repository.examplePhotos.path, ["--workers", "1"], in: folder)
            let three = try Self.page(Repository.examplePhotos.path, ["--workers", "3", "--batch", "5"], in: folder)
            #expect(one == three)
        }
    }

    /// Names of files and cameras are text, whatever they hold.
    @Test func namesAreNoMarkup() throws {
        try withTemporaryFolder { folder in
            let photos = folder.appendingPathComponent("photos")
            try FileManager.default.createDirectory(at: photos, withIntermediateDirectories: true)
            // The model is 24 bytes long in these photos; so is what takes its place.
            let model = Data("Canon PowerShot SX260 HS".utf8)
            for (index, photo) in try Photos.example(14).enumerated() {
                var bytes = try Data(contentsOf: photo)
                let place = try #require(bytes.firstRange(of: model))
                bytes.replaceSubrange(place, with: Data("\"><script>alert(1)</script".utf8.prefix(24)))
                try bytes.write(to: photos.appendingPathComponent("<img src=x onerror='a(\(index))'>\u{1b}[31m.jpg"))
            }
            try Data("text".utf8).write(to: photos.appendingPathComponent("<b onclick=\"x\">.jpg"))
            let page = try Self.page("photos", in: folder)
            #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("<b onclick"))
            #expect(!page.contains("\u{1b}"))
            #expect(page.contains("&quot;&gt;&lt;script&gt;alert(1)"))
            #expect(page.contains("&lt;img src=x onerror=&#39;a("))
            #expect(page.contains("&lt;b onclick=&quot;x&quot;&gt;.jpg: "))
        }
    }

    @Test func everyGroupHasASection() throws {
        try withTemporaryFolder { folder in
            let photos = folder.appendingPathComponent("photos")
            try FileManager.default.createDirectory(at: photos, withIntermediateDirectories: true)
            for photo in try Photos.example(14) { try photos.addCopy(of: photo) }
            try Photos.add(11, named: "tiny", to: photos)
            for photo in try Repository.fixture("sixteen-bit").entries() {
                try photos.addCopy(of: Repository.fixture("sixteen-bit/\(photo)"))
            }
            let page = try Self.page("photos", in: folder)
            for group in 1...3 { #expect(page.contains("<section id=\"group-\(group)\">")) }
            #expect(page.contains("30 are the least for a result to rely on"))
        }
    }

    @Test func photosAreNeverReplaced() throws {
        try withTemporaryFolder { folder in
            let photo = try folder.addCopy(of: try Photos.example(1)[0], as: "photo.jpg")
            let run = try CommandRun.fastpix(["hotpixels", "photo.jpg", "--report", "photo.jpg"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stderr.contains("one of the photos to read"))
            #expect(try Data(contentsOf: photo) == Data(contentsOf: try Photos.example(1)[0]))
        }
    }
}
