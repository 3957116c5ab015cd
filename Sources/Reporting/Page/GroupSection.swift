import FastPixAccumulation
import FastPixDetection
import FastPixFrames
import FastPixPlumbing
import Foundation

/// The part of a report page about one camera and frame size.
struct GroupSection {
    let group: HotPixelsReport.Group
    let pictures: GroupPictures
    let number: Int
    let sensitivity: DetectionSensitivity?

    private var defects: [Defect] { group.detection?.defects ?? [] }
    private func identifier(_ name: String) -> String { "group-\(number)-\(name)" }

    var html: String {
        """
        <section id="group-\(number)">
        <h2>\(HTMLText.escaped(group.name))</h2>
        \(figures)
        \(warnings)
        \(verdict)
        \(list)
        <h3>Maps</h3>
        <p>Each circle is a defect; it leads to its pictures below.</p>
        <div class="maps">
        \(map(
            "Variance over the photos", "variance", pictures.varianceMap,
            "Dark: the pixel hardly changes from photo to photo. Each pixel shows its channel of lowest variance.",
            scale: true))
        \(map("Mean of the photos", "mean", pictures.meanMap, meanCaption, scale: false))
        </div>
        \(defectCards)
        <h3>How the variance is spread</h3>
        \(VarianceHistogramChart(histogram: pictures.histogram).html)
        \(regions)
        \(lowest)
        </section>
        """
    }

    private var meanCaption: String {
        "All photos averaged, contrast stretched. Even tones are what many different scenes should give."
    }

    private var figures: String {
        let items = [
            (
                "\(group.detection == nil ? "not judged" : "\(defects.count)")",
                defects.count == 1 ? "defect" : "defects"
            ),
            ("\(group.frames)", group.frames == 1 ? "photo" : "photos"),
            ("\(group.shape.width) x \(group.shape.height)", "pixels"),
            (HTMLText.number(group.summary.meanVariance), "mean variance"),
        ]
        return "<ul class=\"figures\">" + items.map { "<li><b>\($0)</b>\($1)</li>" }.joined() + "</ul>"
    }

    private var warnings: String {
        group.warnings.map { "<p class=\"warning\">\(HTMLText.escaped($0))</p>" }.joined(separator: "\n")
    }

    private var verdict: String {
        guard let detection = group.detection else {
            return "<p>Defects are not judged with \(counted(group.frames, "photo")); "
                + "\(DetectionSettings.minimumFrames) are the least, 100 are good.</p>"
        }
        return "<p>\(counted(defects.count, "defect")) found at sensitivity \(sensitivity?.rawValue ?? "normal") in "
            + "\(detection.judgedPercent) % of the frame, over \(counted(group.frames, "photo")) taken for "
            + "\(detection.kind.rawValue) (\(HTMLText.escaped(detection.kindReason))). \(detection.limitWords).</p>"
    }

    // MARK: List

    private var list: String {
        guard !defects.isEmpty else { return "" }
        let rows = defects.enumerated().map { index, defect in
            let name =
                index < pictures.defects.count
                ? "<a href=\"#\(identifier("defect-\(index + 1)"))\">\(index + 1)</a>" : "\(index + 1)"
            return "<tr><td>\(name)</td><td class=\"text\">\(defect.class.rawValue)</td><td class=\"text\">\(defect.shapeWords)</td><td>\(defect.row)</td>"
                + "<td>\(defect.column)</td><td class=\"wide\">\(HTMLText.number(defect.mean))</td>"
                + "<td class=\"wide\">\(HTMLText.number(defect.neighbourhoodMean))</td>"
                + "<td class=\"wide\">\(HTMLText.number(defect.variance))</td>"
                + "<td class=\"wide\">\(HTMLText.number(defect.neighbourhoodVariance))</td>"
                + "<td>\(HTMLText.number(defect.confidence))</td></tr>"
        }
        let shown = rows.prefix(Self.defectsShown).joined(separator: "\n")
        let rest = rows.dropFirst(Self.defectsShown)
        let more =
            rest.isEmpty
            ? ""
            : "<details><summary>and \(rest.count) more</summary><table>\(Self.head)<tbody>"
                + rest.joined(separator: "\n") + "</tbody></table></details>"
        return "<table>\(Self.head)<tbody>\(shown)</tbody></table>\(more)"
    }

