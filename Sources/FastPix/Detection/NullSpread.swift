/// How Student's t of the residuals scatters where there is no defect.
enum NullSpread {
    /// 1 for independent scenes. Photos that resemble each other count as fewer than they are, and t scatters the
    /// more; a fixed view makes every detail of the scene as steady as a defect.
    static func of(_ recorder: WitnessRecorder, shape: FrameShape) -> Double {
        let sizes = ProbePositions.of(shape).compactMap { position -> Double? in
            guard let witness = recorder.witness(row: position.row, column: position.column) else { return nil }
            return abs(witness.studentT(channels: shape.channels, leastScatter: shape.bitsPerSample == 8 ? 0.1 : 4))
        }.sorted()
        guard !sizes.isEmpty else { return 1 }
        return sizes[sizes.count / 2] / medianOfNormal
    }

    /// With less nothing is certain that is not with this much.
    static let least = 1.0

    /// Above this the photos show one scene.
    static let ofStaticScene = 3.0

    /// The median size of a standard normal variable.
    private static let medianOfNormal = 0.6745
}
