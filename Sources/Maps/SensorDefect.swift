import FastPixCodecs
import FastPixDetection

/// A defect as JSON has it: with its position in the whole sensor, masked border included, where that is known.
package struct SensorDefect: Encodable {
    private let defect: Defect
    private let frame: SensorFrame?

    package init(_ defect: Defect, _ frame: SensorFrame?) {
        self.defect = defect
        self.frame = frame
    }

    enum CodingKeys: String, CodingKey { case sensorRow, sensorColumn }

    package func encode(to encoder: any Encoder) throws {
        try defect.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        // Null where it is not known, so that a reader finds every key.
        try container.encode(frame.map { defect.row + $0.top }, forKey: .sensorRow)
        try container.encode(frame.map { defect.column + $0.left }, forKey: .sensorColumn)
    }
}
