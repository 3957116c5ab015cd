import FastPixCodecs
import FastPixDetection
import FastPixFrames

/// The defects of one camera and frame size that photos have shown: what goes into the files of other programs.
package struct JudgedGroup: Sendable {
    /// 1 for the report's first group: what files are numbered by.
    package let number: Int
    package let camera: Camera
    package let shape: FrameShape
    /// Photos behind the judgement.
    package let frames: Int
    /// Camera and shape in words.
    package let name: String
    package let defects: [Defect]
    /// Of raw files: the sensor, and where the frame lies in it.
    package let sensorFrame: SensorFrame?
    /// Whether the photos are FITS files, whose first row is the lowest one to programs that show them.
    package let isFITS: Bool
    /// Of the frame, 0 to 1.
    package let judgedShare: Double
    /// Where in the frame no defect would have been listed.
    package let notJudged: [NotJudgedPart]
    /// The classes that were asked for; nil: all.
    package let classes: [DefectClass]?

    package init(
        number: Int, camera: Camera, shape: FrameShape, frames: Int, name: String, defects: [Defect],
        sensorFrame: SensorFrame? = nil, isFITS: Bool = false, judgedShare: Double = 1, notJudged: [NotJudgedPart] = [],
        classes: [DefectClass]? = nil
    ) {
        self.judgedShare = judgedShare
        self.notJudged = notJudged
        self.classes = classes
        self.sensorFrame = sensorFrame
        self.isFITS = isFITS
        self.number = number
        self.camera = camera
        self.shape = shape
        self.frames = frames
        self.name = name
        self.defects = defects
    }
}
