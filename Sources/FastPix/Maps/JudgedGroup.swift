/// The defects of one camera and frame size that photos have shown: what goes into the files of other programs.
struct JudgedGroup: Sendable {
    /// 1 for the report's first group: what files are numbered by.
    let number: Int
    let camera: Camera
    let shape: FrameShape
    /// Photos behind the judgement.
    let frames: Int
    /// Camera and shape in words.
    let name: String
    let defects: [Defect]
    /// Of raw files: the sensor, and where the frame lies in it.
    var sensorFrame: SensorFrame?
    /// Whether the photos are FITS files, whose first row is the lowest one to programs that show them.
    var isFITS = false
}
