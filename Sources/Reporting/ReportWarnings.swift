import FastPixCodecs
import FastPixDetection
import FastPixDiscovery
import FastPixFrames
import FastPixPlumbing

/// A reason to doubt a result, in a sentence.
public struct ReportWarning: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable {
        /// Too few photos for a result to rely on.
        case fewPhotos = "few-photos"
        case severalCameras = "several-cameras"
        /// Saved by a program that changes pixels.
        case edited
        /// Of another size than the camera declared.
        case resized
        /// Turned by a program, so that positions are not those of the sensor.
        case turned
        /// Their headers name a colour pattern that is none.
        case unknownPattern = "unknown-pattern"
        /// The files count their rows from opposite ends.
        case mixedRowOrders = "mixed-row-orders"
        /// The photos name no camera, and may be of two.
        case twoKinds = "two-kinds"
        /// Photos that may be damaged although they could be decoded.
        case suspectPhotos = "suspect-photos"
        /// Positions need not be those of pixels of the sensor: lens correction, digital zoom, several exposures in one.
        case geometry
        /// The photos show the same view.
        case staticScene = "static-scene"
        /// The photos resemble each other.
        case similarScenes = "similar-scenes"
        /// A part of the photos shows one view.
        case standingParts = "standing-parts"
        /// Dark frames that may be of a sky of few stars, or spots amid stars that stay.
        case possibleLights = "possible-lights"
        /// More entries than a sensor has defects.
        case manyDefects = "many-defects"
        /// A tenth of the frame or more was left out.
        case notJudged = "not-judged"
        /// More places stood out than could be looked at.
        case truncated
    }

    package let kind: Kind
    /// A sentence in English.
    public let message: String
    /// Index of the group that it is about; nil: all of them.
    public let group: Int?

    enum CodingKeys: String, CodingKey { case kind, message, group }

    /// The group is written as null where it is about all, so that a reader finds every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(message, forKey: .message)
        try container.encode(group, forKey: .group)
    }
}

extension HotPixelsReport {
    /// Reasons to doubt the result, in the order of the groups.
    static func warnings(of groups: [Group]) -> [ReportWarning] {
        var warnings: [ReportWarning] = []
        let cameras = Set(groups.map(\.camera.name)).sorted()
        if cameras.count > 1 {
            let names = cameras.prefix(mostNames).joined(separator: ", ") + (cameras.count > mostNames ? ", ..." : "")
            warnings.append(
                ReportWarning(
                    kind: .severalCameras,
                    message: "the photos are of \(cameras.count) cameras (\(names)); each is judged by its own photos",
                    group: nil))
        }
        for (index, group) in groups.enumerated() {
            warnings += group.doubts.map {
                ReportWarning(kind: $0.kind, message: $0.message, group: index)
            }
        }
        return warnings
    }

    private static let mostNames = 4
}

extension HotPixelsReport.Group {
    fileprivate typealias Doubt = (kind: ReportWarning.Kind, message: String)

    /// Everything that the user should know before relying on the group's result, a sentence each.
    public var warnings: [String] { doubts.map(\.message) }
    /// Reasons to doubt the list of defects, a sentence each.
    public var detectionWarnings: [String] { detectionDoubts.map(\.message) }

    fileprivate var doubts: [Doubt] { photoDoubts + geometryDoubts + detectionDoubts }

    /// Below this the lowest variances are as much the scenes' as the sensor's. Where there is no scene, noise alone has to
    /// be told from defects.
    private var fewPhotos: Int { detection?.kind.isEven == true ? 10 : 30 }

