import FastPixAccumulation
import FastPixDetection
import FastPixFrames
import FastPixPlatform
import FastPixPlumbing

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
        <h2>\(HTMLText.words(group.name))</h2>
        \(figures)
        \(warnings)
        \(verdict)
        \(list)
        <h3>Maps</h3>
        \(markerWords)
        <div class="maps">
        \(map(
            "Variance over the photos", "variance", pictures.varianceMap,
            "Dark: the pixel hardly changes from photo to photo. Each pixel shows its channel of lowest variance.",
            scale: true))
        \(map("Mean of the photos", "mean", pictures.meanMap, meanCaption, scale: false))
        </div>
        \(gallery)
        \(defectCards)
        <h3>How the variance is spread</h3>
        \(VarianceHistogramChart(histogram: pictures.histogram).html)
        \(regions)
        \(lowest)
        </section>
        """
    }

    private var markerWords: String {
        var words: [String] = []
        if !defects.isEmpty {
            words.append("Each circle is a defect; it leads to its pictures below.")
            words.append("Lines and grids have a frame around them.")
        }
        if !excluded.isEmpty { words.append("What is hatched was not judged.") }
        return words.isEmpty ? "" : "<p>\(words.joined(separator: " "))</p>"
    }

    private var meanCaption: String {
        "All photos averaged, contrast stretched. Even tones are what "
            + (group.detection?.kind.isEven == true ? "a sound sensor gives." : "many different scenes should give.")
    }

    private var figures: String {
        let items = [
            (
                "\(group.detection == nil ? "not judged" : "\(defects.count)")",
                (defects.count == 1 ? "defect" : "defects") + (defects.isEmpty ? "" : ": \(classCounts)")
            ),
            ("\(group.frames)", group.frames == 1 ? "photo" : "photos"),
            (HTMLText.words("\(group.shape.width) x \(group.shape.height)"), "pixels"),
            (
                HTMLText.number(group.summary.meanVariance.map { $0.squareRoot() }),
                "typical deviation between photos, in sample values"
            ),
        ]
        return "<ul class=\"figures\">" + items.map { "<li><b>\($0)</b>\($1)</li>" }.joined() + "</ul>"
    }

    /// "1 stuck, 2 hot", in the order of the classes.
    private var classCounts: String {
        DefectClass.allCases.compactMap { kind in
            let count = defects.count { $0.class == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }.joined(separator: ", ")
    }

    private var warnings: String {
        group.warnings.map { "<p class=\"warning\">\(HTMLText.words($0))</p>" }.joined(separator: "\n")
    }

    private var verdict: String {
        guard let detection = group.detection else {
            return "<p>Defects are not judged with \(counted(group.frames, "photo")); "
                + "\(DetectionSettings.minimumFrames) are the least, 100 are good.</p>"
        }
        return "<p>\(counted(defects.count, "defect")) found at sensitivity \(sensitivity?.rawValue ?? "normal") in "
            + "\(HTMLText.words("\(detection.judgedPercent) %")) of the frame, over \(counted(group.frames, "photo")) taken for "
            + "\(detection.kind.rawValue) (\(HTMLText.words(detection.kindReason))). \(detection.limitWords).</p>"
    }

    // MARK: List

    private var list: String {
        guard !defects.isEmpty else { return "" }
        let rows = defects.enumerated().map { index, defect in
            let name =
                index < pictures.defects.count
                ? "<a href=\"#\(identifier("defect-\(index + 1)"))\">\(index + 1)</a>" : "\(index + 1)"
            return
                "<tr><td>\(name)</td><td class=\"text\">\(defect.class.rawValue)</td><td class=\"text\">\(defect.shapeWords)</td><td>\(defect.row)</td>"
                + "<td>\(defect.column)</td>"
                + defect.values(HTMLText.number).map { "<td class=\"wide\">\($0)</td>" }.joined()
                + "<td>\(HTMLText.number(defect.confidence))</td></tr>"
        }
        return scrollable(
            "List of defects", "<table>\(Self.head)<tbody>\(rows.joined(separator: "\n"))</tbody></table>")
    }

    /// A table that scrolls by itself, sideways where the screen is narrow and up and down where it is long, so that the
    /// maps are not far down; printed, it is whole.
    private func scrollable(_ label: String, _ table: String) -> String {
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(label) of group \(number)\">\(table)</div>"
    }

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
                + "r=\"\(String(printf: "%.1f", radius))\"/>"
            let label = "Defect \(index + 1), \(defect.class.rawValue), row \(defect.row), column \(defect.column)"
            let target = index < pictures.defects.count ? "defect-\(index + 1)" : "list"
            let (x, y) = (Double(defect.column) + 0.5, Double(defect.row) + 0.5)
            // Shown when a card leads here: across the whole map, so that it is found at once.
            let cross = "d=\"M0 \(y)H\(width)M\(x) 0V\(height)\"/>"
            let aim = "<path class=\"aim edge\" \(cross)<path class=\"aim\" \(cross)"
            return "<a class=\"marker\" id=\"\(identifier("\(name)-\(index + 1)"))\" "
                + "href=\"#\(identifier(target))\" aria-label=\"\(label)\"><title>\(label)</title>\(outline(defect))\(circle)\(circle)\(aim)</a>"
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
            <div class="frame" tabindex="0" role="region" aria-label="\(title) of group \(number), scrollable when zoomed">
            <svg viewBox="0 0 \(width) \(height)" xmlns="http://www.w3.org/2000/svg">
            <image class="pixels" href="\(HTMLText.dataAddress(ofPNG: picture))" width="\(width)" height="\(height)" \
            preserveAspectRatio="none"/>
            \(hatching(name))
            \(markers.joined(separator: "\n"))
            </svg></div>
            \(scale ? colorScale : "")
            <figcaption>\(caption)</figcaption></figure>
            """
    }

    /// The place of what is more than a point: a frame around all its pixels.
    private func outline(_ defect: Defect) -> String {
        guard defect.shape != .point else { return "" }
        let place = Self.place(of: defect)
        return "<rect x=\"\(place.column)\" y=\"\(place.row)\" width=\"\(place.columns)\" height=\"\(place.rows)\"/>"
    }

    private static func place(of defect: Defect) -> (row: Int, column: Int, rows: Int, columns: Int) {
        guard let first = defect.pixels.first else {
            return (defect.row, defect.column, defect.extentRows, defect.extentColumns)
        }
        let rows = defect.pixels.map(\.row)
        let columns = defect.pixels.map(\.column)
        let (top, left) = (rows.min() ?? first.row, columns.min() ?? first.column)
        return (top, left, (rows.max() ?? top) - top + 1, (columns.max() ?? left) - left + 1)
    }

    /// What was not judged.
    private var excluded: [ExcludedRegion] { group.detection?.excludedRegions ?? [] }

    private func hatching(_ map: String) -> String {
        guard !excluded.isEmpty else { return "" }
        // As far apart on the screen in a small frame as in a large one.
        let step = String(printf: "%.1f", Double(max(group.shape.width, group.shape.height)) / 70)
        let pattern = identifier("\(map)-hatch")
        let areas = excluded.prefix(Self.mostMarkers).map { region in
            let label = "Not judged: \(PlainWords.meaning(region.kind))"
            return
                "<rect class=\"unjudged\" fill=\"url(#\(pattern))\" x=\"\(region.column)\" y=\"\(region.row)\" "
                + "width=\"\(region.columns)\" height=\"\(region.rows)\"><title>\(label)</title></rect>"
        }
        return """
            <defs><pattern id="\(pattern)" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" \
            width="\(step)" height="\(step)"><path class="hatch" d="M0 0V\(step)"/></pattern></defs>
            \(areas.joined(separator: "\n"))
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

    /// The strongest defects pixel by pixel, beside the maps, which are too small to show one.
    private var gallery: String {
        let shown = Array(zip(defects, pictures.defects).prefix(Self.inGallery))
        guard !shown.isEmpty else { return "" }
        let items = shown.enumerated().map { index, pair in
            let (defect, crop) = (pair.0, pair.1.crop)
            return """
                <a href="#\(identifier("defect-\(index + 1)"))"><svg viewBox="0 0 \(crop.width) \(crop.height)" role="img" \
                aria-label="Defect \(index + 1), mean"><use href="#\(identifier("crop-\(index + 1)"))"/></svg>\
                <span>\(index + 1). \(defect.class.rawValue)</span></a>
                """
        }
        return """
            <div class="gallery">\(items.joined(separator: "\n"))</div>
            <p class="soft">\(defects.count > shown.count ? "The strongest of them" : "All of them") pixel by pixel, in the mean of the photos.</p>
            """
    }

    private static let inGallery = 12

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
            crop("mean", pictures.mean, pictures.crop, defect, id: identifier("crop-\(index + 1)")),
            crop("variance, \(group.channelNames[defect.channel])", pictures.variance, pictures.crop, defect),
        ]
        for photo in self.pictures.photos {
            crops.append(crop("photo \(photo.name)", photo.pictures[index], pictures.crop, defect))
        }
        return """
            <article class="defect" id="\(identifier("defect-\(index + 1)"))">
            <header><h4>\(index + 1). Row \(defect.row), column \(defect.column)\
            <span class="class">\(defect.class.rawValue)</span>\
            \(defect.shape == .point ? "" : " <span class=\"shape\">\(defect.shapeWords)</span>")</h4>
            <a href="#\(identifier("variance-\(index + 1)"))">show on the map</a></header>
            <p>\(PlainWords.meaning(defect.class)) \(PlainWords.comparison(defect))</p>
            <p class="soft">Strongest in \(group.channelNames[defect.channel]). \(PlainWords.certainty(defect)) \
            \(HTMLText.words(PlainWords.history(defect))) Tinges \(defect.smear.columns) x \(defect.smear.rows) pixels.</p>
            \(timeLine(defect))
            <div class="crops">\(crops.joined(separator: "\n"))</div>
            </article>
            """
    }

    /// The photos in the order of time, those that show it marked; empty unless they were looked at again.
    private func timeLine(_ defect: Defect) -> String {
        guard let first = defect.history?.firstSeen else { return "" }
        let all = max(1, first.photosBefore + first.photosSince)
        let after = defect.history?.lastSeen?.photosAfter ?? 0
        let start = 400 * first.photosBefore / all
        let end = 400 * (all - after) / all
        let until =
            after == 0 ? "from \(first.time) on" : "from \(first.time) to \(defect.history?.lastSeen?.time ?? "")"
        return """
            <svg class="time" viewBox="0 0 400 14" role="img" aria-label="Shows in \(first.photosSince - after) of \
            \(counted(all, "photo")), \(HTMLText.escaped(until))"><rect width="400" height="8" y="3"/>\
            <rect class="since" x="\(start)" width="\(max(1, end - start))" height="8" y="3"/></svg>
            <div class="ends time"><span>first photo</span><span>\(HTMLText.words(until))</span><span>last photo</span></div>
            """
    }

    private func crop(
        _ title: String, _ picture: [UInt8], _ crop: FrameCrop, _ defect: Defect, id: String? = nil
    ) -> String {
        // What is larger than a point is framed as a whole, as far as it is in the picture.
        let place = defect.shape == .point ? (defect.row, defect.column, 1, 1) : Self.place(of: defect)
        let top = max(0, place.0 - crop.row - 2)
        let left = max(0, place.1 - crop.column - 2)
        let bottom = min(crop.height, place.0 + place.2 - crop.row + 2)
        let right = min(crop.width, place.1 + place.3 - crop.column + 2)
        let name = HTMLText.escaped(title)
        return """
            <figure><svg viewBox="0 0 \(crop.width) \(crop.height)" role="img" aria-label="\(name)">
            <image\(id.map { " id=\"\($0)\"" } ?? "") class="pixels" href="\(HTMLText.dataAddress(ofPNG: picture))" \
            width="\(crop.width)" height="\(crop.height)"/>
            <rect x="\(left)" y="\(top)" width="\(max(1, right - left))" height="\(max(1, bottom - top))" \
            fill="none" stroke="#ff3d81" stroke-width="0.2"/></svg><figcaption>\(name)</figcaption></figure>
            """
    }

    // MARK: The rest

    private var regions: String {
        guard let regions = group.detection?.excludedRegions, !regions.isEmpty else { return "" }
        let rows = regions.prefix(Self.rowsShown).map {
            "<tr><td class=\"text words\">\($0.kind.rawValue): \(PlainWords.meaning($0.kind))</td><td>\($0.row)</td><td>\($0.column)</td>"
                + "<td>\($0.rows)</td><td>\($0.columns)</td></tr>"
        }
        let rest = regions.count - rows.count
        return """
            <h3>What was not judged</h3>
            <p>\(100 - (group.detection?.judgedPercent ?? 0)) % of the frame. A defect there is not in the list.</p>
            \(scrollable("What was not judged", "<table><thead><tr>"
                + "<th scope=\"col\">what</th><th scope=\"col\">row</th><th scope=\"col\">column</th>"
                + "<th scope=\"col\">rows</th><th scope=\"col\">columns</th></tr></thead><tbody>\(rows.joined())</tbody></table>"))
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
            \(scrollable("Subpixels of lowest variance", "<table><thead><tr><th scope=\"col\">channel</th><th scope=\"col\">row</th>"
                + "<th scope=\"col\">column</th><th scope=\"col\">mean</th><th scope=\"col\">variance</th></tr></thead><tbody>"
                + rows.joined() + "</tbody></table>"))
            </details>
            """
    }
}
