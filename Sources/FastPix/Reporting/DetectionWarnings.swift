extension HotPixelsReport.Group {
    /// Everything that the user should know before relying on the result, a sentence each.
    public var warnings: [String] {
        var warnings: [String] = []
        if frames < Self.fewFrames {
            warnings.append(
                "\(counted(frames, "photo")) of \(name): \(Self.fewFrames) are the least for a result to rely on, 100 are "
                    + "good")
        }
        return warnings + detectionWarnings
    }

    /// Below this the lowest variances are as much the scenes' as the sensor's.
    private static let fewFrames = 30

    /// Reasons to doubt the list of defects, a sentence each.
    public var detectionWarnings: [String] {
        guard let detection else { return [] }
        var warnings: [String] = []
        if detection.isStaticScene {
            warnings.append(
                "the photos of \(camera.name) show the same view (tripod, burst, time-lapse?); details of the scene "
                    + "cannot be told from defects; use photos of different scenes")
        } else if let correlation = detection.sceneCorrelation, correlation > Self.notableCorrelation {
            warnings.append(
                "the photos of \(camera.name) resemble each other, which hides weak defects; use more different scenes")
        }
        let megapixels = Double(shape.width * shape.height) / 1e6
        if Double(detection.defects.count) > max(Self.fewDefects, Self.plausibleDensity * megapixels) {
            warnings.append(
                "\(counted(detection.defects.count, "defect")) in \(camera.name) are more than a sensor usually has; "
                    + "look at some of them before you rely on the list")
        }
        return warnings
    }

    private static let notableCorrelation = 1.6
    /// Entries per million pixels.
    private static let plausibleDensity = 100.0
    private static let fewDefects = 20.0
}