    /// What is wrong with the photos.
    private var photoDoubts: [Doubt] {
        var warnings: [Doubt] = []
        if frames < fewPhotos {
            warnings.append(
                (
                    .fewPhotos,
                    "\(counted(frames, "photo")) of \(name): \(fewPhotos) are the least for a result to rely on, "
                        + "100 are good"
                ))
        }
        if marks.edited > 0 {
            warnings.append(
                (
                    .edited,
                    "\(share(marks.edited)) were saved by a program (\(marks.editors.joined(separator: ", "))), which may "
                        + "have hidden or moved defects; use the files as the camera wrote them"
                ))
        }
        if marks.resized > 0 {
            warnings.append(
                (
                    .resized,
                    "\(share(marks.resized)) are \(shape.width) x \(shape.height), but "
                        + "\(marks.declaredSizes.joined(separator: ", ")) by their EXIF: resizing hides defects, cropping "
                        + "moves them; use the files as the camera wrote them"
                ))
        }
        if marks.turned > 0 {
            warnings.append(
                (
                    .turned,
                    "\(share(marks.turned)) were turned by a program; positions are those of the turned picture"
                ))
        }
        if marks.ofUnknownPattern > 0 {
            warnings.append(
                (
                    .unknownPattern,
                    "\(share(marks.ofUnknownPattern)) name a colour pattern (BAYERPAT) that is no four letters of R, G, B, C, M, "
                        + "Y, W: \(marks.unknownPatterns.prefix(Self.mostSuspects).joined(separator: ", ")); their samples were "
                        + "taken for grey, and a mosaic that is taken for grey hides defects; correct the header"
                ))
        }
        let orders = marks.rowOrders
        if orders.topDown > 0, orders.bottomUp > 0 {
            warnings.append(
                (
                    .mixedRowOrders,
                    "the first row of \(counted(orders.topDown, "photo")) is the top one, and of \(orders.bottomUp) the bottom "
                        + "one, as they say (ROWORDER): rows were taken as they are stored, so that one sensor may be "
                        + "upside down in a part of them; judge them one kind at a time"
                ))
        }
        let cameras = marks.cameras
        if cameras.count > 1, cameras.allSatisfy({ camera.holds($0) }) {
            warnings.append(
                (
                    .severalCameras,
                    "the photos of \(name) are of \(cameras.count) cameras (\(cameras.prefix(4).map(\.name).joined(separator: ", "))"
                        + "\(cameras.count > 4 ? ", ..." : "")), which the fields that photos are grouped by do not keep "
                        + "apart; group by make, model and serial, too, unless they are one sensor"
                ))
        }
        if let doubt = suspectDoubt { warnings.append(doubt) }
        if let kinds = twoKinds {
            let (dark, bright) = (kinds.darkerLevel.rounded(), kinds.brighterLevel.rounded())
            warnings.append(
                (
                    .twoKinds,
                    "the photos of \(name) name no camera, and are of two kinds: \(kinds.darker) with a mean of about "
                        + "\(Int(dark)), \(kinds.brighter) with about \(Int(bright)); if they are of two sensors, keep them "
                        + "apart (group by folder, or one run for each)"
                ))
        } else if let doubt = patternDoubt ?? defectDoubt {
            warnings.append(doubt)
        }
        return warnings
    }

    /// What two views that stand still have in common within each is the view, of which there are warnings of their own.
    private var patternDoubt: Doubt? {
        guard let kinds = twoPatterns, detection?.isFixedView != true, detection?.isStandingNotable != true else {
            return nil
        }
        func examples(_ names: [String]) -> String {
            "\(names.count) (\(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? ", ..." : ""))"
        }
        return (
            .twoKinds,
            "the photos of \(name) name no camera, and of \(kinds.first.count + kinds.second.count) that were compared, "
                + "\(examples(kinds.first)) have another fixed pattern than \(examples(kinds.second)), as when they are of two "
                + "sensors, or of one that was turned or cropped otherwise (or show two views); if they are, keep them apart (group by "
                + "folder, or one run for each)"
        )
    }

    /// Photos of two sensors have two sets of defects, each in its own photos alone: counts that all photos together have.
    /// Of one sensor a few blink.
    private var defectDoubt: Doubt? {
        guard camera == Camera(), let detection else { return nil }
        let points = detection.defects.filter { ($0.shape == .point || $0.shape == .cluster) && $0.signShare != nil }
        // A weak defect of a scene is on its side in a part of the photos only; one that jumps, or lies in noise alone, is not.
        let partial = points.filter {
            ($0.class == .unstable || detection.kind.isEven) && Self.partOfPhotos.contains($0.signShare ?? 1)
        }
        guard partial.count >= Self.fewestPartial, 2 * partial.count >= points.count else { return nil }
        let shares = partial.compactMap(\.signShare).sorted()
        guard Self.areOfTwo(shares, frameCount: frames) else { return nil }
        return (
            .twoKinds,
            "the photos of \(name) name no camera, and \(partial.count) of \(counted(points.count, "defect")) show in a part of "
                + "them only (\(Int(100 * shares[0])) to \(Int(100 * shares[shares.count - 1])) % of the photos), as when they are "
                + "of two sensors; if they are, keep them apart (group by folder, or one run for each)"
        )
    }

    /// Whether shares of photos are those that two sensors have, which share the photos: one has all that the other has not, and
    /// chance shows a ninth of what is not theirs. Longer exposures show more and more of one sensor's defects, in any share.
    /// Three of four have to be, as of either sensor some blink by themselves.
    private static func areOfTwo(_ shares: [Double], frameCount: Int) -> Bool {
        func isOne(_ share: Double, _ part: Double) -> Bool {
            let margin = 0.5 / Double(frameCount)
            return share >= part - margin && share <= part + (1 - part) / 9 + margin
        }
        return (1..<max(2, frameCount)).contains { count in
            let part = Double(count) / Double(frameCount)
            return 4 * shares.count { isOne($0, part) || isOne($0, 1 - part) } >= 3 * shares.count
        }
    }

