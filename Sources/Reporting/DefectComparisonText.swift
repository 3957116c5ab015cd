import FastPixCodecs
import FastPixDiscovery
import FastPixMaps
import FastPixPlatform
import FastPixPlumbing

extension DefectComparisonReport {
    /// Counts and a table for each camera, with a final line break. What has not changed is counted only, unless its class
    /// has.
    public var text: String {
        (groups.map(text) + lonely).joined(separator: "\n\n") + "\n"
    }

    private func text(of group: Group) -> String {
        let counts = Change.Kind.allCases.filter { group.count($0) > 0 || !$0.isUnknown }
            .map { "\(group.count($0)) \($0.words)" }.joined(separator: ", ")
        let head = ([name(group.camera, group.width, group.height), counts] + doubts(group)).joined(separator: "\n")
        let order = Change.Kind.allCases
        let shown = group.defects.filter { $0.change != .unchanged || $0.isOtherClass }
            .sorted {
                (order.firstIndex(of: $0.change)!, $0.row, $0.column)
                    < (order.firstIndex(of: $1.change)!, $1.row, $1.column)
            }
        guard !shown.isEmpty else { return head }
        let table = TextTable(
            columns: [
                .left("change"), .right("row"), .right("column"), .left("class"), .left("shape"), .right("pixels"),
                .right("offset"),
            ],
            rows: shown.prefix(Self.longestTable).map { change in
                [
                    change.change.words, "\(change.row)", "\(change.column)",
                    both(change) { $0.first?.class?.rawValue }, both(change) { $0.first?.shape?.rawValue },
                    both(change) { sides in sides.isEmpty ? nil : "\(sides.reduce(0) { $0 + $1.pixels })" },
                    both(change) { sides in sides.first?.meanOffset.map { String(printf: "%+.2f", $0) } },
                ]
            })
        let more = shown.count - Self.longestTable
        return "\(head)\n\(table.text)" + (more > 0 ? "\n  and \(more) more; JSON lists them all" : "")
    }

    private static let longestTable = 200

    /// What keeps from telling whether defects have come or gone.
    private func doubts(_ group: Group) -> [String] {
        var lines: [String] = []
        for (list, scope) in [("old", group.oldScope), ("new", group.newScope)] {
            let lacked = group.defects.filter { list == "old" ? $0.old.isEmpty : $0.new.isEmpty }
            if lacked.contains(where: { $0.change == .notJudged }) {
                lines.append("not judged: the \(list) list did not judge their places")
            }
            if lacked.contains(where: { $0.change == .notListed }), let classes = scope.classes {
                lines.append(
                    "not listed: the \(list) list has \(classes.map(\.rawValue).joined(separator: ", ")) alone")
            }
            if scope.notJudged == nil, lacked.contains(where: { $0.change == .gone || $0.change == .new }) {
                lines.append("the \(list) list does not say which parts of the frame it has judged")
            }
        }
        return lines
    }

    /// "hot", or "hot > stuck" where the lists differ.
    private func both(_ change: Change, _ value: ([Side]) -> String?) -> String {
        let (before, after) = (value(change.old), value(change.new))
        guard let before, let after, before != after else { return after ?? before ?? "" }
        return "\(before) > \(after)"
    }

    private func name(_ camera: Camera, _ width: Int?, _ height: Int?) -> String {
        let size = width.flatMap { width in height.map { FrameSize(width: width, height: $0).words } }
        return "\(camera.name.printable), \(size ?? "unknown frame size")"
    }

    private var lonely: [String] {
        notCompared.map { lone in
            "Not compared: \(counted(lone.entries, "entry", "entries")) of \(name(lone.camera, lone.width, lone.height)) "
                + "in the \(lone.list.rawValue) list, of which the other has none"
        }
    }
}

extension DefectComparisonReport.Change.Kind {
    /// Whether it tells that nothing is known.
    fileprivate var isUnknown: Bool { self == .notJudged || self == .notListed }

    fileprivate var words: String {
        switch self {
        case .notJudged: "not judged"
        case .notListed: "not listed"
        default: rawValue
        }
    }
}

private func counted(_ count: Int, _ singular: String, _ plural: String) -> String {
    "\(count) \(count == 1 ? singular : plural)"
}
