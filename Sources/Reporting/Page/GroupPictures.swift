import FastPixAccumulation
import FastPixDetection
import FastPixDiscovery
import FastPixPlumbing

/// What a page shows of one group besides its numbers, taken while its accumulators are there.
package struct GroupPictures: Sendable {
    struct DefectPictures: Sendable {
        let crop: FrameCrop
        let mean: [UInt8]
        let variance: [UInt8]
    }

    let varianceMap: [UInt8]
    let meanMap: [UInt8]
    let histogram: VarianceHistogram
    /// For the first `mostDefects` of the list.
    let defects: [DefectPictures]
    let photos: [PhotoCrops]
    /// Whether 16-bit samples were made brighter to be seen.
    let isBrightened: Bool

    /// More of them would make the page slow; the list names them all.
    static let mostDefects = 60
    private static let photoCount = 3

    /// What making them takes for a while: mostly the means of a whole frame made smaller, as numbers.
    package static let memoryBytes = 96 << 20

    package init(
        _ accumulators: Accumulators, of group: PhotoGroup, summary: VarianceSummary, detection: Detection?,
        settings: AccumulationSettings
    ) throws(FastPixError) {
        let maps = MomentMaps(accumulators, summary: summary, workers: settings.workerCount)
        varianceMap = try maps.varianceOverview()
        meanMap = try maps.meanOverview()
        histogram = VarianceHistogram(accumulators, summary: summary, workers: settings.workerCount)
        isBrightened = maps.brightness != 1
        var defects: [DefectPictures] = []
        for defect in (detection?.defects ?? []).prefix(Self.mostDefects) {
            let crop = FrameCrop(around: defect.row, defect.column, in: group.shape)
            defects.append(
                DefectPictures(
                    crop: crop, mean: try maps.meanCrop(crop),
                    variance: try maps.varianceCrop(crop, channel: defect.channel)))
        }
        self.defects = defects
        photos = PhotoCrops.of(
            group.photos, defects.map(\.crop), count: Self.photoCount, brightness: maps.brightness, settings: settings)
    }
}
