/// Seconds spent by the workers, on average per worker.
package struct AccumulationTiming: Sendable {
    /// Reading and decoding.
    package var decodeSeconds = 0.0
    /// Adding decoded rows to the accumulators.
    package var accumulateSeconds = 0.0
    /// Summing up strips and looking for defects in bands, where that is done on the way.
    package var analysisSeconds = 0.0
    /// Waiting for a strip of the accumulators that another worker is adding to, or must add to first.
    package var waitSeconds = 0.0
    /// Waiting at the end for the other workers.
    package var idleSeconds = 0.0

    static func += (left: inout AccumulationTiming, right: AccumulationTiming) {
        left.decodeSeconds += right.decodeSeconds
        left.accumulateSeconds += right.accumulateSeconds
        left.analysisSeconds += right.analysisSeconds
        left.waitSeconds += right.waitSeconds
        left.idleSeconds += right.idleSeconds
    }

    func divided(by count: Double) -> AccumulationTiming {
        AccumulationTiming(
            decodeSeconds: decodeSeconds / count, accumulateSeconds: accumulateSeconds / count,
            analysisSeconds: analysisSeconds / count, waitSeconds: waitSeconds / count,
            idleSeconds: idleSeconds / count)
    }
}
