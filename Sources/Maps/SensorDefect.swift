import FastPixCodecs
import FastPixDetection
import FastPixFrames

/// A defect as JSON has it: with its position in the whole sensor, masked border included, and its colour, where these
/// are known.
package struct SensorDefect: Encodable {
    private let defect: Defect
    private let frame: SensorFrame?
    private let colour: String?

    package init(_ defect: Defect, in shape: FrameShape, of frame: SensorFrame?) {
        colour = shape.colour(row: defect.row, column: defect.column, channel: defect.channel)
        self.defect = defect
        self.frame = frame
    }

    enum CodingKeys: String, CodingKey { case sensorRow, sensorColumn, colour }

    package func encode(to encoder: any Encoder) throws {
        try defect.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        // Null where it is not known, so that a reader finds every key.
        try container.encode(frame.map { defect.row + $0.top }, forKey: .sensorRow)
        try container.encode(frame.map { defect.column + $0.left }, forKey: .sensorColumn)
        try container.encode(colour, forKey: .colour)
    }
}
