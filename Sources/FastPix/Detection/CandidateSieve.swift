import Synchronization

/// Gathers the candidates of a frame band by band and keeps those that may be among the most prominent of all, before
/// all are known. Safe from any thread; what is kept on the way depends on the order of bands, `strongest` does not.
final class CandidateSieve: Sendable {
    private struct State {
        var candidates: [Candidate] = []
        /// Of those that nothing suppresses, the greatest, in falling order.
        var prominences: [Double] = []
    }

    private let codedUnit: CodedUnit
    private let limit: Int
    private let state = Mutex(State())

    init(_ shape: FrameShape, codedUnit: CodedUnit) {
        self.codedUnit = codedUnit
        limit = CandidateSearch.limit(shape)
    }

    /// Takes in all candidates of some rows and returns those that it keeps.
    func add(_ candidates: [Candidate], of rows: Range<Int>) -> [Candidate] {
        let possible = CandidateSuppression.possible(candidates, of: rows, codedUnit: codedUnit)
        return state.withLock { state in
            let sure = possible.filter(\.isSure).map(\.candidate.prominence)
            state.prominences = Array(Self.merged(state.prominences, sure).prefix(limit))
            let kept = possible.map(\.candidate).filter { $0.prominence >= leastProminence(state) }
            state.candidates += kept
            return kept
        }
    }

    /// Of two falling sequences.
    private static func merged(_ first: [Double], _ second: [Double]) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(first.count + second.count)
        var rest = first[...]
        for value in second {
            while let next = rest.first, next >= value { result.append(rest.removeFirst()) }
            result.append(value)
        }
        return result + rest
    }

    /// Of as many candidates as there may be in the end, the least: whatever comes, there is no room for weaker ones.
    private func leastProminence(_ state: borrowing State) -> Double {
        state.prominences.count == limit ? state.prominences[limit - 1] : 0
    }

    /// What `CandidateSearch` finds in the whole frame, once all rows have been taken in.
    var strongest: [Candidate] {
        let candidates = state.withLock { state in
            state.candidates.filter { $0.prominence >= leastProminence(state) }
        }
        return CandidateSuppression.strongest(candidates, codedUnit: codedUnit, limit: limit)
    }
}
