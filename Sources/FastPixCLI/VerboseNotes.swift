import FastPix

extension Console {
    /// A line for each file of a plan: its group, or why it is left out.
    func names(_ plan: SearchPlan) {
        var number = 0
        for group in plan.groups where group.isWanted {
            number += 1
            for photo in group.photos { note("\(photo): group \(number), \(group.name)") }
        }
        for photo in plan.skipped { note("\(photo.path): left out, \(photo.reason)") }
    }

    func decoded(_ photo: String, _ seconds: Double) {
        note("\(photo): decoded in \(String(printf: "%.3f", seconds)) s")
    }
}