    /// The rest is folded, so that the maps are not far down.
    private static let defectsShown = 15
    private static let rowsShown = 50
    private static let head =
        "<thead><tr><th scope=\"col\">No.</th><th scope=\"col\" class=\"text\">class</th><th scope=\"col\" class=\"text\">shape</th><th scope=\"col\">row</th>"
        + "<th scope=\"col\">column</th><th scope=\"col\" class=\"wide\">mean</th>"
        + "<th scope=\"col\" class=\"wide\">neighbours</th><th scope=\"col\" class=\"wide\">variance</th>"
        + "<th scope=\"col\" class=\"wide\">neighbours</th><th scope=\"col\">confidence</th></tr></thead>"

    // MARK: Maps

    private func map(_ title: String, _ name: String, _ picture: [UInt8], _ caption: String, scale: Bool) -> String {
        let (width, height) = (group.shape.width, group.shape.height)
        // As large on the screen in a small frame as in a large one, and smaller where they would hide the map.
        let radius = Double(max(width, height)) / (defects.count > 50 ? 160 : 60)
        let markers = defects.prefix(Self.mostMarkers).enumerated().map { index, defect in
            let circle =
                "<circle cx=\"\(Double(defect.column) + 0.5)\" cy=\"\(Double(defect.row) + 0.5)\" "
                + "r=\"\(String(format: "%.1f", radius))\"/>"
            let label = "Defect \(index + 1), \(defect.class.rawValue), row \(defect.row), column \(defect.column)"
            let target = index < pictures.defects.count ? "defect-\(index + 1)" : "list"
            return "<a class=\"marker\" id=\"\(identifier("\(name)-\(index + 1)"))\" "
                + "href=\"#\(identifier(target))\" aria-label=\"\(label)\"><title>\(label)</title>\(circle)\(circle)</a>"
        }
        let zooms = [("1", "one", "whole"), ("2", "two", "2x"), ("4", "four", "4x"), ("8", "eight", "8x")].map {
            value, style, label in
            let id = identifier("\(name)-zoom-\(value)")
            return "<input type=\"radio\" class=\"\(style)\" name=\"\(identifier("\(name)-zoom"))\" id=\"\(id)\""
                + "\(value == "1" ? " checked" : "")><label for=\"\(id)\">\(label)</label>"
        }
        return """
            <figure class="view"><figcaption><b>\(title)</b></figcaption>
            <fieldset class="zoom"><legend>Zoom</legend>\(zooms.joined())</fieldset>
            <div class="frame" tabindex="0" role="region" aria-label="\(title), scrollable when zoomed">
            <svg viewBox="0 0 \(width) \(height)" xmlns="http://www.w3.org/2000/svg">
            <image class="pixels" href="\(HTMLText.dataAddress(ofPNG: picture))" width="\(width)" height="\(height)" \
            preserveAspectRatio="none"/>
            \(markers.joined(separator: "\n"))
            </svg></div>
            \(scale ? colorScale : "")
            <figcaption>\(caption)</figcaption></figure>
            """
    }

    /// Thousands of circles would hide the map and stop the browser.
    private static let mostMarkers = 500

    private var colorScale: String {
        let colors = stride(from: 0, through: 255, by: 15).map { index in
            let start = 3 * index
            let table = PerceptualColorMap.table
            return "rgb(\(table[start]),\(table[start + 1]),\(table[start + 2]))"
        }
        return """
            <div class="bar" style="background:linear-gradient(90deg,\(colors.joined(separator: ",")))"></div>
            <div class="ends"><span>\(HTMLText.number(group.summary.minimum.variance))</span>\
            <span>variance, log scale</span><span>\(HTMLText.number(group.summary.maximum.variance))</span></div>
            """
    }

    // MARK: Defects

