/// Places all over the frame, chosen without looking at it: what is recorded there shows how residuals scatter where
/// there is no defect.
enum ProbePositions {
    static func of(_ shape: FrameShape) -> [WitnessRecorder.Position] {
        let margin = Neighbourhood.margin
        let area = Double(shape.width * shape.height)
        let spacing = max(16, Int((area / wanted).squareRoot()))
        var positions: [WitnessRecorder.Position] = []
        var state: UInt64 = 1
        for row in stride(from: margin, to: shape.height - margin, by: spacing) {
            for column in stride(from: margin, to: shape.width - margin, by: spacing) {
                positions.append(
                    WitnessRecorder.Position(
                        row: min(shape.height - margin - 1, row + draw(&state, below: spacing)),
                        column: min(shape.width - margin - 1, column + draw(&state, below: spacing))))
            }
        }
        return positions
    }

    private static let wanted = 1500.0

    /// At most; an estimate for the memory they take.
    static let count = 2 * Int(wanted)

    /// Knuth's linear congruential generator: the places fall on no raster of compression or colour filter, and are
    /// the same in every run.
    private static func draw(_ state: inout UInt64, below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }
}
