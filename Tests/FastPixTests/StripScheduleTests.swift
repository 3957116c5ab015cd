import TestSupport
import Testing

@testable import FastPixBlending

/// Rows are never overwritten while they are needed, and all of them arrive, in whatever order stages get their turn.
struct StripScheduleTests {
    private struct Image: CustomTestStringConvertible, Sendable {
        let height: Int
        let stripRows: Int
        let halo: Int
        let hasSecond: Bool
        let extraStrips: Int

        var testDescription: String {
            "\(height) rows in strips of \(stripRows), halo \(halo), second \(hasSecond), extra \(extraStrips)"
        }
    }

    private static let images: [Image] = [1, 2, 5, 16, 43, 100].flatMap { height in
        [1, 3, 16, 200].flatMap { stripRows in
            [0, 1, 7, 49].flatMap { halo in
                [
                    Image(height: height, stripRows: stripRows, halo: halo, hasSecond: halo == 0, extraStrips: 0),
                    Image(height: height, stripRows: stripRows, halo: halo, hasSecond: halo == 0, extraStrips: 2),
                ]
            }
        }
    }

    @Test(arguments: images.indices)
    func everyRowArrives(_ index: Int) {
        let image = Self.images[index]
        var random = SyntheticScenes.Random(state: UInt64(index))
        var schedule = StripSchedule(
            height: image.height, stripRows: image.stripRows, halo: image.halo, hasSecond: image.hasSecond,
            extraStrips: image.extraStrips)
        var decoded = [Int?](repeating: nil, count: schedule.decodedCapacity)
        var second = [Int?](repeating: nil, count: max(1, schedule.secondCapacity))
        var blended = [Int?](repeating: nil, count: schedule.blendedCapacity)
        var written: [Int] = []
        var running: [(StripSchedule.Stage, Range<Int>)] = []
        while !schedule.isDone || !running.isEmpty {
            let idle = StripSchedule.Stage.allCases.filter { stage in !running.contains { $0.0 == stage } }
            let startable = idle.compactMap { stage in schedule.rows(for: stage).map { (stage, $0) } }
            // Writing happens when a stage begins, reading when it ends: the least favourable order.
            if !startable.isEmpty, running.isEmpty || random.next() < 0.5 {
                let (stage, rows) = startable[Int(random.next() * Double(startable.count)) % startable.count]
                for row in rows {
                    switch stage {
                    case .decodeFirst: decoded[row % decoded.count] = row
                    case .decodeSecond: second[row % second.count] = row
                    case .blend: blended[row % blended.count] = row
                    case .encode: break
                    }
                }
                running.append((stage, rows))
            } else if running.isEmpty {
                Issue.record("nothing can go on: \(image.testDescription)")
                return
            } else {
                let (stage, rows) = running.remove(at: Int(random.next() * Double(running.count)) % running.count)
                for row in rows {
                    switch stage {
                    case .blend:
                        for needed in max(0, row - image.halo)...min(image.height - 1, row + image.halo) {
                            #expect(decoded[needed % decoded.count] == needed)
                        }
                        if image.hasSecond { #expect(second[row % second.count] == row) }
                    case .encode:
                        #expect(blended[row % blended.count] == row)
                        written.append(row)
                    case .decodeFirst, .decodeSecond: break
                    }
                }
                schedule.finished(rows, in: stage)
            }
        }
        #expect(written == Array(0..<image.height))
    }

    /// With one worker a strip goes through before the next one is decoded.
    @Test func laterStagesComeFirst() {
        var schedule = StripSchedule(height: 64, stripRows: 16, halo: 0, hasSecond: true, extraStrips: 0)
        var order: [StripSchedule.Stage] = []
        while !schedule.isDone {
            for stage in StripSchedule.Stage.allCases {
                guard let rows = schedule.rows(for: stage) else { continue }
                schedule.finished(rows, in: stage)
                order.append(stage)
                break
            }
        }
        let strip: [StripSchedule.Stage] = [.decodeSecond, .decodeFirst, .blend, .encode]
        #expect(order == strip + strip + strip + strip)
    }
}