    private var defectCards: String {
        guard !defects.isEmpty else { return "" }
        let cards = zip(defects, pictures.defects).enumerated().map { index, pair in
            card(pair.0, pair.1, index: index)
        }
        let rest = defects.count - pictures.defects.count
        return """
            <h3 id="\(identifier("list"))">The defects one by one</h3>
            <p class="soft">Parts of \(FrameCrop.side) x \(FrameCrop.side) pixels, the defect in the frame. The mean is \
            stretched from its darkest to its brightest value; the photos are as they are\
            \(pictures.isBrightened ? ", made brighter" : "").</p>
            \(cards.joined(separator: "\n"))
            \(rest > 0 ? "<p>\(rest) more are in the list only.</p>" : "")
            """
    }

    private func card(_ defect: Defect, _ pictures: GroupPictures.DefectPictures, index: Int) -> String {
        var crops = [
            crop("mean", pictures.mean, pictures.crop, defect),
            crop("variance, \(group.channelNames[defect.channel])", pictures.variance, pictures.crop, defect),
        ]
        for photo in self.pictures.photos {
            crops.append(crop("photo \(photo.name)", photo.pictures[index], pictures.crop, defect))
        }
        return """
            <article class="defect" id="\(identifier("defect-\(index + 1)"))">
            <header><h4>\(index + 1). Row \(defect.row), column \(defect.column)\
            <span class="class">\(defect.class.rawValue)</span></h4>
            <a href="#\(identifier("variance-\(index + 1)"))">show on the map</a></header>
            <p>\(PlainWords.meaning(defect.class)) \(PlainWords.comparison(defect))</p>
            <p class="soft">Strongest in \(group.channelNames[defect.channel]). \(PlainWords.certainty(defect)) \
            \(HTMLText.escaped(PlainWords.history(defect))) Tinges \(defect.smear.columns) x \(defect.smear.rows) pixels.</p>
            <div class="crops">\(crops.joined(separator: "\n"))</div>
            </article>
            """
    }

    private func crop(_ title: String, _ picture: [UInt8], _ crop: FrameCrop, _ defect: Defect) -> String {
        let name = HTMLText.escaped(title)
        return """
            <figure><svg viewBox="0 0 \(crop.width) \(crop.height)" role="img" aria-label="\(name)">
            <image class="pixels" href="\(HTMLText.dataAddress(ofPNG: picture))" width="\(crop.width)" \
            height="\(crop.height)"/>
            <rect x="\(defect.column - crop.column - 2)" y="\(defect.row - crop.row - 2)" width="5" height="5" \
            fill="none" stroke="#ff3d81" stroke-width="0.2"/></svg><figcaption>\(name)</figcaption></figure>
            """
    }

    // MARK: The rest

    private var regions: String {
        guard let regions = group.detection?.excludedRegions, !regions.isEmpty else { return "" }
        let rows = regions.prefix(Self.rowsShown).map {
            "<tr><td>\($0.kind.rawValue): \(PlainWords.meaning($0.kind))</td><td>\($0.row)</td><td>\($0.column)</td>"
                + "<td>\($0.rows)</td><td>\($0.columns)</td></tr>"
        }
        let rest = regions.count - rows.count
        return """
            <h3>Parts left out</h3>
            <table><thead><tr><th scope="col">what</th><th scope="col">row</th><th scope="col">column</th>\
            <th scope="col">rows</th><th scope="col">columns</th></tr></thead><tbody>\(rows.joined())</tbody></table>
            \(rest > 0 ? "<p>and \(rest) more</p>" : "")
            """
    }

    private var lowest: String {
        let rows = group.summary.lowest.prefix(Self.rowsShown).map {
            "<tr><td class=\"text\">\(group.channelNames[$0.channel])</td><td>\($0.row)</td><td>\($0.column)</td>"
                + "<td>\(HTMLText.number($0.mean))</td><td>\(HTMLText.number($0.variance))</td></tr>"
        }
        guard !rows.isEmpty else { return "" }
        return """
            <details><summary>Subpixels of lowest variance (no judgement: skies that are white in many photos are here, \
            too)</summary>
            <table><thead><tr><th scope="col">channel</th><th scope="col">row</th><th scope="col">column</th>\
            <th scope="col">mean</th><th scope="col">variance</th></tr></thead><tbody>\(rows.joined())</tbody></table>
            </details>
            """
    }
}
