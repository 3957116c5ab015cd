import FastPixDiscovery
import FastPixPlatform
import FastPixPlumbing

/// A report as one web page that needs nothing but itself: no network, no scripts; zooming and jumping are the browser's
/// own radio buttons and links, so that the keyboard does both. Equal results make equal pages.
package struct ReportPage {
    package let report: HotPixelsReport
    /// One for each group of the report.
    package let pictures: [GroupPictures]

    package init(report: HotPixelsReport, pictures: [GroupPictures]) {
        self.report = report
        self.pictures = pictures
    }

    package var html: String {
        let groups = zip(report.groups, pictures).enumerated().map { index, pair in
            GroupSection(group: pair.0, pictures: pair.1, number: index + 1, sensitivity: report.settings.sensitivity)
                .html
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <title>\(HTMLText.escaped(title))</title>
            <style>
            \(ReportPageStyle.css)
            </style>
            </head>
            <body>
            <header>
            <h1>\(HTMLText.escaped(title))</h1>
            <p class="soft">fastpix \(fastPixVersion), \(counted(report.groups.reduce(0) { $0 + $1.frames }, "photo")) \
            in \(counted(report.groups.count, "group")), \(counted(report.skipped.count, "file")) left out</p>
            \(contents)
            </header>
            <main>
            \(groups.joined(separator: "\n"))
            <h2 id="settings">Settings and versions</h2>
            \(settings)
            \(skipped)
            </main>
            <footer class="soft"><p>Positions count from 0 at the top left of the stored picture, before any rotation for \
            viewing.</p></footer>
            </body>
            </html>

            """
    }

    private var title: String {
        let cameras = report.groups.map(\.camera.name)
        let different = cameras.enumerated().filter { cameras.firstIndex(of: $0.element) == $0.offset }.map(\.element)
        return "Defective pixels of " + (different.count == 1 ? different[0] : counted(different.count, "camera"))
    }

    private var contents: String {
        guard report.groups.count > 1 else { return "" }
        let items = report.groups.enumerated().map { index, group in
            "<li><a href=\"#group-\(index + 1)\">\(HTMLText.words(group.name))</a></li>"
        }
        return "<nav aria-label=\"Groups\"><ul>\(items.joined())</ul></nav>"
    }

    private var settings: String {
        let settings = report.settings
        let rows: [(String, String)] = [
            ("fastpix", fastPixVersion), ("form of the data", report.schema),
            ("sensitivity", settings.sensitivity?.rawValue ?? "defects not judged"),
            ("classes", settings.classes?.map(\.rawValue).joined(separator: ", ") ?? "none"),
            ("frames", settings.frames?.rawValue ?? "told from themselves"),
            ("accumulator", settings.accumulator.rawValue),
            ("channels", settings.channels.rawValue), ("least photos in a group", "\(settings.minimumFrames)"),
        ]
        return "<dl>" + rows.map { "<dt>\($0)</dt><dd>\(HTMLText.escaped($1))</dd>" }.joined() + "</dl>"
    }

    private static let mostSkipped = 200

    private var skipped: String {
        guard !report.skipped.isEmpty else { return "" }
        let items = report.skipped.prefix(Self.mostSkipped).map {
            "<li>\(HTMLText.escaped($0.path.string)): \(HTMLText.escaped($0.reason))</li>"
        }
        let rest = report.skipped.count - items.count
        return """
            <details><summary>\(counted(report.skipped.count, "file")) left out</summary>
            <ul>\(items.joined())</ul>\(rest > 0 ? "<p>and \(rest) more</p>" : "")</details>
            """
    }
}