    /// Above what chance gives a pixel that shows in no photo (a ninth, and two deviations of 30 photos), and as far below all.
    private static let partOfPhotos = 0.22...0.8
    /// Of one sensor that many may blink by chance; more than two that are most of its list hardly do.
    private static let fewestPartial = 3

    private var suspectDoubt: Doubt? {
        guard !suspects.isEmpty else { return nil }
        let names = suspects.prefix(Self.mostSuspects).map {
            "\($0.path) (\($0.sign == .seam ? "a seam at" : "one colour from") row \($0.row)\($0.sign == .seam ? "" : " on"))"
        }
        let others = suspects.count - names.count
        return (
            .suspectPhotos,
            "\(counted(suspects.count, "photo")) of \(camera.name) may be damaged, which JPEG cannot tell: "
                + names.joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
                + "; look at them, and leave out those that are"
        )
    }

    private static let mostSuspects = 5

    private var geometryDoubts: [Doubt] {
        var reasons: [String] = []
        if marks.lensCorrected > 0 {
            reasons.append("\(share(marks.lensCorrected)) were corrected with a lens profile")
        }
        if marks.digitallyZoomed > 0 { reasons.append("\(share(marks.digitallyZoomed)) were zoomed digitally") }
        if marks.composite > 0 { reasons.append("\(share(marks.composite)) are several exposures in one") }
        if camera.isPhone, marks.composite == 0 {
            reasons.append("phones (\(camera.name)) correct the lens and may lay several exposures over each other")
        }
        return reasons.map {
            (.geometry, "\($0), so that a place in the picture need not be the same pixel of the sensor in every photo")
        }
    }

    private func share(_ count: Int) -> String {
        "\(count) of \(counted(marks.photoCount, "photo")) of \(camera.name)"
    }

    /// What is wrong with the list of defects.
    private var detectionDoubts: [Doubt] {
        guard let detection else { return [] }
        var warnings: [Doubt] = []
        if let share = detection.notJudgedWords {
            warnings.append((.notJudged, "\(share) What lies there is not in the list of \(camera.name)"))
        }
        if detection.isTruncated {
            warnings.append(
                (
                    .truncated,
                    "more places stand out in \(camera.name) than can be looked at; the most striking of each part of "
                        + "the frame were"
                ))
        }
        if detection.isFixedView {
            warnings.append(
                (
                    .staticScene,
                    "the photos of \(camera.name) show the same view (tripod, burst, time-lapse?); details of the scene "
                        + "cannot be told from defects; use photos of different scenes"
                ))
        } else if detection.kind == .scenes, let correlation = detection.sceneCorrelation,
            correlation > Self.notableCorrelation
        {
            warnings.append(
                (
                    .similarScenes,
                    "the photos of \(camera.name) resemble each other, which hides weak defects; use more different "
                        + "scenes"
                ))
        }
        if detection.isStandingNotable {
            warnings.append(
                (
                    .standingParts,
                    "in \(detection.standingPercent) % of the frame the photos of \(camera.name) show one view; details of "
                        + "it cannot be told from defects there; use photos of different scenes"
                ))
        }
        if detection.possibleLights > 0 {
            warnings.append(
                (
                    .possibleLights,
                    "\(counted(detection.possibleLights, "spot")) on the list of \(camera.name) may be a star or a lamp by width, "
                        + "and has low confidence; "
                        + (detection.kind == .sky
                            ? "dark frames tell which are" : "say whether the frames are of the sky or dark ones")
                ))
        }
        let megapixels = Double(shape.width * shape.height) / 1e6
        // A sensor in the dark shows hundreds of pixels in a million that no scene would.
        if !detection.kind.isEven, !detection.isFixedView,
            Double(detection.defects.count) > max(Self.fewDefects, Self.plausibleDensity * megapixels)
        {
            warnings.append(
                (
                    .manyDefects,
                    "\(counted(detection.defects.count, "defect")) in \(camera.name) are more than a sensor usually has; "
                        + "look at some of them before you rely on the list"
                ))
        }
        return warnings
    }

    /// Photos of different things have 0.00 to 0.30 (Guides/Detection.md).
    private static let notableCorrelation = 0.5
    /// Entries per million pixels.
    private static let plausibleDensity = 100.0
    private static let fewDefects = 20.0
}
